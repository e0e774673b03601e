package countersign.host.client.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import countersign.host.HostRequest;
import countersign.host.HostResponse;
import countersign.host.VmMetadata;
import countersign.request.HeaderField;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataTest {
    private static final String SHARED_TARGET = "/machine/c0/r%5F1?comp=config&type=sharedConfig&incarnation=1";
    private static final String SHARED_URL = "http://168.63.129.16:80/machine/c0/r%5F1?comp=config&amp;type=sharedConfig&amp;incarnation=1";
    private static final String GOAL = "<?xml version=\"1.0\" encoding=\"utf-8\"?><GoalState xmlns:xsi=\"x\"><Version>2015-04-05</Version><Incarnation>1</Incarnation>"
            + "<Machine><ExpectedState>Started</ExpectedState><StopRolesDeadlineHint>300000</StopRolesDeadlineHint><LBProbePorts><Port>16001</Port></LBProbePorts>"
            + "<ExpectHealthReport>FALSE</ExpectHealthReport></Machine><Container><ContainerId>c0-id</ContainerId><RoleInstanceList><RoleInstance>"
            + "<InstanceId>i</InstanceId><State>Started</State><Configuration><HostingEnvironmentConfig>h</HostingEnvironmentConfig><SharedConfig>" + SHARED_URL
            + "</SharedConfig><ExtensionsConfig>e</ExtensionsConfig><FullConfig>f</FullConfig><Certificates>c</Certificates><ConfigName>n</ConfigName>"
            + "</Configuration></RoleInstance></RoleInstanceList></Container><Later/></GoalState>";
    private static final String SHARED = "<SharedConfig version=\"1\"><Deployment name=\"tenant\" guid=\"g\" incarnation=\"1\"/><Role guid=\"g\" name=\"role\"/>"
            + "<Instances><Instance id=\"instance_0\" address=\"10.0.0.4\"/><Instance id=\"instance_1\"/></Instances></SharedConfig>";
    private static final String INSTANCE = "{\"compute\":{\"subscriptionId\":\"s\",\"resourceGroupName\":\"g\",\"vmId\":\"v\",\"location\":\"l\",\"name\":\"n\","
            + "\"vmSize\":\"z\",\"offer\":\"Debian\",\"tags\":\"\"},\"network\":{}}";

    private final Map<String, HostResponse> answers = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private long nanos;

    @BeforeEach
    void wellBehavedHost() {
        answers.put("/machine?comp=goalstate", answer("text/xml; charset=utf-8", GOAL));
        answers.put(SHARED_TARGET, answer("text/xml; charset=utf-8", SHARED));
        answers.put("/metadata/instance?api-version=2018-02-01", answer("application/json", INSTANCE));
    }

    @Test
    void completeSet_isReadFromThreeRequests() throws Exception {
        assertEquals(new VmMetadata("c0-id", "tenant", "role", "instance_0", "s", "g", "v", true), fetch());
        assertEquals(List.of(
                "wireserver GET /machine?comp=goalstate x-ms-version=2012-11-30 IfLatched",
                "wireserver GET " + SHARED_TARGET + " x-ms-version=2012-11-30 IfLatched",
                "imds GET /metadata/instance?api-version=2018-02-01 metadata=true IfLatched"), asked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<Version>2015-04-05</Version>", "<Incarnation>1</Incarnation>", "<ExpectedState>Started</ExpectedState>",
            "<StopRolesDeadlineHint>300000</StopRolesDeadlineHint>", "<ExpectHealthReport>FALSE</ExpectHealthReport>", "<ContainerId>c0-id</ContainerId>",
            "<InstanceId>i</InstanceId>", "<State>Started</State>", "<ConfigName>n</ConfigName>", "<FullConfig>f</FullConfig>"})
    void missingElement_failsTheFetch(String element) {
        answers.put("/machine?comp=goalstate", answer("text/xml", GOAL.replace(element, "")));
        assertThrows(MetadataException.class, this::fetch);
    }

    @Test
    void optionalElement_mayBeMissing() throws Exception {
        answers.put("/machine?comp=goalstate", answer("text/xml", GOAL.replace("<LBProbePorts><Port>16001</Port></LBProbePorts>", "")));
        assertEquals("c0-id", fetch().containerId());
    }

    @Test
    void emptyInstanceList_failsTheFetch() {
        String list = GOAL.substring(GOAL.indexOf("<RoleInstance>"), GOAL.indexOf("</RoleInstanceList>"));
        answers.put("/machine?comp=goalstate", answer("text/xml", GOAL.replace(list, "")));
        assertEquals("Container: expected the element RoleInstanceList/RoleInstance, got none", assertThrows(MetadataException.class, this::fetch).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://168.63.129.16:8080/machine/x", "http://169.254.169.254/machine/x", "https://168.63.129.16/machine/x",
            "http://168.63.129.16@evil/machine/x", "http://168.63.129.16.evil/machine/x", "http://168.63.129.16/other", "/machine/x",
            "http://168.63.129.16/machine/../x", "http://168.63.129.16/machine/x y", "http://168.63.129.16/machine/x#y", "http://168.63.129.16:80machine/", ""})
    void sharedConfigElsewhere_isNotAskedFor(String url) {
        answers.put("/machine?comp=goalstate", answer("text/xml", GOAL.replace(SHARED_URL, url)));
        assertEquals("SharedConfig: expected a URL http://168.63.129.16/machine/\u2026, got another", assertThrows(MetadataException.class, this::fetch).getMessage());
        assertEquals(1, asked.size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "<!DOCTYPE GoalState><GoalState/> | expected no document type, got one",
        "<!DOCTYPE x [<!ENTITY e 'x'>]><GoalState>&e;</GoalState> | expected no document type, got one",
        "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><GoalState/> | expected no document type, got one",
        "<GoalState>&e;</GoalState> | expected XML, got something else",
        "<GoalState> | expected XML, got something else",
        "<Other/> | expected the element GoalState, got another",
        "{} | expected XML, got something else",
    })
    void hostileXml_isRefused(String document, String message) {
        answers.put("/machine?comp=goalstate", answer("text/xml", document));
        String said = assertThrows(MetadataException.class, this::fetch).getMessage();
        assertTrue(said.startsWith(message), said);
    }

    @Test
    void depth_isBounded() throws Exception {
        assertEquals("a", XmlElement.parse(("<a>".repeat(64) + "</a>".repeat(64)).getBytes(StandardCharsets.UTF_8)).name());
        assertEquals("expected at most 64 levels, got more",
                assertThrows(MetadataException.class, () -> XmlElement.parse(("<a>".repeat(65) + "</a>".repeat(65)).getBytes(StandardCharsets.UTF_8))).getMessage());
    }

    @Test
    void jsonWhereXmlIsDue_isRefused_andTheOtherWayRound() {
        answers.put("/machine?comp=goalstate", answer("application/json", GOAL));
        assertThrows(MetadataException.class, this::fetch);
        wellBehavedHost();
        answers.put("/metadata/instance?api-version=2018-02-01", answer("text/xml", INSTANCE));
        assertThrows(MetadataException.class, this::fetch);
    }

    @Test
    void sharedConfigWithoutInstances_hasAnEmptyInstanceName() throws Exception {
        answers.put(SHARED_TARGET, answer("text/xml", SHARED.replaceAll("<Instances>.*</Instances>", "")));
        assertEquals("", fetch().roleInstanceName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"subscriptionId", "resourceGroupName", "vmId", "location", "name", "vmSize", "compute"})
    void missingMember_failsTheFetch(String member) {
        answers.put("/metadata/instance?api-version=2018-02-01", answer("application/json", INSTANCE.replace("\"" + member + "\"", "\"x\"")));
        assertThrows(MetadataException.class, this::fetch);
    }

    @ParameterizedTest
    @CsvSource({"'\"offer\":\"\"', false", "'\"offer\":null', false", "'\"other\":1', false", "'\"offer\":\"x\"', true"})
    void offer_tellsTheOrigin(String member, boolean image) throws Exception {
        answers.put("/metadata/instance?api-version=2018-02-01", answer("application/json", INSTANCE.replace("\"offer\":\"Debian\"", member)));
        assertEquals(image, fetch().fromImage());
    }

    @Test
    void set_isKeptFifteenMinutes_andLongerWhenTheHostFails() {
        MetadataCache cache = new MetadataCache(new MetadataFetch(this::send), () -> nanos);
        Optional<VmMetadata> first = cache.current();
        assertTrue(first.isPresent());
        nanos = Duration.ofMinutes(15).toNanos() - 1;
        cache.current();
        assertEquals(3, asked.size());
        answers.clear();
        nanos++;
        assertEquals(first, cache.current());
        assertEquals(4, asked.size());
        assertEquals(first, cache.current());
        assertEquals(4, asked.size());
        wellBehavedHost();
        nanos += Duration.ofMinutes(1).toNanos();
        assertEquals(first, cache.current());
        assertEquals(7, asked.size());
    }

    @Test
    void withoutAnySet_thereIsNone() {
        answers.clear();
        assertEquals(Optional.empty(), new MetadataCache(new MetadataFetch(this::send), () -> nanos).current());
    }

    private VmMetadata fetch() throws IOException {
        asked.clear();
        return new MetadataFetch(this::send).fetch();
    }

    private HostResponse send(HostRequest request) throws IOException {
        HeaderField header = request.headers().get(0);
        asked.add(request.endpoint() + " " + request.method() + " " + request.target() + " " + header.name() + "=" + header.value() + " "
                + request.signing().getClass().getSimpleName());
        HostResponse answer = answers.get(request.target());
        return answer == null ? new HostResponse(503, List.of(), new byte[0]) : answer;
    }

    private static HostResponse answer(String type, String body) {
        return new HostResponse(200, List.of(new HeaderField("content-type", type)), body.getBytes(StandardCharsets.UTF_8));
    }
}
