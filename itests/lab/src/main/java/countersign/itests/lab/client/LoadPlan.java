package countersign.itests.lab.client;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * What a load generator does.
 *
 * @param keepAlive one connection per client, or one per request
 * @param clients how many ask at the same time, each waiting for its answer
 * @param warmUpMillis asked but not measured
 * @param millis measured
 * @param shots asked in turn by every client
 */
public record LoadPlan(
        String address, int port, boolean keepAlive, int clients, int warmUpMillis, int millis, List<Shot> shots) {

    /** A request and the only status that is right for it. */
    public record Shot(int status, byte[] request) {}

    public LoadPlan {
        shots = List.copyOf(shots);
        if (shots.isEmpty() || clients < 1) {
            throw new IllegalArgumentException("a load plan: expected at least one client and one request");
        }
    }

    String encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeUTF(address);
            out.writeInt(port);
            out.writeBoolean(keepAlive);
            out.writeInt(clients);
            out.writeInt(warmUpMillis);
            out.writeInt(millis);
            out.writeInt(shots.size());
            for (Shot shot : shots) {
                out.writeInt(shot.status());
                out.writeInt(shot.request().length);
                out.write(shot.request());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    static LoadPlan decode(String word) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(word)))) {
            String address = in.readUTF();
            int port = in.readInt();
            boolean keepAlive = in.readBoolean();
            int clients = in.readInt();
            int warmUpMillis = in.readInt();
            int millis = in.readInt();
            List<Shot> shots = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                int status = in.readInt();
                shots.add(new Shot(status, in.readNBytes(in.readInt())));
            }
            return new LoadPlan(address, port, keepAlive, clients, warmUpMillis, millis, shots);
        }
    }
}
