package countersign.itests.lab.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A service of the host that the agent has nothing to do with, as DNS is, on UDP and TCP: it answers with the address of whoever asked.
 * Arguments: address, port. Prints {@code ready} when it listens.
 */
public final class BystanderMain {
    private BystanderMain() {}

    public static void main(String[] args) throws IOException {
        InetAddress address = InetAddress.getByName(args[0]);
        int port = Integer.parseInt(args[1]);
        DatagramSocket datagrams = new DatagramSocket(port, address);
        ServerSocket connections = args.length > 2 ? null : new ServerSocket(port, 16, address);
        System.out.println("ready");
        if (connections != null) {
            Thread tcp = new Thread(() -> serve(connections), "tcp");
            tcp.setDaemon(true);
            tcp.start();
        }
        while (true) {
            DatagramPacket asked = new DatagramPacket(new byte[2048], 2048);
            datagrams.receive(asked);
            byte[] reply = text((InetSocketAddress) asked.getSocketAddress());
            datagrams.send(new DatagramPacket(reply, reply.length, asked.getSocketAddress()));
        }
    }

    private static void serve(ServerSocket connections) {
        while (true) {
            try (Socket socket = connections.accept()) {
                BufferedReader request = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
                for (String line = request.readLine(); line != null && !line.isEmpty(); line = request.readLine()) {
                    // The request does not matter.
                }
                byte[] body = text((InetSocketAddress) socket.getRemoteSocketAddress());
                String head = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\nConnection: close\r\n\r\n";
                socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                socket.getOutputStream().write(body);
            } catch (IOException e) {
                System.err.println(e.getMessage());
            }
        }
    }

    private static byte[] text(InetSocketAddress peer) {
        return (peer.getAddress().getHostAddress() + ":" + peer.getPort()).getBytes(StandardCharsets.US_ASCII);
    }
}
