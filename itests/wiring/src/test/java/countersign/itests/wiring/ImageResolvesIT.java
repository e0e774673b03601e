package countersign.itests.wiring;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

/** The image as composed: every bundle resolves, and every one that is not a fragment starts. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ImageResolvesIT {
    @Inject
    private BundleContext context;

    @Configuration
    public Option[] image() {
        return options(Image.bundlesWithout(), AgentUnderTest.folders());
    }

    @Test
    public void everyBundleOfTheImage_resolvesAndStarts() {
        List<String> idle = new ArrayList<>();
        int ours = 0;
        for (Bundle bundle : context.getBundles()) {
            boolean fragment = bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
            ours += bundle.getSymbolicName().startsWith("countersign.") ? 1 : 0;
            if (bundle.getState() != (fragment ? Bundle.RESOLVED : Bundle.ACTIVE)) {
                idle.add(bundle.getSymbolicName() + " in state " + bundle.getState());
            }
        }
        assertEquals(List.of(), idle);
        assertTrue("expected the agent's own bundles, found " + ours, ours >= 13);
    }

    @Test
    public void configurationOfTheImage_enforcesTheStrictProfile_andTheSchemaOfRulesIsBesideIt() throws Exception {
        Path conf = Path.of(System.getProperty("image.bundles")).resolveSibling("conf");
        String configuration = Files.readString(conf.resolve("proxy-agent.json"));
        assertTrue(configuration, configuration.contains("\"canonicalRequestMode\": \"enforce\"") && !configuration.contains("tolerate"));
        String schema = Files.readString(conf.resolve("rules.schema.json"));
        assertTrue(schema, schema.contains("https://json-schema.org/draft/2020-12/schema"));
    }

    @Test
    public void noBundle_importsAnotherOnesPackagesExceptTheApis() {
        Set<String> api = Set.of();
        Map<String, Set<String>> imports = new TreeMap<>();
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getSymbolicName().equals("countersign.api")) {
                api = ours(bundle.getHeaders().get(Constants.EXPORT_PACKAGE));
            } else if (bundle.getSymbolicName().startsWith("countersign.")) {
                imports.put(bundle.getSymbolicName(), ours(bundle.getHeaders().get(Constants.IMPORT_PACKAGE)));
            }
        }
        assertTrue("packages of the api: " + api, api.contains("countersign.authorization"));
        assertTrue("imports: " + imports, imports.get("countersign.proxy.jetty").contains("countersign.authorization"));
        for (Set<String> packages : imports.values()) {
            packages.removeAll(api);
        }
        imports.values().removeIf(Set::isEmpty);
        assertEquals("packages imported past the api", Map.of(), imports);
    }

    /** The agent's own packages named in a header; quoted text (versions, uses) does not count. */
    private static Set<String> ours(String header) {
        Set<String> packages = new TreeSet<>();
        Matcher name = Pattern.compile("(?:^|,)(countersign[a-z0-9_.]*)").matcher(String.valueOf(header).replaceAll("\"[^\"]*\"", ""));
        while (name.find()) {
            packages.add(name.group(1));
        }
        return packages;
    }
}
