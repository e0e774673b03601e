package countersign.policy.tool;

import countersign.authorization.Decision;
import countersign.authorization.Explanation;
import countersign.authorization.IdentityMismatch;
import countersign.authorization.engine.advice.Advice;
import countersign.authorization.engine.advice.Advisor;
import countersign.authorization.engine.compile.Finding;
import countersign.authorization.engine.compile.PolicyCompiler;
import countersign.authorization.engine.decision.CanonicalMode;
import countersign.authorization.engine.decision.CompiledItem;
import countersign.authorization.engine.decision.CompiledPolicy;
import countersign.authorization.engine.decision.DecisionIds;
import countersign.authorization.engine.decision.Destination;
import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.Profile;
import countersign.authorization.engine.decision.Settings;
import countersign.authorization.engine.decision.Subject;
import countersign.rules.json.Text;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code policy explain}. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = {
            "Print how a request is decided, why, and the smallest change that would let it pass, in both profiles.",
            "Exit status: 0 when the decision was printed, 2 when it could not be made."
        })
final class ExplainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description =
            "A rule document, an answer of the host that holds one, a local rule file, or the agent's AuthorizationRules_*.json.")
    private Path file;

    @Option(names = "--with-local", paramLabel = "FILE", description = "Local rules for a document whose id asks for them.")
    private Path localFile;

    @Option(names = "--endpoint", paramLabel = "NAME", description = "imds, wireserver or hostga.")
    private String endpoint;

    @Option(names = "--method", defaultValue = "GET", paramLabel = "METHOD", description = "Default: ${DEFAULT-VALUE}.")
    private String method;

    @Option(names = "--url", paramLabel = "URL", description = "Request target, or a URL of the endpoint.")
    private String url;

    @Option(names = "--user", paramLabel = "NAME", description = "Account name of the caller; unknown when absent.")
    private String user;

    @Option(names = "--group", paramLabel = "NAME", description = "A group of that account; may be repeated.")
    private List<String> groups = List.of();

    @Option(names = "--exe", paramLabel = "PATH", description = "Executable of the caller; unknown when absent.")
    private String exe;

    @Option(names = "--process", paramLabel = "NAME", description = "Process name; the last component of --exe when absent.")
    private String process;

    @Option(names = "--elevated", description = "The caller is root.")
    private boolean elevated;

    @Option(names = "--decision", paramLabel = "ID", description = "Take the request from the log given by --log instead.")
    private String decisionId;

    @Option(names = "--log", paramLabel = "FILE", description = "The agent's ProxyAgent.Connection.log.")
    private Path log;

    @Option(names = "--profile", paramLabel = "NAME", description = "compat or strict; both when absent.")
    private String profile;

    @Override
    public Integer call() throws Trouble {
        RulesFile rules = RulesFile.load(file);
        Optional<RulesFile> local = localFile == null ? Optional.empty() : Optional.of(RulesFile.load(localFile));
        PolicyCompiler.Result compiled = rules.compile(local);
        Optional<LoggedRequest> logged = decisionId == null ? Optional.empty() : Optional.of(logged());
        Facts facts = logged.isPresent() ? facts(logged.get()) : given();
        Destination destination = facts.destination();
        CompiledPolicy policy = new CompiledPolicy(0, Settings.of(CanonicalMode.OFF), new DecisionIds("explain"), compiled.items());
        PrintWriter out = spec.commandLine().getOut();
        for (Profile each : Profiles.of(profile)) {
            explain(out, policy, compiled, facts, each);
        }
        compiled.findings().stream().filter(finding -> finding.service().equals(destination.service())).map(Finding::toString)
                .forEach(finding -> out.println("note: " + finding));
        boolean merged = compiled.effective(destination).filter(item -> item.id().contains("useLocalFileRules-true")).isPresent();
        if (localFile != null && (!rules.takesLocal() || !merged)) {
            out.println("note: " + localFile + " is not used: " + file + " does not ask for local rules at this endpoint");
        }
        logged.flatMap(LoggedRequest::decision).filter(said -> !isReached(said, policy, facts)).ifPresent(said -> out.println("note: the agent said "
                + said + ": it followed other rules, or the log has the request only in part, without what looks like a secret"));
        return Main.OK;
    }

    private static boolean isReached(String verdict, CompiledPolicy policy, Facts facts) {
        return Arrays.stream(Profile.values()).map(each -> verdict(policy.decide(facts, each))).anyMatch(verdict::equals);
    }

    private static String verdict(Decision decision) {
        return decision.fold(allow -> "allow", audited -> "allow-audited", deny -> "deny");
    }

    private void explain(PrintWriter out, CompiledPolicy policy, PolicyCompiler.Result compiled, Facts facts, Profile each) {
        Decision decision = policy.decide(facts, each);
        Explanation why = decision.explanation();
        out.println(Profiles.name(each) + ": " + verdict(decision));
        out.println("  stage       " + why.stage().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        out.println("  path        " + why.canonicalPath());
        policy.items().of(facts.destination()).ifPresent(item -> ruleSet(out, facts, item, each));
        why.privilege().ifPresent(name -> out.println("  privilege   " + Text.quoteWhole(name)));
        why.holder().ifPresent(name -> out.println("  held by     identity " + Text.quoteWhole(name)));
        for (IdentityMismatch mismatch : why.mismatches()) {
            out.println("  not held    privilege " + Text.quoteWhole(mismatch.privilege()) + " by identity " + Text.quoteWhole(mismatch.identity())
                    + ": " + mismatch.selector() + " is not " + Text.quoteWhole(mismatch.expected()));
        }
        if (!(decision instanceof Decision.Allow)) {
            advice(out, Advisor.of(compiled, facts.destination(), each).advise(facts));
        }
    }

    private static void ruleSet(PrintWriter out, Facts facts, CompiledItem item, Profile each) {
        out.println("  rule set    " + facts.destination().service() + ", id " + Text.quoteWhole(item.id()) + ", default "
                + (item.defaultAllow() ? "allow" : "deny") + ", mode " + item.mode(each).label().toLowerCase(Locale.ROOT));
    }

    private static void advice(PrintWriter out, Advice advice) {
        if (advice instanceof Advice.None none) {
            out.println("  no change   " + none.reason());
        } else if (advice instanceof Advice.Change change) {
            out.println("  smallest change that lets it pass, to be added to rules:");
            out.println(ChangeText.json(change.change()).indent(4).stripTrailing());
            change.change().alsoAllows().forEach(also -> out.println("    also lets pass: " + also.text()));
            change.change().alsoRefuses().forEach(also -> out.println("    also refuses: " + also.text()));
        }
    }

    private Facts given() throws Trouble {
        if (endpoint == null || url == null) {
            throw new Trouble("expected --endpoint and --url, or --decision and --log");
        }
        Destination destination = destination(endpoint);
        return new Facts(destination, method, target(destination), subject());
    }

    private LoggedRequest logged() throws Trouble {
        if (log == null) {
            throw new Trouble("--decision: expected --log, the file to look in");
        }
        return LoggedRequest.find(log, decisionId);
    }

    private static Facts facts(LoggedRequest request) throws Trouble {
        return new Facts(destination(request.endpoint()), request.method(), request.url(), request.caller());
    }

    private static Destination destination(String endpoint) throws Trouble {
        return switch (endpoint.toLowerCase(Locale.ROOT)) {
            case "imds" -> Destination.IMDS;
            case "wireserver" -> Destination.WIRESERVER;
            case "hostga" -> Destination.HOSTGA;
            default -> throw new Trouble("--endpoint: expected imds, wireserver or hostga, got " + Text.quote(endpoint));
        };
    }

    /** A URL of the endpoint becomes what a client sends for it; anything else is judged as it is written. */
    private String target(Destination destination) {
        String address = "http://" + destination.endpoint().orElseThrow().ip();
        int port = destination.endpoint().orElseThrow().address().getPort();
        for (String prefix : List.of(address + ":" + port, address)) {
            boolean own = url.startsWith(prefix) && (url.length() == prefix.length() || url.charAt(prefix.length()) == '/');
            if (own && (port == 80 || prefix.endsWith(":" + port))) {
                return url.length() == prefix.length() ? "/" : url.substring(prefix.length());
            }
        }
        return url;
    }

    private Subject subject() {
        String path = exe == null ? "" : exe;
        String name = process == null ? path.substring(path.lastIndexOf('/') + 1) : process;
        return new Subject(user == null ? Subject.UNKNOWN_USER : user, groups, path, name, elevated);
    }
}
