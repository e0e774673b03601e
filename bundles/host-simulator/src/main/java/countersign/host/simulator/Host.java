package countersign.host.simulator;

import countersign.host.simulator.channel.HostClock;
import countersign.host.simulator.channel.KeyState;
import countersign.host.simulator.channel.Keys;
import countersign.host.simulator.channel.Mode;
import countersign.host.simulator.channel.SecureChannel;
import countersign.host.simulator.channel.Service;
import countersign.host.simulator.content.Content;
import countersign.host.simulator.control.Action;
import countersign.host.simulator.control.Fault;
import countersign.host.simulator.control.Faults;
import countersign.host.simulator.control.Journal;
import countersign.host.simulator.control.JournalEntry;
import countersign.host.simulator.http.BadInput;
import countersign.host.simulator.http.Header;
import countersign.host.simulator.http.Received;
import countersign.host.simulator.http.Request;
import countersign.host.simulator.http.Response;
import countersign.host.simulator.verify.Exemption;
import countersign.host.simulator.verify.Judge;
import countersign.host.simulator.verify.Reason;
import countersign.host.simulator.verify.Verdict;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/** The way of one request through the simulator: verify, disturb, answer, record. Safe for concurrent use. */
final class Host {
    private final Judge judge;
    private final SecureChannel channel;
    private final Keys keys;
    private final HostClock clock;
    private final Map<Service, Content> contents;
    private final Faults faults;
    private final Journal journal;

    Host(Judge judge, SecureChannel channel, Keys keys, HostClock clock, Map<Service, Content> contents, Faults faults,
            Journal journal) {
        this.judge = judge;
        this.channel = channel;
        this.keys = keys;
        this.clock = clock;
        this.contents = Map.copyOf(contents);
        this.faults = faults;
        this.journal = journal;
    }

    /** One end of a connection as the journal shows it. */
    record Peer(Service service, long connection, String address) {}

    /** An answer and the fault that shapes how it is sent, or {@code null}. */
    record Reply(Response response, Fault fault) {}

    /** Refuses input that has no single meaning. */
    Reply refuse(Peer peer, Received.Refused refused) {
        BadInput bad = refused.reason();
        record(peer, refused.soFar(), channel.document().mode(peer.service()),
                new Outcome(0, Verdict.Kind.REFUSE, bad.text(), null, bad.status(), null));
        return new Reply(stamped(refused.soFar(), Response.error(bad.status(), bad.text() + ": expected " + bad.expected()), bad.text()), null);
    }

    /** Handles a request that could be read. */
    Reply handle(Peer peer, Request request) {
        Service service = peer.service();
        if (request.body().kept() == null && !Exemption.applies(service, request)) {
            return refuse(peer, new Received.Refused(BadInput.BODY_TOO_LARGE, request));
        }
        Mode mode = channel.document().mode(service);
        KeyState state = keys.state();
        Verdict verdict = judge.judge(service, request, mode, state);
        Fault fault = faults.take(service, request);
        Response response = answer(service, request, verdict, fault);
        int status = response == null ? 0 : response.status();
        record(peer, request, mode,
                new Outcome(verdict.reason().check(), verdict.kind(), verdict.reason().text(), verdict.signature(), status, fault));
        return new Reply(response == null ? null : stamped(request, response, verdict.reason().text()), fault);
    }

    /** {@code null} where a fault keeps the request from taking effect without an answer of its own. */
    private Response answer(Service service, Request request, Verdict verdict, Fault fault) {
        Action action = fault == null ? null : fault.action();
        if (action instanceof Action.Answer answer) {
            return answer.response();
        }
        if (action instanceof Action.Break broken && !broken.processed()) {
            return null;
        }
        Response response = undisturbed(service, request, verdict);
        return action instanceof Action.Patch patch ? Faults.patched(patch, response) : response;
    }

    private Response undisturbed(Service service, Request request, Verdict verdict) {
        if (verdict.kind() == Verdict.Kind.REFUSE) {
            return Response.error(verdict.reason().status(), verdict.reason().text());
        }
        Response channelAnswer = service == Service.WIRESERVER ? channel.answer(request) : null;
        return Objects.requireNonNullElseGet(channelAnswer, () -> contents.get(service).answer(request));
    }

    /** Adds what makes the verdict visible to people with curl, and the time: status answers bring their own, or none. */
    private Response stamped(Request request, Response response, String reason) {
        Header verdict = new Header("x-simulated-host", reason);
        return SecureChannel.isStatus(request) ? response.with(verdict) : response.with(new Header("Date", clock.text()), verdict);
    }

    private record Outcome(int check, Verdict.Kind kind, String reason, Reason signature, int status, Fault fault) {}

    private void record(Peer peer, Request request, Mode mode, Outcome outcome) {
        journal.add(new JournalEntry(0, Instant.now(), peer.service(), peer.connection(), peer.address(), request, mode,
                outcome.check(), outcome.kind().text(), outcome.reason(), outcome.signature(), outcome.status(),
                outcome.fault() == null ? 0 : outcome.fault().id()));
    }
}
