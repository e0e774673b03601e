package countersign.authorization.engine.live;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import countersign.authorization.engine.Rules;
import countersign.authorization.engine.compile.PolicyCompiler;
import countersign.policy.RuleDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuleSnapshotFilesTest {
    private static PolicyCompiler.Result compiled(RuleDocument document) throws Exception {
        return PolicyCompiler.compile(document, Optional.empty());
    }

    @Test
    void file_hasEffectiveAndComputedRules() throws Exception {
        RuleDocument document = Rules.document("""
                {'imds':{'defaultAccess':'Allow','mode':'AUDIT','id':'sig','rules':{
                  'privileges':[{'name':'P','path':'/Metadata','queryParameters':{'K':'V'}},{'name':'free','path':'/'}],
                  'roles':[{'name':'r','privileges':['P']}],'identities':[{'name':'i','userName':'u'}],
                  'roleAssignments':[{'role':'r','identities':['i','gone']}]}}}""");
        String expected = """
                {"inputRules":{"imds":{"defaultAccess":"Allow","mode":"AUDIT","id":"sig-useLocalFileRules-false","rules":{
                  "privileges":[{"name":"P","path":"/Metadata","queryParameters":{"K":"V"}},{"name":"free","path":"/"}],
                  "roles":[{"name":"r","privileges":["P"]}],"identities":[{"name":"i","userName":"u"}],
                  "roleAssignments":[{"role":"r","identities":["i","gone"]}]}}},
                 "computedRules":{"imds":{"id":"sig-useLocalFileRules-false","defaultAllowed":true,"mode":"Audit",
                  "privileges":{"P":{"name":"P","path":"/metadata","queryParameters":{"k":"v"}},"free":{"name":"free","path":"/"}},
                  "privilegeAssignments":{"P":["i"]},"identities":{"i":{"name":"i","userName":"u"}}}}}""";
        ObjectMapper mapper = new ObjectMapper();
        assertEquals(mapper.readTree(expected), mapper.readTree(RuleSnapshotFiles.json(compiled(document))));
    }

    @Test
    void name_carriesTimeAndNanoseconds_modeIsClosedToOthers(@TempDir Path folder) throws Exception {
        RuleSnapshotFiles.write(folder, compiled(RuleDocument.EMPTY), Instant.parse("2026-01-02T03:04:05.678901234Z"));
        Path file = folder.resolve("AuthorizationRules_2026-01-02T03.04.05.678-1767323045678901234.json");
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
}
