package countersign.host.simulator;

import countersign.host.simulator.Host.Peer;
import countersign.host.simulator.Host.Reply;
import countersign.host.simulator.control.Action;
import countersign.host.simulator.control.Action.Break.How;
import countersign.host.simulator.http.Received;
import countersign.host.simulator.http.Request;
import countersign.host.simulator.http.RequestReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/** Serves one connection on one thread: requests in sequence, kept alive until the peer or an answer ends it. */
final class Connection implements Runnable {
    /** Longer than any agent keeps an idle connection, so that this side never closes first. */
    private static final int IDLE_MILLIS = 300_000;
    private static final int HANG_POLL_MILLIS = 100;

    private final Socket socket;
    private final Peer peer;
    private final Host host;

    Connection(Socket socket, Peer peer, Host host) {
        this.socket = socket;
        this.peer = peer;
        this.host = host;
    }

    @Override
    public void run() {
        try (socket) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(IDLE_MILLIS);
            OutputStream out = socket.getOutputStream();
            RequestReader reader = new RequestReader(socket.getInputStream(), out);
            while (serveOne(reader, out)) {
                // each turn is one request
            }
        } catch (IOException e) {
            // The peer is gone; it needs no answer and its requests are in the journal.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the connection goes on. */
    private boolean serveOne(RequestReader reader, OutputStream out) throws IOException, InterruptedException {
        Received received = reader.read();
        if (received instanceof Received.Refused refused) {
            out.write(host.refuse(peer, refused).response().toBytes(false, true));
            linger();
            return false;
        }
        if (received instanceof Received.Complete complete) {
            return answer(complete.request(), reader, out);
        }
        return false;
    }

    private boolean answer(Request request, RequestReader reader, OutputStream out) throws IOException, InterruptedException {
        Reply reply = host.handle(peer, request);
        boolean close = request.http10() || "close".equalsIgnoreCase(request.single("connection"))
                || reply.response() != null && reply.response().status() == 413;
        byte[] bytes = reply.response() == null ? new byte[0] : reply.response().toBytes(request.method().equals("HEAD"), close);
        if (reply.fault() == null) {
            out.write(bytes);
            return !close;
        }
        Thread.sleep(reply.fault().delayMillis());
        if (!(reply.fault().action() instanceof Action.Break broken)) {
            out.write(bytes);
            return !close;
        }
        out.write(bytes, 0, Math.min(bytes.length, broken.afterBytes()));
        if (broken.how() == How.HANG) {
            socket.setSoTimeout(HANG_POLL_MILLIS);
            while (!reply.fault().isRemoved() && reader.peerIsThere()) {
                // neither side has ended it
            }
        } else if (broken.how() == How.RESET) {
            socket.setSoLinger(true, 0);
        }
        return false;
    }

    /** Lets the peer read a refusal: closing with unread input would reset the connection and take the answer with it. */
    private void linger() throws IOException {
        socket.shutdownOutput();
        socket.setSoTimeout(1_000);
        byte[] waste = new byte[8 << 10];
        for (int read = 0, total = 0; read >= 0 && total < 4 << 20; total += read) {
            read = socket.getInputStream().read(waste);
        }
    }
}
