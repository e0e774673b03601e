package countersign.interception.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The structs that the compiler described in the {@code .BTF} section of an ELF object. */
final class Btf {
    private static final int MAGIC = 0xeb9f;
    private static final int STRUCT = 4;

    private final Map<String, Struct> structs = new LinkedHashMap<>();

    private final ByteBuffer data;
    private final int strings;

    record Struct(int size, Map<String, Integer> offsets) {}

    private Btf(ByteBuffer data) {
        this.data = data;
        if ((data.getShort(0) & 0xffff) != MAGIC) {
            throw new IllegalArgumentException("no BTF");
        }
        int header = data.getInt(4);
        int types = header + data.getInt(8);
        strings = header + data.getInt(16);
        readTypes(types, types + data.getInt(12));
    }

    static Btf of(byte[] elf) {
        ByteBuffer file = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
        if (elf[5] == 2) {
            file.order(ByteOrder.BIG_ENDIAN);
        }
        long table = file.getLong(0x28);
        int entry = file.getShort(0x3a);
        int names = (int) file.getLong((int) table + file.getShort(0x3e) * entry + 0x18);
        for (int i = 0; i < file.getShort(0x3c); i++) {
            int section = (int) table + i * entry;
            if (text(file, names + file.getInt(section)).equals(".BTF")) {
                return new Btf(file.slice((int) file.getLong(section + 0x18), (int) file.getLong(section + 0x20)).order(file.order()));
            }
        }
        throw new IllegalArgumentException("object without .BTF");
    }

    Struct struct(String name) {
        Struct struct = structs.get(name);
        if (struct == null) {
            throw new IllegalArgumentException("no struct " + name + " among " + structs.keySet());
        }
        return struct;
    }

    private void readTypes(int from, int to) {
        int at = from;
        while (at < to) {
            int info = data.getInt(at + 4);
            int kind = info >> 24 & 0x1f;
            int members = info & 0xffff;
            if (kind == STRUCT) {
                readStruct(at, members);
            }
            at += 12 + extra(kind, members);
        }
    }

    private void readStruct(int at, int members) {
        Map<String, Integer> offsets = new LinkedHashMap<>();
        for (int i = 0; i < members; i++) {
            int member = at + 12 + i * 12;
            offsets.put(text(data, strings + data.getInt(member)), (data.getInt(member + 8) & 0xffffff) / 8);
        }
        structs.put(text(data, strings + data.getInt(at)), new Struct(data.getInt(at + 8), offsets));
    }

    /** Bytes that follow a type of this kind. */
    private static int extra(int kind, int members) {
        return switch (kind) {
            case 1, 14, 17 -> 4;
            case 3 -> 12;
            case 4, 5, 15, 19 -> members * 12;
            case 6, 13 -> members * 8;
            case 2, 7, 8, 9, 10, 11, 12, 16, 18 -> 0;
            default -> throw new IllegalArgumentException("unknown BTF kind " + kind);
        };
    }

    private static String text(ByteBuffer bytes, int from) {
        int to = from;
        while (bytes.get(to) != 0) {
            to++;
        }
        byte[] raw = new byte[to - from];
        bytes.get(from, raw);
        return new String(raw, StandardCharsets.UTF_8);
    }
}
