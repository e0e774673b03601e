package countersign.authorization.engine.proof;

import countersign.policy.AccessControlRules;
import countersign.policy.Identity;
import countersign.policy.Privilege;
import countersign.policy.Role;
import countersign.policy.RoleAssignment;
import countersign.policy.RuleItem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A second evaluator for one IMDS rule set, written from authorization.md and canonicalization.md alone: no index, no cleverness, no code
 * shared with the engine. Slow and meant to be read beside the specification.
 */
final class NaiveEvaluator {
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH");

    private final boolean defaultAllows;
    private final String mode;
    private final List<Rule> rules = new ArrayList<>();

    /** A caller. Unknown attributes are "undefined" (user) and "" (others). */
    record Who(String user, List<String> groups, String exe, String process, boolean elevated) {}

    private static final class Rule {
        String path;
        Map<String, String> query = new LinkedHashMap<>();
        final List<Identity> holders = new ArrayList<>();
        /** Canonical path segments, null when there is no canonical form. */
        List<String> segments;
        Map<String, List<String>> required;
        /** Canonical path segments, also when the query has no canonical form; null when the path has none. */
        List<String> place;
        boolean ampersand;
    }

    /** Signals an error code. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refused(String code) {
            super(code, null, false, false);
        }
    }

    /** Compiles as section 4 says. */
    NaiveEvaluator(RuleItem item) {
        mode = item.mode().toLowerCase(Locale.ROOT);
        defaultAllows = item.defaultAccess().toLowerCase(Locale.ROOT).equals("allow");
        if (item.rules().isEmpty()) {
            return;
        }
        AccessControlRules lists = item.rules().get();
        if (lists.privileges().isEmpty() || lists.roles().isEmpty() || lists.identities().isEmpty() || lists.roleAssignments().isEmpty()) {
            return;
        }
        Map<String, Rule> byName = new LinkedHashMap<>();
        for (Privilege privilege : lists.privileges().get()) {
            Rule rule = new Rule();
            rule.path = privilege.path().toLowerCase(Locale.ROOT);
            privilege.queryParameters().forEach((k, v) -> rule.query.put(k.toLowerCase(Locale.ROOT), v.toLowerCase(Locale.ROOT)));
            byName.put(privilege.name(), rule);
        }
        Map<String, Role> roles = new HashMap<>();
        lists.roles().get().forEach(role -> roles.put(role.name(), role));
        Map<String, Identity> identities = new HashMap<>();
        lists.identities().get().forEach(identity -> identities.put(identity.name(), identity));
        for (RoleAssignment assignment : lists.roleAssignments().get()) {
            Role role = roles.get(assignment.role());
            if (role == null) {
                continue;
            }
            for (String privilege : role.privileges()) {
                for (String identity : assignment.identities()) {
                    if (byName.containsKey(privilege) && identities.containsKey(identity)) {
                        byName.get(privilege).holders.add(identities.get(identity));
                    }
                }
            }
        }
        for (Rule rule : byName.values()) {
            try {
                rule.place = segments(rule.path);
                rule.segments = rule.place;
                StringBuilder joined = new StringBuilder();
                rule.query.forEach((k, v) -> joined.append(joined.length() == 0 ? "" : "&").append(k).append("=").append(v));
                rule.required = query(joined.toString());
            } catch (Refused e) {
                rule.segments = null;
            }
            rule.ampersand = rule.query.entrySet().stream()
                    .anyMatch(e -> e.getKey().contains("&") || e.getKey().contains("=") || e.getValue().contains("&"));
            rules.add(rule);
        }
    }

    /** Section 7 for IMDS: {@code allow}, {@code audited} or {@code deny}. */
    String decide(boolean strict, String method, String target, Who who) {
        if (!METHODS.contains(method)) {
            return "deny";
        }
        String rawPath = target.contains("?") ? target.substring(0, target.indexOf('?')) : target;
        if (rawPath.startsWith("http://")) {
            int slash = rawPath.indexOf('/', 7);
            rawPath = slash < 0 ? "/" : rawPath.substring(slash);
        }
        String rawQuery = target.contains("?") ? target.substring(target.indexOf('?') + 1) : "";
        if (rawPath.contains("//") || lenient(rawPath).contains("..")) {
            return "deny";
        }
        boolean exempt = method.equals("PUT") && target.equalsIgnoreCase("/vmagentlog")
                || method.equals("POST") && target.equalsIgnoreCase("/machine/?comp=telemetrydata");
        if (!strict && exempt && who.elevated) {
            return "allow";
        }
        String effective = List.of("disabled", "audit", "enforce").contains(mode) ? mode : strict ? "enforce" : "disabled";
        if (effective.equals("disabled")) {
            return "allow";
        }
        boolean yes = strict ? strict(method, target, rawPath, rawQuery, who) : compat(rawPath, rawQuery, who, false);
        return yes ? "allow" : effective.equals("audit") ? "audited" : "deny";
    }

    private boolean strict(String method, String target, String rawPath, String rawQuery, Who who) {
        List<String> segments;
        Map<String, List<String>> query;
        try {
            if (target.startsWith("http://") && !authorityIsImds(target.substring(7).split("[/?]", 2)[0])) {
                return false;
            }
            segments = segments(rawPath);
            query = query(rawQuery);
        } catch (Refused e) {
            return false;
        }
        String decoded = decodeStrictly(rawPath, false);
        if (decoded.contains("\\") || decoded.matches("(?s).*%[0-9a-fA-F]{2}.*")) {
            return false;
        }
        for (Rule rule : rules) {
            if (rule.place != null && startsWith(segments, rule.place)) {
                Set<String> constrained = new HashSet<>(rule.query.keySet());
                constrained.addAll(rule.segments == null ? Set.of() : rule.required.keySet());
                for (String key : constrained) {
                    Set<String> values = new HashSet<>();
                    query.forEach((sent, sentValues) -> values.addAll(oneSpelling(sent).equals(oneSpelling(key)) ? sentValues : List.of()));
                    if (values.size() > 1) {
                        return false;
                    }
                }
            }
        }
        return compat(rawPath, rawQuery, who, true) && canonical(segments, query, who);
    }

    /** Q3 for either matcher: the compat one takes all cases of a letter for one, and a plus sign where the canonical one has a blank. */
    private static String oneSpelling(String key) {
        return key.replace("+", " ").toLowerCase(Locale.ROOT);
    }

    /** Section 5 with 6.1 and 6.2. */
    private boolean compat(String rawPath, String rawQuery, Who who, boolean strictIdentities) {
        String path = lenient(rawPath).toLowerCase(Locale.ROOT);
        String embedded = "";
        if (path.contains("?")) {
            embedded = path.substring(path.indexOf('?') + 1);
            path = path.substring(0, path.indexOf('?'));
        }
        List<String[]> pairs = new ArrayList<>();
        for (String text : List.of(rawQuery, embedded)) {
            for (String pair : text.split("&")) {
                String[] both = pair.split("=", 2);
                if (!both[0].isEmpty()) {
                    pairs.add(new String[] {lenient(both[0]).toLowerCase(Locale.ROOT),
                        lenient(both.length > 1 ? both[1] : "").toLowerCase(Locale.ROOT)});
                }
            }
        }
        boolean matched = false;
        for (Rule rule : rules) {
            if (!path.startsWith(rule.path)) {
                continue;
            }
            boolean all = true;
            for (Map.Entry<String, String> constraint : rule.query.entrySet()) {
                Optional<String[]> first = pairs.stream().filter(pair -> pair[0].equals(constraint.getKey())).findFirst();
                all = all && first.isPresent() && first.get()[1].equals(constraint.getValue());
            }
            if (all) {
                matched = true;
                if (rule.holders.stream().anyMatch(holder -> is(holder, who, strictIdentities))) {
                    return true;
                }
            }
        }
        return !matched && defaultAllows;
    }

    /** The canonical matcher of the strict profile. */
    private boolean canonical(List<String> segments, Map<String, List<String>> query, Who who) {
        boolean matched = false;
        for (Rule rule : rules) {
            if (rule.segments == null || rule.ampersand || !startsWith(segments, rule.segments)) {
                continue;
            }
            boolean all = true;
            for (Map.Entry<String, List<String>> required : rule.required.entrySet()) {
                List<String> sent = query.getOrDefault(required.getKey(), List.of());
                all = all && sent.stream().anyMatch(value -> required.getValue().contains(value));
            }
            if (all) {
                matched = true;
                if (rule.holders.stream().anyMatch(holder -> is(holder, who, true))) {
                    return true;
                }
            }
        }
        return !matched && defaultAllows;
    }

    /** Section 6.3, with Q10 when strict. */
    private static boolean is(Identity identity, Who who, boolean strict) {
        for (Optional<String> selector : List.of(identity.userName(), identity.groupName(), identity.exePath(), identity.processName())) {
            if (strict && selector.isPresent() && selector.get().trim().isEmpty()) {
                return false;
            }
        }
        if (identity.userName().isPresent() && (strict && who.user.equals("undefined") || !identity.userName().get().equals(who.user))) {
            return false;
        }
        if (identity.groupName().isPresent() && !who.groups.contains(identity.groupName().get())) {
            return false;
        }
        if (identity.exePath().isPresent()
                && (strict && who.exe.isEmpty() || !components(identity.exePath().get()).equals(components(who.exe)))) {
            return false;
        }
        return identity.processName().isEmpty()
                || identity.processName().get().equals(who.process) && !(strict && who.process.isEmpty());
    }

    private static List<String> components(String path) {
        List<String> components = new ArrayList<>();
        components.add(path.startsWith("/") ? "absolute" : "relative");
        List<String> pieces = Arrays.asList(path.split("/"));
        for (int i = 0; i < pieces.size(); i++) {
            String piece = pieces.get(i);
            if (piece.isEmpty() || piece.equals(".") && i > 0) {
                continue;
            }
            components.add(piece);
        }
        return components;
    }

    private static boolean startsWith(List<String> segments, List<String> prefix) {
        return segments.size() >= prefix.size() && segments.subList(0, prefix.size()).equals(prefix);
    }

    /** canonicalization.md section 3. */
    private static List<String> segments(String rawPath) {
        String path = decodeStrictly(rawPath.isEmpty() ? "/" : rawPath, false);
        path.chars().filter(c -> c < 0x20 || c == 0x7F).findAny().ifPresent(c -> refuse("CTRL"));
        path.chars().filter(c -> c > 0x7F).findAny().ifPresent(c -> refuse("NON_ASCII"));
        if (path.contains("?")) {
            refuse("EMBQ");
        }
        List<String> kept = new ArrayList<>();
        for (String piece : lowerAscii(path).split("/")) {
            String name = piece.contains(";") ? piece.substring(0, piece.indexOf(';')) : piece;
            if (name.equals("..")) {
                if (kept.isEmpty()) {
                    refuse("UNDERFLOW");
                }
                kept.remove(kept.size() - 1);
            } else if (!name.isEmpty() && !name.equals(".")) {
                kept.add(name);
            }
        }
        return kept;
    }

    /** canonicalization.md section 4. */
    private static Map<String, List<String>> query(String rawQuery) {
        Map<String, List<String>> query = new HashMap<>();
        for (String pair : rawQuery.split("&")) {
            if (pair.isEmpty()) {
                continue;
            }
            String[] both = pair.split("=", 2);
            String key = lowerAscii(text(both[0]));
            String value = lowerAscii(text(both.length > 1 ? both[1] : ""));
            if (!key.isEmpty()) {
                query.computeIfAbsent(key, any -> new ArrayList<>()).add(value);
            }
        }
        return query;
    }

    private static String text(String raw) {
        String decoded = decodeStrictly(raw, true);
        decoded.chars().filter(c -> c < 0x20 || c == 0x7F).findAny().ifPresent(c -> refuse("CTRL"));
        return decoded;
    }

    private static String decodeStrictly(String raw, boolean plus) {
        StringBuilder latin = new StringBuilder();
        String octets = new String(raw.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        for (int i = 0; i < octets.length(); i++) {
            char c = octets.charAt(i);
            if (c == '%') {
                if (i + 3 > octets.length() || !octets.substring(i + 1, i + 3).matches("[0-9a-fA-F]{2}")) {
                    refuse("PCT");
                }
                latin.append((char) Integer.parseInt(octets.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                latin.append(plus && c == '+' ? ' ' : c);
            }
        }
        byte[] bytes = latin.toString().getBytes(StandardCharsets.ISO_8859_1);
        String decoded = new String(bytes, StandardCharsets.UTF_8);
        if (!Arrays.equals(bytes, decoded.getBytes(StandardCharsets.UTF_8))) {
            refuse("UTF8");
        }
        return decoded;
    }

    private static String lenient(String raw) {
        StringBuilder latin = new StringBuilder();
        String octets = new String(raw.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        for (int i = 0; i < octets.length(); i++) {
            boolean escape = octets.charAt(i) == '%' && i + 3 <= octets.length() && octets.substring(i + 1, i + 3).matches("[0-9a-fA-F]{2}");
            latin.append(escape ? (char) Integer.parseInt(octets.substring(i + 1, i + 3), 16) : octets.charAt(i));
            i += escape ? 2 : 0;
        }
        return new String(latin.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static String lowerAscii(String text) {
        StringBuilder lower = new StringBuilder();
        for (char c : text.toCharArray()) {
            lower.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
        }
        return lower.toString();
    }

    /** Only the spellings that the tests use. */
    private static boolean authorityIsImds(String authority) {
        return List.of("169.254.169.254", "169.254.169.254:80", "2852039166", "0xa9fea9fe").contains(authority);
    }

    private static void refuse(String code) {
        throw new Refused(code);
    }
}
