package countersign.authorization.engine.compile;

import static java.util.Objects.requireNonNull;

import countersign.authorization.engine.compile.Finding.Level;
import countersign.authorization.engine.decision.CompiledItem;
import countersign.authorization.engine.decision.Destination;
import countersign.authorization.engine.decision.ItemSet;
import countersign.authorization.engine.decision.PrivilegeRule;
import countersign.endpoint.EndpointMode;
import countersign.policy.LocalRules;
import countersign.policy.PolicyContribution;
import countersign.policy.Privilege;
import countersign.policy.RuleDocument;
import countersign.policy.RuleItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns what the policy sources say into compiled rule sets. Stateless; safe from any thread. */
public final class PolicyCompiler {
    private PolicyCompiler() {}

    /**
     * What came out.
     *
     * @param effective the documents after merging local files, as they were compiled; {@code hostga} holds what HostGAPlugin follows
     * @param findings what was skipped or is not as its author may think
     */
    public record Result(ItemSet items, RuleDocument effective, List<Finding> findings) {
        public Result {
            requireNonNull(items, "items");
            requireNonNull(effective, "effective");
            findings = List.copyOf(findings);
        }

        /** The rules that a destination follows, if there are any. */
        public Optional<RuleItem> effective(Destination destination) {
            return switch (destination) {
                case IMDS -> effective.imds();
                case WIRESERVER -> effective.wireserver();
                case HOSTGA -> effective.hostga();
                case AGENT, OTHER -> Optional.empty();
            };
        }
    }

    /**
     * Compiles a platform document, merged with local rules where it asks for them.
     *
     * @param local empty when nothing provides local rules
     * @throws CompileException when the rules must not go live
     */
    public static Result compile(RuleDocument document, Optional<PolicyContribution.Local> local) throws CompileException {
        List<Finding> findings = new ArrayList<>();
        Optional<RuleItem> imds = merge("imds", document.imds(), local.map(PolicyContribution.Local::imds), findings);
        Optional<RuleItem> wireserver = merge("wireserver", document.wireserver(), local.map(PolicyContribution.Local::wireserver), findings);
        if (document.hostga().isPresent()) {
            findings.add(new Finding(Level.WARN, "hostga", "item", "is not used: HostGAPlugin follows the rules of WireServer"));
        }
        Optional<CompiledItem> compiled = compile("wireserver", wireserver, findings);
        ItemSet items = new ItemSet(compile("imds", imds, findings), compiled, hostga(document.wireserver(), wireserver, compiled));
        return new Result(items, new RuleDocument(imds, wireserver, document.wireserver()), findings);
    }

    /**
     * Compiles one item as it is, local rules already merged.
     *
     * @param findings takes what was skipped
     */
    public static CompiledItem compile(String service, RuleItem effective, List<Finding> findings) throws CompileException {
        return new ItemCompiler(service, findings).compile(effective);
    }

    /** Compiles one privilege by itself. */
    public static PrivilegeRule compile(Privilege privilege) {
        return new ItemCompiler("", new ArrayList<>()).compile(privilege);
    }

    private static Optional<RuleItem> merge(
            String service, Optional<RuleItem> remote, Optional<LocalRules> local, List<Finding> findings) {
        if (remote.isEmpty()) {
            return remote;
        }
        LocalMerge.Result merged = LocalMerge.merge(remote.get(), local);
        if (merged.failure().isPresent()) {
            boolean enforced = EndpointMode.parse(merged.item().mode()).orElse(EndpointMode.DISABLED) == EndpointMode.ENFORCE;
            findings.add(new Finding(Level.ERROR, service, "local rules", merged.failure().get()
                    + (enforced ? ": everything is refused" : ": everything would be refused, but mode " + merged.item().mode() + " does not enforce it")));
        }
        return Optional.of(merged.item());
    }

    private static Optional<CompiledItem> compile(String service, Optional<RuleItem> item, List<Finding> findings) throws CompileException {
        return item.isEmpty() ? Optional.empty() : Optional.of(new ItemCompiler(service, findings).compile(item.get()));
    }

    /** The platform's WireServer item as it is: no local file, own id (authorization.md section 3). */
    private static Optional<CompiledItem> hostga(Optional<RuleItem> remote, Optional<RuleItem> merged, Optional<CompiledItem> compiled)
            throws CompileException {
        if (remote.isEmpty()) {
            return Optional.empty();
        }
        RuleItem own = remote.get();
        RuleItem other = merged.orElseThrow();
        boolean same = own.rules().equals(other.rules()) && own.defaultAccess().equals(other.defaultAccess());
        return same
                ? compiled.map(item -> item.withId(own.id()))
                : Optional.of(new ItemCompiler("hostga", new ArrayList<>()).compile(own));
    }
}
