package countersign.policy.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolTest {
    private static final String RULES = """
            {"imds":{"defaultAccess":"deny","mode":"enforce","id":"x","rules":{
             "privileges":[{"name":"token","path":"/metadata/identity/oauth2/token","queryParameters":{"resource":"vault"}}],
             "roles":[{"name":"r","privileges":["token"]}],
             "identities":[{"name":"db","exePath":"/usr/sbin/mysqld"},{"name":"web","userName":"www-data"}],
             "roleAssignments":[{"role":"r","identities":["db"]}]}}}
            """;

    @TempDir Path folder;
    private int status;

    private Path file(String name, String content) throws Exception {
        return Files.writeString(folder.resolve(name), content.replace('\'', '"'));
    }

    private List<String> run(Object... words) {
        StringWriter text = new StringWriter();
        String[] args = new String[words.length];
        for (int i = 0; i < words.length; i++) {
            args[i] = words[i].toString();
        }
        status = Main.run(args, new PrintWriter(text, true), new PrintWriter(text, true));
        return text.toString().replace(folder + "/", "").lines().toList();
    }

    @Test
    void check_goodDocument_saysNothing() throws Exception {
        assertEquals(List.of(), run("check", file("a.json", RULES.replace("[\"db\"]", "[\"db\",\"web\"]"))));
        assertEquals(0, status);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'imds':{'defaultAccess':'deny','mode':1,'id':'x'}} | a.json:1:40: error: /imds/mode: integer found, string expected",
        "{'imds':{'defaultAccess':'deny',\\n'mode':'audit','id':'x','mode':'audit'}} | a.json:2:25: error: /imds/mode: expected the member mode once, got it again",
        "{'imds':} | a.json:1:9: error: /imds: Unexpected character ('}' (code 125)): expected a value",
        "{'defaultAccess':'maybe'} | a.json:1:18: error: /defaultAccess: defaultAccess: expected allow or deny, got \"maybe\"",
        "{'rules':{'privileges':[{'name':'p','path':'/a'}],\\n'roles':[{'name':'r','privileges':['p','q']}]}} | a.json:2:40: error: /rules/roles/0/privileges/1: role \"r\": this file defines no privilege \"q\"",
        "{'imds':{'mode':'audit','defaultAccess':'deny','id':'x',\\n'mode':1}} | a.json:2:8: error: /imds/mode: integer found, string expected",
        "{'defaultAccess':true} | a.json:1:18: error: /defaultAccess: boolean found, [string, null] expected",
        "{'authorizationRules':{'imds':{'defaultAccess':'deny','mode':'enforce','id':null}}} | a.json:1:77: error: /authorizationRules/imds/id: null found, string expected",
    })
    void check_refusedFile_hasPlaceMemberAndExpectation(String json, String line) throws Exception {
        assertEquals(List.of(line), run("check", file("a.json", json.replace("\\n", "\n"))));
        assertEquals(2, status);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "[{'name':'p','path':'/metadata/inst'}] | ends inside a segment of \"/metadata/instance\"",
        "[{'name':'p','path':'/a/b'},{'name':'q','path':'/a/bc'}] | the privilege \"p\" ends inside a segment of \"/a/bc\"",
        "[{'name':'p','path':'metadata'}] | is unreachable in compat: its path does not begin with a slash; in strict only the canonical matcher matches it",
        "[{'name':'p','path':'/a?b=c'}] | is unreachable: a path with ? never matches",
        "[{'name':'p','path':'/a//b'}] | is reached only by requests that write a slash as %2F: those with // are refused",
        "[{'name':'p','path':'/a/../b'}] | is unreachable: requests with .. are refused before any rule",
        "[{'name':'p','path':'/a#b'}] | is reached only by requests that write # as %23",
        "[{'name':'p','path':'/caf\u00e9'}] | has no canonical form (CANON_NON_ASCII)",
        "[{'name':'p','path':'/a'},{'name':'p','path':'/b'}] | the name \"p\" is defined again: only the last definition counts",
        "[{'name':'p','path':'/a'},{'name':'P','path':'/b'}] | the names \"p\" and \"P\" differ in case only",
        "[{'name':'p','path':'/a'},{'name':'q','path':'/A'}] | covers the same as the privilege \"p\"",
        "[{'name':'p','path':'/a','queryParameters':{'k':'v'}},{'name':'q','path':'/a','queryParameters':{'K':'V'}}] | covers the same as the privilege \"p\"",
        "[{'name':'p','path':'/a','queryParameters':{'k':'1','K':'2'}}] | names the parameter \"K\" twice in different case",
        "[{'name':'p','path':'/a','queryParameters':{'k':'a+b'}}] | has + or % in the parameter \"k\"",
        "[{'name':'p','path':'/a','queryparameters':{'k':'v'}}] | the member \"queryparameters\" is not known and ignored; did you mean \"queryParameters\"?",
        "[{'name':'p','path':'/'}] | covers every path",
        "[{'name':'unused','path':'/a'}] | the privilege \"unused\" is held by nobody",
    })
    void check_warnsOfPrivileges(String privileges, String warning) throws Exception {
        assertWarning("{'imds':{'defaultAccess':'deny','mode':'enforce','id':'','rules':{'privileges':" + privileges
                + ",'roles':[{'name':'r','privileges':['p','q','P']}],'identities':[{'name':'i','userName':'u'}],"
                + "'roleAssignments':[{'role':'r','identities':['i']}]}}}", warning);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'name':'i'} | the identity \"i\" has no selector: it is everybody",
        "{'name':'i','userName':''} | has an empty selector",
        "{'name':'i','userName':'Root'} | selects by case: \"Root\" is not \"root\"",
        "{'name':'i','userName':'root '} | has blanks around \"root \"",
        "{'name':'i','exePath':'bin/x'} | never matches on Linux",
        "{'name':'i','exePath':'/bin/../x'} | .. is compared, not resolved",
        "{'name':'i','processName':'/bin/x'} | a process name is the last component",
        "{'name':'i','exePath':'/bin/x','processName':'y'} | its executable's name is \"x\", not \"y\"",
        "{'name':'I','userName':'u'} | no identity \"i\" is defined: skipped; did you mean \"I\"?",
        "{'name':'other','userName':'u'} | gives the role \"r\" to nobody",
    })
    void check_warnsOfIdentities(String identity, String warning) throws Exception {
        assertWarning("{'imds':{'defaultAccess':'deny','mode':'enforce','id':'','rules':{'privileges':[{'name':'p','path':'/a'}],"
                + "'roles':[{'name':'r','privileges':['p']}],'identities':[" + identity + "],'roleAssignments':[{'role':'r','identities':['i']}]}}}", warning);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'imds':{'defaultAccess':'deny','mode':'enforce','id':'','rules':{'privileges':[]}}} | the list roles, identities, roleAssignments is missing",
        "{'imds':{'defaultAccess':' allow','mode':'enforce','id':''}} | taken as deny; did you mean \"allow\"?",
        "{'imds':{'defaultAccess':'deny','mode':'enforced','id':''}} | compat takes it as disabled, strict as enforce",
        "{'imds':{'defaultAccess':'deny','mode':'enforce','id':''},'Hostga':1} | the member \"Hostga\" is not known and ignored; did you mean \"hostga\"?",
        "{'hostga':{'defaultAccess':'deny','mode':'enforce','id':''}} | is not used: HostGAPlugin follows the rules of wireserver",
    })
    void check_warnsOfItems(String json, String warning) throws Exception {
        assertWarning(json, warning);
    }

    @Test
    void check_mistypedDocument_isNotTakenForALocalFileInSilence() throws Exception {
        assertEquals(List.of("a.json:1:9: warning: /Imds: the member \"Imds\" is not known and ignored; did you mean \"imds\"?"),
                run("check", file("a.json", "{'Imds':{'defaultAccess':'deny','mode':'enforce','id':''}}")));
        assertEquals(1, status);
    }

    @Test
    void check_localFile_canGetMissingListsFromThePlatform() throws Exception {
        assertEquals(List.of("a.json:1:10: warning: /rules: the list privileges, roles, roleAssignments is missing: unless the platform's rules have it, "
                        + "no rule takes effect, defaultAccess alone decides",
                "a.json:1:25: warning: /rules/identities/0: the identity \"i\" is in no role assignment: it holds nothing"),
                run("check", file("a.json", "{'rules':{'identities':[{'name':'i','userName':'u'}]}}")));
    }

    @Test
    void check_danglingName_isPointedAt() throws Exception {
        assertEquals(List.of("a.json:1:106: warning: /imds/rules/roles/0/privileges/1: no privilege \"P\" is defined: skipped; did you mean \"p\"?",
                "a.json:1:162: warning: /imds/rules/roleAssignments/0/identities/1: no identity \"j\" is defined: skipped"),
                run("check", file("a.json", "{'imds':{'id':'','rules':{'privileges':[{'name':'p','path':'/a'}],'roles':[{'name':'r','privileges':['p','P']}],"
                        + "'roleAssignments':[{'role':'r','identities':['i','j']}],'identities':[{'name':'i','userName':'u'}]},"
                        + "'defaultAccess':'deny','mode':'audit'}}")));
    }

    /** As many values as a document may hold, in few levels and in many. */
    @Test
    void check_textThatIsAllValues_isReadWithinLittleMemory() throws Exception {
        String values = "[0" + ",0".repeat(500_000) + "]";
        for (String x : List.of(values, "{'member':".repeat(100) + values + "}".repeat(100))) {
            assertEquals(List.of("a.json:1:18: warning: /x: the member \"x\" is not known and ignored"),
                    runWithHeap("64m", "check", file("a.json", "{'imds':null,'x':" + x + "}")));
        }
    }

    @Test
    void fileThatDoesNotFitIntoMemory_isTroubleAndNoFinding() throws Exception {
        assertEquals(List.of("expected files that fit into memory, got one that does not: Java heap space"),
                runWithHeap("16m", "test", file("large.json", "[" + " ".repeat(30_000_000) + "]")));
        assertEquals(2, status);
    }

    private List<String> runWithHeap(String heap, String command, Path file) throws Exception {
        Path out = folder.resolve("out");
        status = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + heap, "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path"), Main.class.getName(), command, file.getFileName().toString())
                .directory(folder.toFile()).redirectErrorStream(true).redirectOutput(out.toFile()).start().waitFor();
        return Files.readAllLines(out);
    }

    private void assertWarning(String json, String warning) throws Exception {
        List<String> lines = run("check", file("a.json", json));
        assertTrue(lines.stream().anyMatch(line -> line.contains(": warning: /") && line.contains(warning)), lines::toString);
        assertEquals(1, status);
    }

    @Test
    void check_otherThings_areTrouble() throws Exception {
        assertEquals(List.of("missing: expected a regular file, there is none"), run("check", folder.resolve("missing")));
        assertEquals(2, status);
        Path fifo = folder.resolve("fifo");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        assertEquals(List.of("fifo: expected a regular file"), run("check", fifo));
        Files.write(folder.resolve("huge"), new byte[2 << 20]);
        assertEquals(List.of("huge: expected at most 1048576 bytes, got more"), run("check", folder.resolve("huge")));
        assertEquals(2, status);
        run("check");
        assertEquals(2, status);
        run();
        assertEquals(2, status);
    }

    @Test
    void explain_printsBothProfilesAndTheChange() throws Exception {
        List<String> lines = run("explain", file("a.json", RULES), "--endpoint", "imds", "--profile", "strict", "--user", "www-data", "--group",
                "www-data", "--exe", "/usr/sbin/nginx", "--url", "http://169.254.169.254/Metadata/identity/oauth2/token?resource=vault");
        assertEquals(0, status);
        assertEquals("""
                strict: deny
                  stage       rules
                  path        /metadata/identity/oauth2/token
                  rule set    imds, id "x-useLocalFileRules-false", default deny, mode enforce
                  privilege   "token"
                  not held    privilege "token" by identity "db": exePath is not "/usr/sbin/mysqld"
                  smallest change that lets it pass, to be added to rules:
                    {
                      "identities" : [ {
                        "name" : "allow-caller",
                        "userName" : "www-data",
                        "groupName" : "www-data",
                        "exePath" : "/usr/sbin/nginx",
                        "processName" : "nginx"
                      } ],
                      "roleAssignments" : [ {
                        "role" : "r",
                        "identities" : [ "allow-caller" ]
                      } ]
                    }
                    also lets pass: every path below "/metadata/identity/oauth2/token"
                    also lets pass: requests that only one of the two readings takes for such a request, where the other lets that caller pass already
                    also lets pass: every method
                    also lets pass: any further parameters
                    also lets pass: the same caller whatever other groups it is in
                    also lets pass: the same caller, elevated or not""", String.join("\n", lines));
        assertEquals(List.of("compat: allow", "strict: allow"), run("explain", file("a.json", RULES), "--endpoint", "imds", "--exe", "/usr/sbin/mysqld", "--url",
                "/metadata/identity/oauth2/token?resource=vault").stream().filter(line -> !line.startsWith(" ")).toList());
    }

    @Test
    void explain_elevation_cannotBeHelpedByRules() throws Exception {
        List<String> lines = run("explain", file("a.json", RULES), "--endpoint", "wireserver", "--url", "/machine?comp=goalstate", "--user", "alice");
        assertTrue(lines.contains("  no change   no rule can allow a caller that is not elevated to reach this endpoint"), lines::toString);
        assertTrue(run("explain", file("a.json", RULES), "--endpoint", "wireserver", "--url", "/machine?comp=goalstate", "--user", "root", "--elevated")
                .contains("compat: allow"));
    }

    @Test
    void explain_localFile_isMergedIntoARefusingBase() throws Exception {
        Path local = file("IMDS_Rules.json", "{'defaultAccess':'allow'}");
        assertTrue(run("explain", local, "--endpoint", "imds", "--url", "/a", "--user", "alice").contains("strict: allow"));
    }

    @Test
    void explain_loggedDecision_byTheRulesInForce() throws Exception {
        Path rules = file("AuthorizationRules_1.json", "{'inputRules':" + RULES + ",'computedRules':{}}");
        Path log = file("ProxyAgent.Connection.log", "{'notice':'x'}\n"
                + "{'method':'GET','url':'/metadata/identity/oauth2/token?resource=vault','userName':'www-data','userGroups':['www-data'],"
                + "'processFullPath':'/usr/sbin/nginx','runAsElevated':false,'endpoint':'imds','decision':'deny','decisionId':'abc-12'}\n"
                + "{'decisionId':'abc-1','endpoint':'wireserver','method':'GET','url':'/','userName':'u','runAsElevated':true}\n");
        List<String> lines = run("explain", rules, "--decision", "abc-12", "--log", log, "--profile", "strict");
        assertEquals("strict: deny", lines.get(0));
        assertTrue(lines.contains("  rule set    imds, id \"x\", default deny, mode enforce"), lines::toString);
        assertTrue(lines.contains("        \"exePath\" : \"/usr/sbin/nginx\","), lines::toString);
        assertEquals("strict: allow", run("explain", rules, "--decision", "abc-1", "--log", log, "--profile", "strict").get(0));
        assertEquals(List.of("ProxyAgent.Connection.log: no decision \"abc\""), run("explain", rules, "--decision", "abc", "--log", log));
        assertEquals(2, status);
        assertEquals(List.of("expected --endpoint and --url, or --decision and --log"), run("explain", rules));
        run("check", rules);
        assertEquals(1, status);
    }

    @Test
    void explain_loggedDecisionThatComesOutDifferently_saysSo() throws Exception {
        Path rules = file("AuthorizationRules_1.json", "{'inputRules':" + RULES + ",'computedRules':{}}");
        Path log = file("ProxyAgent.Connection.log", "{'method':'GET','url':'/metadata/identity/oauth2/token?resource=[REDACTED]','userName':'u',"
                + "'processFullPath':'/usr/sbin/mysqld','endpoint':'imds','decision':'allow','decisionId':'abc-1'}\n");
        List<String> lines = run("explain", rules, "--decision", "abc-1", "--log", log);
        assertEquals("note: the agent said allow: it followed other rules, or the log has the request only in part, without what looks like a secret",
                lines.get(lines.size() - 1));
    }

    @Test
    void explain_localRulesThatAreNotAskedFor_saysSo() throws Exception {
        Path local = file("IMDS_Rules.json", "{'defaultAccess':'allow'}");
        List<String> lines = run("explain", file("a.json", RULES), "--with-local", local, "--endpoint", "imds", "--url", "/a", "--user", "alice");
        assertEquals("note: IMDS_Rules.json is not used: a.json does not ask for local rules at this endpoint", lines.get(lines.size() - 1));
        String marker = Base64.getEncoder().encodeToString("{\"id\":\"x\",\"useLocalFileRules\":true}".getBytes(StandardCharsets.UTF_8));
        lines = run("explain", file("b.json", RULES.replace("\"id\":\"x\"", "\"id\":\"" + marker + "\"")), "--with-local", local, "--endpoint", "imds",
                "--url", "/a", "--user", "alice");
        assertEquals(List.of("compat: allow", "strict: allow"), lines.stream().filter(line -> !line.startsWith(" ")).toList());
    }

    @Test
    void explain_printsTheWholeTextThatDidNotMatch() throws Exception {
        String path = "/opt" + "/a-folder-of-a-vendor".repeat(10) + "/v1";
        List<String> lines = run("explain", file("a.json", RULES.replace("/usr/sbin/mysqld", path)), "--endpoint", "imds", "--user", "alice", "--url",
                "/metadata/identity/oauth2/token?resource=vault", "--profile", "strict");
        assertTrue(lines.contains("  not held    privilege \"token\" by identity \"db\": exePath is not \"" + path + '"'), lines::toString);
    }

    @Test
    void test_publishedVectors_pass() throws Exception {
        Path vectors = Path.of(ToolTest.class.getResource("/vectors/authorization.json").toURI());
        assertEquals(List.of("compat: 189 passed, 0 failed, 1 with a local file that the reference takes and the agent refuses (AZ-180)",
                "strict: 189 passed, 0 failed"), run("test", vectors));
        assertEquals(0, status);
        assertEquals(List.of("strict: 189 passed, 0 failed"), run("test", vectors, "--profile", "strict"));
    }

    @Test
    void test_failingCases_areListed() throws Exception {
        Path vectors = file("v.json", """
                [{"id":"V1","title":"wrong","rules":null,"destination":"imds","request":{"method":"GET","url":"/a"},
                  "caller":{"userName":"u","userGroups":[],"processName":"x","exePath":"/x","elevated":false},
                  "expected":"deny","expectedStrict":"allow","decidedBy":"rules","agentStatus":403,"canonical":{"form":"/b"},
                  "canonicalDecision":"allow","effectiveRuleId":"i"},
                 {"id":"V2","destination":"imds","request":{"method":"GET","url":"/a"},"expectedStrict":"allow"},
                 {"id":"V3","destination":"moon","request":{"method":"GET","url":"/a"},"expected":"allow"},
                 {"id":"V4","rulesText":"[","destination":"imds","request":{"method":"GET","url":"/a"},"expected":"document-rejected"}]
                """);
        assertEquals(List.of(
                        "v.json: V1 wrong: compat: result: expected \"deny\", got \"allow\"; decidedBy: expected \"rules\", got \"no-rules\"; "
                                + "agentStatus: expected \"403\", got \"null\"; effectiveRuleId: expected \"i\", got \"none\"; "
                                + "canonicalDecision: expected \"allow\", got \"none\"; canonical: expected \"/b\", got \"/a\"",
                        "v.json: V1 wrong: strict: effectiveRuleId: expected \"i\", got \"none\"; canonical: expected \"/b\", got \"/a\"",
                        "v.json: V3: compat: destination: expected imds, wireserver, hostga, proxyagent or other, got \"moon\"",
                        "compat: 1 passed, 2 failed, 1 without an expectation",
                        "strict: 1 passed, 1 failed, 2 without an expectation"),
                run("test", vectors));
        assertEquals(1, status);
        assertEquals(List.of("x.json: case 0: strict: expected an object with the member expected, expectedStrict or both",
                        "x.json: V: strict: expectedStrict: expected a string", "strict: 0 passed, 2 failed"),
                run("test", file("x.json", "[{'expcted':'allow'},{'id':'V','expectedStrict':1}]"), "--profile", "strict"));
        assertEquals(1, status);
        assertEquals(List.of("x.json: V: strict: canonical: expected \"/b\", got \"/a\"", "strict: 0 passed, 1 failed"),
                run("test", file("x.json", "[{'id':'V','rulesText':'[','destination':'imds','request':{'method':'GET','url':'/a'},'canonical':{'form':'/b'},"
                        + "'expectedStrict':'document-rejected'}]"), "--profile", "strict"));
        assertEquals(List.of("b.json:1:4: Unexpected character (']' (code 93)): expected a value"), run("test", file("b.json", "[1,]")));
        assertEquals(2, status);
        assertEquals(List.of("w.json: expected a list of vectors"), run("test", file("w.json", "{}")));
        assertEquals(2, status);
    }

    @Test
    void diff_namesGainsAndLosses() throws Exception {
        Path old = file("old.json", RULES);
        Path changed = file("new.json", RULES.replace("[\"db\"]", "[\"web\"]").replace("\"name\":\"token\"", "\"name\":\"renamed\"").replace("[\"token\"]", "[\"renamed\"]"));
        assertEquals(List.of(
                        "imds: exePath \"/usr/sbin/mysqld\" (identity \"db\") loses /metadata/identity/oauth2/token with resource=vault (privilege \"renamed\")",
                        "imds: userName \"www-data\" (identity \"web\") gains /metadata/identity/oauth2/token with resource=vault (privilege \"renamed\")"),
                run("diff", old, changed));
        assertEquals(1, status);
        assertEquals(List.of("nobody gains or loses anything"), run("diff", old, file("renamed.json",
                RULES.replace("\"name\":\"token\"", "\"name\":\"t\"").replace("[\"token\"]", "[\"t\"]"))));
        assertEquals(0, status);
        assertEquals(List.of("imds: compat: mode enforce becomes audit", "imds: strict: mode enforce becomes audit",
                        "imds: everybody else gains every path that no rule names",
                        "imds: exePath \"/usr/sbin/mysqld\" (identity \"db\") gains every path that no rule names",
                        "imds: userName \"www-data\" (identity \"web\") gains every path that no rule names"),
                run("diff", old, file("open.json", RULES.replace("\"deny\"", "\"allow\"").replace("\"enforce\"", "\"audit\""))).stream().sorted().toList()
                        .stream().sorted((a, b) -> Boolean.compare(b.contains("mode"), a.contains("mode"))).toList());
    }

    @Test
    void diff_textsThatDifferAtTheirEnd_areTwo() throws Exception {
        String path = "/opt" + "/a-folder-of-a-vendor".repeat(10);
        Path old = file("old.json", RULES.replace("/usr/sbin/mysqld", path + "/v1/app").replace("/metadata/identity", path));
        Path changed = file("new.json", RULES.replace("/usr/sbin/mysqld", path + "/v2/app").replace("/metadata/identity", path));
        String privilege = " " + path + "/oauth2/token with resource=vault (privilege \"token\")";
        assertEquals(List.of(
                        "imds: exePath \"" + path + "/v1/app\" (identity \"db\") loses" + privilege,
                        "imds: exePath \"" + path + "/v2/app\" (identity \"db\") gains" + privilege),
                run("diff", old, changed));
    }

    @Test
    void diff_emptySelector_isNotEverybody() throws Exception {
        Path old = file("old.json", RULES.replace("[\"db\"]", "[]"));
        Path changed = file("new.json", RULES.replace("'exePath':'/usr/sbin/mysqld'".replace('\'', '"'), "\"userName\":\"\""));
        assertEquals(List.of("imds: userName \"\" (identity \"db\") gains (compat only) /metadata/identity/oauth2/token with resource=vault (privilege \"token\")"),
                run("diff", old, changed));
    }

    @Test
    void diff_pathThatTheMatchersReadDifferently_isTriedAsEachReadsIt() throws Exception {
        String rules = "{'imds':{'defaultAccess':'allow','mode':'enforce','id':'','rules':{'privileges':[%s],'roles':[],'identities':[],'roleAssignments':[]}}}";
        Path old = file("old.json", rules.formatted("{'name':'p','path':'/a%2Fb'}"));
        assertEquals(List.of(
                        "imds: everybody else gains (compat only) /a%2fb (privilege \"p\")",
                        "imds: everybody else gains (strict only) /a/b (privilege \"p\" in canonical form)"),
                run("diff", old, file("new.json", rules.formatted(""))));
    }

    @Test
    void schema_isPrinted() {
        String schema = String.join("\n", run("schema"));
        assertTrue(schema.contains("https://json-schema.org/draft/2020-12/schema") && schema.contains("\"$ref\" : \"#/$defs/ruleDocument\""), schema);
        assertTrue(String.join("\n", run("schema", "--local")).contains("\"$ref\" : \"#/$defs/localFile\""));
    }
}
