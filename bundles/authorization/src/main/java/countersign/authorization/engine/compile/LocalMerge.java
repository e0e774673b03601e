package countersign.authorization.engine.compile;

import static java.util.Objects.requireNonNull;

import countersign.policy.AccessControlRules;
import countersign.policy.Identity;
import countersign.policy.LocalRules;
import countersign.policy.Privilege;
import countersign.policy.Role;
import countersign.policy.RoleAssignment;
import countersign.policy.RuleItem;
import countersign.rules.json.RuleSetId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Merges an administrator's file into the platform's item (authorization.md sections 9.2, 9.5 and 9.6). */
public final class LocalMerge {
    private static final String PREFIX = "LocalFileRules_";

    private LocalMerge() {}

    /**
     * The rules that take effect.
     *
     * @param failure why local rules could not be used and the item fails closed; empty when all is well
     */
    public record Result(RuleItem item, Optional<String> failure) {
        public Result {
            requireNonNull(item, "item");
            requireNonNull(failure, "failure");
        }
    }

    /** @param local empty when nothing on this machine provides local rules */
    public static Result merge(RuleItem remote, Optional<LocalRules> local) {
        RuleSetId id = RuleSetId.of(remote.id());
        RuleItem item = withId(remote, id.effective(remote.id()));
        if (!id.useLocalFileRules()) {
            return new Result(item, Optional.empty());
        }
        if (local.isEmpty()) {
            return failClosed(item, "the platform asks for local rules and nothing on this machine provides them");
        }
        LocalRules rules = local.get();
        if (rules instanceof LocalRules.Present present) {
            return new Result(merge(item, present), Optional.empty());
        }
        return rules instanceof LocalRules.Unusable unusable
                ? failClosed(item, unusable.reason())
                : new Result(item, Optional.empty());
    }

    private static RuleItem merge(RuleItem item, LocalRules.Present local) {
        return new RuleItem(
                local.defaultAccess().orElse(item.defaultAccess()),
                item.mode(),
                local.id().map(suffix -> item.id() + '_' + suffix).orElse(item.id()),
                merge(item.rules(), local.rules()));
    }

    private static Optional<AccessControlRules> merge(Optional<AccessControlRules> remote, Optional<AccessControlRules> local) {
        if (remote.isEmpty() || local.isEmpty()) {
            return remote.or(() -> local);
        }
        AccessControlRules ours = local.get();
        AccessControlRules theirs = remote.get();
        return Optional.of(new AccessControlRules(
                join(theirs.privileges(), ours.privileges(), LocalMerge::renamed),
                join(theirs.roles(), ours.roles(), LocalMerge::renamed),
                join(theirs.identities(), ours.identities(), LocalMerge::renamed),
                join(theirs.roleAssignments(), ours.roleAssignments(), LocalMerge::renamed)));
    }

    private static <T> Optional<List<T>> join(Optional<List<T>> remote, Optional<List<T>> local, Function<T, T> renamed) {
        if (remote.isEmpty() && local.isEmpty()) {
            return Optional.empty();
        }
        Stream<T> ours = local.stream().flatMap(List::stream).map(renamed);
        return Optional.of(Stream.concat(remote.stream().flatMap(List::stream), ours).toList());
    }

    private static Privilege renamed(Privilege privilege) {
        return new Privilege(PREFIX + privilege.name(), privilege.path(), privilege.queryParameters());
    }

    private static Role renamed(Role role) {
        return new Role(PREFIX + role.name(), renamed(role.privileges()));
    }

    private static Identity renamed(Identity identity) {
        return new Identity(PREFIX + identity.name(), identity.userName(), identity.groupName(), identity.exePath(), identity.processName());
    }

    private static RoleAssignment renamed(RoleAssignment assignment) {
        return new RoleAssignment(PREFIX + assignment.role(), renamed(assignment.identities()));
    }

    private static List<String> renamed(List<String> references) {
        return references.stream().map(reference -> PREFIX + reference).toList();
    }

    /** The mode stays: it belongs to the platform (authorization.md Q13). */
    private static Result failClosed(RuleItem item, String reason) {
        return new Result(new RuleItem("deny", item.mode(), item.id(), Optional.empty()), Optional.of(reason));
    }

    private static RuleItem withId(RuleItem item, String id) {
        return new RuleItem(item.defaultAccess(), item.mode(), id, item.rules());
    }
}
