package countersign.itests.lab.scenes;

import countersign.itests.lab.Network;
import countersign.itests.lab.User;
import countersign.itests.lab.host.Policy;
import countersign.itests.lab.scenes.Scene.Observation;
import java.io.IOException;
import java.util.List;

/** What everybody can do on a machine without the agent. */
final class WithoutAgent {
    private static final String GUID = "3d9a6c1e-52b7-4f08-9c4d-a1e07b6f2d35";
    private static final String KEY = "B7E151628AED2A6ABF7158809CF4F3C762E7160F38B4DA56A784D9045190CFEF";

    private WithoutAgent() {}

    static List<Scene> scenes() {
        return List.of(
                new Scene("no agent, channel off: any user gets IMDS", "nobody 200 mode-disabled", WithoutAgent::open),
                new Scene("no agent, host enforces: unsigned calls are refused",
                        "IMDS 401 signature-missing, WireServer 401 signature-missing", WithoutAgent::enforced));
    }

    private static Observation open(Stage stage) throws IOException {
        return Observation.of("nobody " + stage.tell(() -> stage.lab().curl(
                stage.lab().guest(User.NOBODY), "http://" + Network.IMDS + Stage.INSTANCE, "Metadata: true")));
    }

    /** A host that knows a key demands signatures; here an agent of an earlier life has latched one. */
    private static Observation enforced(Stage stage) throws IOException {
        stage.host().serve(Policy.open("rules-1").document());
        stage.host().installKey(GUID, KEY);
        String imds = stage.tell(() -> stage.lab().curl(
                stage.lab().guest(User.NOBODY), "http://" + Network.IMDS + Stage.INSTANCE, "Metadata: true"));
        String wireserver = stage.tell(() -> stage.lab().curl(
                stage.lab().guest(User.ROOT), "http://" + Network.WIRESERVER + Stage.GOAL_STATE, "x-ms-version: 2012-11-30"));
        stage.host().forgetKeys();
        return Observation.of("IMDS " + imds + ", WireServer " + wireserver);
    }
}
