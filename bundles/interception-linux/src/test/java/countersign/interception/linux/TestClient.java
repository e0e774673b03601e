package countersign.interception.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** An ordinary Java client: prints what a channel and a socket with default settings get. */
final class TestClient {
    private TestClient() {}

    public static void main(String[] arguments) throws IOException {
        InetSocketAddress imds = new InetSocketAddress(Sandbox.IMDS, 80);
        try (SocketChannel channel = SocketChannel.open(imds)) {
            System.out.println(channel.getRemoteAddress() + " "
                    + new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8)).readLine());
        }
        try (Socket socket = new Socket(imds.getAddress(), imds.getPort())) {
            System.out.println(new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine());
        }
    }
}
