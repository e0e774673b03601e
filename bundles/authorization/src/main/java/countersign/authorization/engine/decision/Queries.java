package countersign.authorization.engine.decision;

import java.util.List;
import java.util.Map;

/** The query of a request, made when a rule first asks for it. */
interface Queries {
    /** For each key the values a constraint may equal. */
    Map<String, List<String>> query();
}
