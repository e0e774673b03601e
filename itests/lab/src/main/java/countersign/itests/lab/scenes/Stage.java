package countersign.itests.lab.scenes;

import countersign.itests.lab.Lab;
import countersign.itests.lab.Network;
import countersign.itests.lab.User;
import countersign.itests.lab.agent.Agent;
import countersign.itests.lab.agent.AgentConfig;
import countersign.itests.lab.client.Answer;
import countersign.itests.lab.client.Request;
import countersign.itests.lab.client.Talker;
import countersign.itests.lab.host.Host;
import countersign.itests.lab.host.Seen;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A lab with what scenes share: the image, the agent once it runs, and a client for each user. Not thread-safe. */
public final class Stage {
    public static final String INSTANCE = "/metadata/instance?api-version=2021-02-01";
    public static final String GOAL_STATE = "/machine?comp=goalstate";
    public static final int HOSTGA_PORT = 32526;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** A direct connection that was open when guarding began is cut off by the kernel without a word. */
    private static final Duration IMPATIENCE = Duration.ofSeconds(1);

    private final Lab lab;
    private final Path image;
    private final Map<User, Talker> talkers = new HashMap<>();
    private Agent agent;

    public Stage(Lab lab) throws IOException {
        this.lab = lab;
        this.image = lab.copyImage();
    }

    public Lab lab() {
        return lab;
    }

    public Host host() {
        return lab.host();
    }

    public Agent agent() {
        if (agent == null) {
            throw new IllegalStateException("this scene needs the agent, which an earlier one starts");
        }
        return agent;
    }

    /** Ends the agent, if there has been one, without giving it time. */
    public void killAgent() throws IOException {
        if (agent != null) {
            agent.kill();
        }
    }

    /** Starts the agent and returns at once. */
    public Agent startAgent(AgentConfig config) throws IOException {
        agent = lab.startAgent(image, config);
        return agent;
    }

    /** Starts the agent with the configuration file that is there already, and returns at once. */
    public Agent startAgentAsItIs(AgentConfig config) throws IOException {
        agent = Agent.startAsItIs(lab, image, config);
        return agent;
    }

    /** Makes an agent that was started elsewhere the one of this stage. */
    public void take(Agent other) {
        agent = other;
    }

    /**
     * Starts the agent and waits until a guarded client's answer has come through it with a signature the host accepts.
     *
     * @return time from exec to that answer
     */
    public Duration startAgentAndAwaitEndorsement(AgentConfig config) throws IOException {
        Talker talker = talker(User.NOBODY);
        long before = System.nanoTime();
        startAgent(config);
        awaitEndorsement(talker);
        return Duration.ofNanos(System.nanoTime() - before);
    }

    /** Asks until an answer came through the agent and the host has verified the request. */
    public void awaitEndorsement(Talker talker) throws IOException {
        Lab.await("an endorsed answer", PATIENCE, () -> {
            if (!agent.process().alive()) {
                throw new IOException("the agent ended with status " + agent.process().exit().orElse(-1) + agent.process().lastWords());
            }
            try (Talker.Line line = talker.open(Network.IMDS, 80, IMPATIENCE)) {
                Answer answer = line.ask(imds(INSTANCE));
                return answer.status() == 200 && answer.forwardedByAgent() && answer.values("x-simulated-host").equals(List.of("verified"));
            } catch (IOException e) {
                return false; // refused by the kernel, or connected too early: nobody answers yet
            }
        });
    }

    /** The client of a user in the guarded part of the guest. */
    public Talker talker(User user) throws IOException {
        Talker talker = talkers.get(user);
        if (talker == null) {
            talker = lab.talker(lab.guest(user));
            talkers.put(user, talker);
        }
        return talker;
    }

    /** A request as IMDS wants it. */
    public static Request imds(String target) {
        return Request.get(target, Network.IMDS).with("Metadata", "true");
    }

    /** A request as WireServer wants it. */
    public static Request wireserver(String target) {
        return Request.get(target, Network.WIRESERVER).with("x-ms-version", "2012-11-30");
    }

    /** A request to HostGAPlugin. */
    public static Request hostga(String target) {
        return Request.get(target, Network.WIRESERVER + ":" + HOSTGA_PORT);
    }

    /**
     * Asks and puts answer and what the host saw of it into words, for example {@code 200 verified isRoot=false} or
     * {@code 403, nothing reached the host}.
     */
    public String tell(Ask ask) throws IOException {
        long mark = host().mark();
        Answer answer;
        try {
            answer = ask.go();
        } catch (IOException e) {
            return e.getMessage() + reached(host().proxiedSince(mark));
        }
        return answer.status() + reached(host().proxiedSince(mark));
    }

    /** One request to be told about. */
    @FunctionalInterface
    public interface Ask {
        Answer go() throws IOException;
    }

    private static String reached(List<Seen> seen) {
        if (seen.isEmpty()) {
            return ", nothing reached the host";
        }
        StringBuilder text = new StringBuilder();
        for (Seen one : seen) {
            text.append(' ').append(one.reason()).append(one.isRoot().isEmpty() ? "" : " isRoot=" + one.isRoot());
        }
        return text.toString();
    }
}
