package countersign.authorization.engine.proof;

import countersign.authorization.engine.decision.Facts;
import countersign.authorization.engine.decision.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Requests that differ from a given one in a single attribute: those that a proposal is most likely to let pass as well. */
final class Neighbours {
    private Neighbours() {}

    static List<Facts> of(Facts facts) {
        List<Facts> neighbours = new ArrayList<>();
        Subject who = facts.subject();
        for (String user : List.of("alice", "bob", "Alice", "undefined", "", "root", "mallory")) {
            add(neighbours, facts, new Subject(user, who.groups(), who.exePath(), who.processName(), who.elevated()));
        }
        for (List<String> groups : List.of(List.<String>of(), List.of("users"), List.of("wheel"), List.of("users", "wheel"), List.of("users", "x"))) {
            add(neighbours, facts, new Subject(who.userName(), groups, who.exePath(), who.processName(), who.elevated()));
        }
        for (String exe : List.of("/usr/bin/curl", "/usr/bin/wget", "", "./curl", "/tmp/curl", "/usr//bin/./curl")) {
            add(neighbours, facts, new Subject(who.userName(), who.groups(), exe, who.processName(), who.elevated()));
        }
        for (String process : List.of("curl", "wget", "", "Curl")) {
            add(neighbours, facts, new Subject(who.userName(), who.groups(), who.exePath(), process, who.elevated()));
        }
        add(neighbours, facts, new Subject(who.userName(), who.groups(), who.exePath(), who.processName(), !who.elevated()));
        neighbours.add(new Facts(facts.destination(), facts.method().equals("GET") ? "POST" : "GET", facts.target(), who));
        targets(facts.target()).forEach(target -> neighbours.add(new Facts(facts.destination(), facts.method(), target, who)));
        return neighbours;
    }

    private static void add(List<Facts> neighbours, Facts facts, Subject who) {
        neighbours.add(new Facts(facts.destination(), facts.method(), facts.target(), who));
    }

    private static Stream<String> targets(String target) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        String query = mark < 0 ? "" : target.substring(mark + 1);
        String rest = mark < 0 ? "" : "?" + query;
        String more = query.isEmpty() ? "?" : "&";
        Stream<String> paths = Stream.of(
                path + "/child", path + "x", path + "/", path + ";v", "/." + path, path + "/%2e", path.replaceFirst("/[^/]*$", "/")).map(other -> (other.isEmpty() ? "/" : other) + rest);
        Stream<String> queries = Stream.of(
                path, path + rest + more + "z=1", path + rest + more + "k=other", path + "?k=other&" + query, path + "?" + query.replace("=v", "=w"),
                path + "?" + query.replace("%2B", "+"), path + "?" + query.replace("+", "%2B"), path + "?" + query.replace("+", "%20"),
                path + "?" + query.replace("%26", "&"));
        return Stream.concat(paths, queries);
    }
}
