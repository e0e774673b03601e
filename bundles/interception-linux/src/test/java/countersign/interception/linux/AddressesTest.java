package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressesTest {
    @ParameterizedTest
    @CsvSource({
        "169.254.169.254, 00000000000000000000ffffa9fea9fe",
        "::ffff:10.0.0.1, 00000000000000000000ffff0a000001",
        "2001:db8::1, 20010db8000000000000000000000001"
    })
    void put_writesSixteenBytesInNetworkOrder(String address, String expected) throws Exception {
        byte[] dirty = HexFormat.of().parseHex("11".repeat(16));
        Addresses.put(ByteBuffer.wrap(dirty), 0, InetAddress.getByName(address));
        assertEquals(expected, HexFormat.of().formatHex(dirty));
    }

    @Test
    void port_isWrittenHighByteFirst() {
        byte[] bytes = new byte[2];
        Addresses.putPort(ByteBuffer.wrap(bytes), 0, 32526);
        assertEquals("7f0e", HexFormat.of().formatHex(bytes));
        assertEquals(32526, Addresses.getPort(ByteBuffer.wrap(bytes), 0));
    }

    @Test
    void get_mappedAddress_isIpv4() {
        byte[] bytes = HexFormat.of().parseHex("00000000000000000000ffffa9fea9fe0050");
        assertEquals(new InetSocketAddress("169.254.169.254", 80), Addresses.getSocketAddress(ByteBuffer.wrap(bytes), 0, 16));
    }
}
