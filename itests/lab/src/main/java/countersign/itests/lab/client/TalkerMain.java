package countersign.itests.lab.client;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/**
 * Does what the lines on standard input say, with connections of its own process, user and namespace, and prints one line each:
 *
 * <pre>
 * open NAME ADDRESS PORT MILLIS     ok LOCAL-PORT     (MILLIS: how long to wait for each answer)
 * send NAME BASE64                  ok
 * receive NAME get|head             answer WORD
 * close NAME                        ok
 * udp ADDRESS PORT BASE64           ok BASE64
 * </pre>
 *
 * or {@code failed TEXT}. Ends with its standard input.
 */
public final class TalkerMain {
    private static final int CONNECT_MILLIS = 4_000;

    private final Map<String, Connection> connections = new HashMap<>();

    private record Connection(Socket socket, AnswerReader reader) {}

    private TalkerMain() {}

    public static void main(String[] args) throws IOException {
        TalkerMain talker = new TalkerMain();
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            System.out.println(talker.obey(order.split(" ")));
        }
    }

    private String obey(String[] words) {
        try {
            return switch (words[0]) {
                case "open" -> open(words[1], words[2], Integer.parseInt(words[3]), Integer.parseInt(words[4]));
                case "send" -> send(words[1], Base64.getDecoder().decode(words.length > 2 ? words[2] : ""));
                case "receive" -> "answer " + connections.get(words[1]).reader().read(words[2].equals("head")).encode();
                case "close" -> close(words[1]);
                case "udp" -> udp(new InetSocketAddress(words[1], Integer.parseInt(words[2])), Base64.getDecoder().decode(words[3]));
                default -> "failed unknown order";
            };
        } catch (IOException e) {
            return "failed " + String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
        }
    }

    private String open(String name, String address, int port, int millis) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(millis);
            socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
            connections.put(name, new Connection(socket, new AnswerReader(new BufferedInputStream(socket.getInputStream()))));
            return "ok " + socket.getLocalPort();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private String send(String name, byte[] bytes) throws IOException {
        connections.get(name).socket().getOutputStream().write(bytes);
        return "ok";
    }

    private String close(String name) throws IOException {
        connections.remove(name).socket().close();
        return "ok";
    }

    private static String udp(InetSocketAddress address, byte[] bytes) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(CONNECT_MILLIS);
            socket.send(new DatagramPacket(bytes, bytes.length, address));
            DatagramPacket reply = new DatagramPacket(new byte[2048], 2048);
            socket.receive(reply);
            return "ok " + Base64.getEncoder().encodeToString(java.util.Arrays.copyOf(reply.getData(), reply.getLength()));
        }
    }
}
