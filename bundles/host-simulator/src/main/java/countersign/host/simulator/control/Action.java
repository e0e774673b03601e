package countersign.host.simulator.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import countersign.host.simulator.http.Response;
import java.util.List;

/** What a fault does to a request it matches, besides waiting. */
public sealed interface Action {
    /** Nothing: the request is served as usual. */
    record Pass() implements Action {}

    /** The request takes no effect and gets this answer. */
    record Answer(Response response) implements Action {}

    /** The request takes effect; members of the JSON answer are then replaced and removed. */
    record Patch(ObjectNode set, List<String> remove) implements Action {
        public Patch {
            set = set.deepCopy();
            remove = List.copyOf(remove);
        }
    }

    /**
     * The answer ends early.
     *
     * @param how what happens instead of the rest
     * @param afterBytes bytes of the answer that are still sent
     * @param processed whether the request takes effect all the same
     */
    record Break(How how, int afterBytes, boolean processed) implements Action {
        /** The ways an answer can end. */
        public enum How {
            /** Stay connected and silent until the fault is removed or the peer leaves. */
            HANG,
            /** Close the connection. */
            CUT,
            /** Reset the connection. */
            RESET
        }

        public Break {
            if (afterBytes < 0) {
                throw new IllegalArgumentException("afterBytes " + afterBytes + ": expected zero or more");
            }
        }
    }
}
