package countersign.interception.linux;

import countersign.interception.InterceptionException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The kernel's counters, one set per processor, summed up. Not thread safe. */
final class CounterTable {
    private final BpfMap map;
    private final int processors;
    private final OffHeap key = new OffHeap(Integer.BYTES);
    private final OffHeap values;

    CounterTable(BpfMap map) {
        this.map = map;
        processors = Libbpf.libbpf_num_possible_cpus();
        values = new OffHeap(processors * Long.BYTES);
    }

    /** Every counter by its label, in the order of {@link Counter}. */
    Map<String, Long> read() throws InterceptionException {
        Map<String, Long> counters = new LinkedHashMap<>();
        for (Counter counter : Counter.values()) {
            key.bytes.putInt(0, counter.ordinal());
            map.lookup(key, values);
            counters.put(counter.label(), sum());
        }
        return counters;
    }

    private long sum() {
        long sum = 0;
        for (int i = 0; i < processors; i++) {
            sum += values.bytes.getLong(i * Long.BYTES);
        }
        return sum;
    }
}
