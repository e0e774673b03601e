package countersign.policy.tool;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code policy schema}. */
@Command(name = "schema", mixinStandardHelpOptions = true, description = "Print the JSON Schema (2020-12) of rule documents.")
final class SchemaCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--local", description = "The schema of local rule files instead.")
    private boolean local;

    @Override
    public Integer call() throws IOException {
        ObjectNode schema = Schemas.schema(local ? RulesFile.Kind.LOCAL : RulesFile.Kind.DOCUMENT);
        spec.commandLine().getOut().println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(schema));
        return Main.OK;
    }
}
