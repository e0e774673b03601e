package countersign.host.simulator;

import countersign.host.simulator.channel.HostClock;
import countersign.host.simulator.channel.Keys;
import countersign.host.simulator.channel.SecureChannel;
import countersign.host.simulator.channel.Service;
import countersign.host.simulator.content.HostGaContent;
import countersign.host.simulator.content.ImdsContent;
import countersign.host.simulator.content.Storage;
import countersign.host.simulator.content.WireServerContent;
import countersign.host.simulator.control.Controls;
import countersign.host.simulator.control.ControlServer;
import countersign.host.simulator.control.Faults;
import countersign.host.simulator.control.Journal;
import countersign.host.simulator.telemetry.TelemetryStore;
import countersign.host.simulator.verify.Judge;
import countersign.host.simulator.verify.SignatureCheck;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A running simulator: three services and a control interface, all listening once {@link #start} has returned. */
public final class Simulator implements AutoCloseable {
    private final Map<Service, Listener> listeners;
    private final ControlServer control;
    private final Controls controls;

    private Simulator(Map<Service, Listener> listeners, ControlServer control, Controls controls) {
        this.listeners = listeners;
        this.control = control;
        this.controls = controls;
    }

    /**
     * Starts one on the machine's clock.
     *
     * @throws IOException if an address cannot be had; the message says what to do, and nothing is left listening
     */
    public static Simulator start(Options options) throws IOException {
        return start(options, Clock.systemUTC());
    }

    static Simulator start(Options options, Clock machine) throws IOException {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            Map<Service, Listener> listeners = new EnumMap<>(Service.class);
            AtomicLong connections = new AtomicLong();
            for (Service service : Service.values()) {
                Listener listener = new Listener(service, address(options, service), connections);
                opened.push(listener);
                listeners.put(service, listener);
            }

            String authority = authority(listeners.get(Service.WIRESERVER).address());
            Storage storage = new Storage(authority);
            HostClock clock = new HostClock(machine);
            Keys keys = new Keys(clock);
            SecureChannel channel = new SecureChannel(keys, clock, options.document());
            SignatureCheck signatures = new SignatureCheck(clock);
            Faults faults = new Faults();
            Journal journal = new Journal(options.journal(), options.log() ? System.out::println : null);
            TelemetryStore telemetry = new TelemetryStore();
            Host host = new Host(new Judge(signatures), channel, keys, clock, Map.of(
                    Service.WIRESERVER, new WireServerContent(authority, storage, telemetry),
                    Service.IMDS, new ImdsContent(clock),
                    Service.HOSTGA, new HostGaContent(storage)), faults, journal);

            Controls controls = new Controls(channel, keys, clock, signatures, faults, journal, telemetry, options.document(), options.journal());
            ControlServer control = control(options.control(), controls);
            listeners.values().forEach(listener -> listener.start(host));
            return new Simulator(listeners, control, controls);
        } catch (IOException | RuntimeException e) {
            for (AutoCloseable each : opened) {
                closeQuietly(each, e);
            }
            throw e;
        }
    }

    /** Where a service listens. */
    public InetSocketAddress address(Service service) {
        return listeners.get(service).address();
    }

    /** Where the control interface listens. */
    public InetSocketAddress controlAddress() {
        return control.address();
    }

    /** The controls, for use inside this process. */
    public Controls controls() {
        return controls;
    }

    /** Ends everything, connections that hang included. */
    @Override
    public void close() throws IOException {
        controls.reset();
        control.close();
        for (Listener listener : listeners.values()) {
            listener.close();
        }
    }

    private static ControlServer control(InetSocketAddress address, Controls controls) throws IOException {
        try {
            return new ControlServer(address, controls);
        } catch (IOException e) {
            throw Listener.unavailable("control", address, e);
        }
    }

    private static InetSocketAddress address(Options options, Service service) {
        return switch (service) {
            case WIRESERVER -> options.wireserver();
            case IMDS -> options.imds();
            case HOSTGA -> options.hostga();
        };
    }

    private static String authority(InetSocketAddress address) {
        String ip = address.getAddress().getHostAddress();
        return address.getPort() == 80 ? ip : ip + ':' + address.getPort();
    }

    private static void closeQuietly(AutoCloseable each, Exception because) {
        try {
            each.close();
        } catch (Exception e) {
            because.addSuppressed(e);
        }
    }
}
