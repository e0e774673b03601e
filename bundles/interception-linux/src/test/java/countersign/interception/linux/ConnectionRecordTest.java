package countersign.interception.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionRecordTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0xEFFFFFFD, true",
        "65534, 0, 0xEFFFFFFD, false",
        "0, 65534, 0xEFFFFFFD, false",
        "0, 0, 0xF0000123, false",
        "1000, 1000, 0xEFFFFFFD, false"
    })
    void elevated_onlyWithBothIdsZeroInTheInitialNamespace(int uid, int euid, String userns, boolean elevated) {
        ByteBuffer value = record();
        value.putInt(Layout.Record.UID, uid).putInt(Layout.Record.EUID, euid);
        value.putInt(Layout.Record.USERNS, Long.decode(userns).intValue());

        assertEquals(elevated, ConnectionRecord.read(value).elevated());
    }

    @Test
    void read_takesUnsignedIdsAndNetworkOrderAddress() {
        ByteBuffer value = record();
        value.putInt(Layout.Record.UID, -2).putInt(Layout.Record.GID, -3);
        value.put(Layout.Record.ORIG_DST + 10, new byte[] {-1, -1, (byte) 168, 63, (byte) 129, 16});
        value.put(Layout.Record.ORIG_PORT_BE, (byte) 0x7f).put(Layout.Record.ORIG_PORT_BE + 1, (byte) 0x0e);

        ConnectionRecord record = ConnectionRecord.read(value);

        assertEquals(4294967294L, record.uid());
        assertEquals(4294967293L, record.gid());
        assertEquals(new InetSocketAddress("168.63.129.16", 32526), record.originalDestination());
    }

    private static ByteBuffer record() {
        return ByteBuffer.allocate(Layout.Record.SIZE).order(ByteOrder.nativeOrder());
    }
}
