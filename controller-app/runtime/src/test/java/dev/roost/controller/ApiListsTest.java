package dev.roost.controller;

import static dev.roost.controller.HomeLinkPackets.PREFIX;
import static dev.roost.controller.HomeLinkPackets.acknowledgement;
import static dev.roost.controller.HomeLinkPackets.addressOf;
import static dev.roost.controller.HomeLinkPackets.advertisement;
import static dev.roost.controller.HomeLinkPackets.bindingUpdate;
import static dev.roost.controller.HomeLinkPackets.discoveryRequest;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.roost.controller.api.ApiResponse;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.openflow.fake.FakeSwitch;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the API says of a home link with mobile nodes: lists that grow with them come in parts, by the links that it gives. */
class ApiListsTest {

    private static final int ROUTER_PORT = 3;
    private static final int COUNT = 25;
    private static final String ROOT = "/wm/roost/";

    private final ObjectMapper mapper = new ObjectMapper();
    private TestController home;
    private FakeConnection s1;

    @BeforeEach
    void bindAndAsk() throws Exception {
        home = new TestController();
        s1 = home.connect(1, new FakeSwitch());
        FakeConnection unused = home.connect(2, new FakeSwitch());
        home.receive(s1, 1, advertisement(1));
        for (int i = 0; i < COUNT; i++) {
            Ipv6Address homeAddress = new Ipv6Address(PREFIX.address().high(), 0x1_0000 + (i * 7 % COUNT));
            home.receive(s1, ROUTER_PORT, bindingUpdate(homeAddress, addressOf(1), 7));
            home.receive(s1, 1, acknowledgement(1, homeAddress, 7));
            home.receive(s1, ROUTER_PORT, discoveryRequest(i, careOfAddress(i)));
            if (i % 10 == 9) {
                home.pass(Duration.ofMillis(100));
            }
        }
    }

    private static Ipv6Address careOfAddress(int number) {
        return new Ipv6Address(0x2001_0db8_0003_0000L, 0x100 + number);
    }

    private List<JsonNode> part(String list, Map<String, String> query, Map<String, String> next) throws IOException {
        ApiResponse response = home.request("GET", ROOT + list, query, "");
        assertThat(response.status()).as(response.body()).isEqualTo(200);
        String link = response.headers().get("Link");
        if (link != null) {
            assertThat(link).matches("<" + ROOT + list + "\\?limit=[0-9]+&after=[^&>]+>; rel=\"next\"");
            String raw = URI.create(link.substring(1, link.indexOf('>'))).getRawQuery();
            for (String pair : raw.split("&", -1)) {
                String[] parts = pair.split("=", -1);
                next.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
        }
        List<JsonNode> rows = new ArrayList<>();
        mapper.readTree(response.body()).forEach(rows::add);
        return rows;
    }

    private List<List<JsonNode>> parts(String list, int limit) throws IOException {
        List<List<JsonNode>> parts = new ArrayList<>();
        Map<String, String> query = Map.of("limit", Integer.toString(limit));
        while (!query.isEmpty()) {
            Map<String, String> next = new HashMap<>();
            parts.add(part(list, query, next));
            assertThat(parts).hasSizeLessThan(1000);
            query = next;
        }
        return parts;
    }

    private void assertSameInParts(String list, int limit) throws IOException {
        Map<String, String> next = new HashMap<>();
        List<JsonNode> whole = part(list, Map.of(), next);
        assertThat(next).as("all fit").isEmpty();

        List<JsonNode> together = new ArrayList<>();
        parts(list, limit).forEach(together::addAll);

        assertThat(together).isEqualTo(whole);
        assertThat(new LinkedHashSet<>(whole)).hasSameSizeAs(whole);
    }

    @Test
    void listsMobileNodesInPartsByHomeAddress() throws IOException {
        assertThat(parts("mobile-nodes", 10)).extracting(List::size).containsExactly(10, 10, 5);
        assertThat(parts("mobile-nodes", 25)).extracting(List::size).containsExactly(25);
        assertSameInParts("mobile-nodes", 3);
    }

    @Test
    void listsAnswersInPartsByTime() throws IOException {
        assertThat(parts("notifications", 10)).extracting(List::size).containsExactly(10, 10, 5);
        assertSameInParts("notifications", 1);
        assertSameInParts("notifications", 4);
    }

    @Test
    void listsRulesInPartsBySwitchWithoutTearingThoseOfAMobileNodeApart() throws IOException {
        assertSameInParts("flows", 1);
        assertSameInParts("flows", 7);
        assertSameInParts("flows", 1000);
        List<JsonNode> rules = part("flows", Map.of("limit", "10000"), new HashMap<>());
        assertThat(rules).filteredOn(rule -> rule.has("homeAddress")).hasSize(2 * 2 * COUNT);
        assertThat(rules).allMatch(rule -> rule.get("installed").booleanValue());
    }

    @Test
    void goesOnAfterAnAddressThatIsNoLongerBound() throws IOException {
        List<JsonNode> first = part("mobile-nodes", Map.of("limit", "5"), new HashMap<>());

        Map<String, String> query = Map.of("limit", "5", "after", "2001:db8:1::ffff");
        assertThat(part("mobile-nodes", query, new HashMap<>())).hasSize(5).isEqualTo(first);
        query = Map.of("limit", "5", "after", "2001:db8:1::1:ffff");
        assertThat(part("mobile-nodes", query, new HashMap<>())).isEmpty();
    }

    @Test
    void refusesLimitsAndCursorsThatItNeverGave() throws IOException {
        for (String limit : List.of("0", "-1", "10001", "x", "", "99999999999")) {
            assertThat(refusal("mobile-nodes", Map.of("limit", limit))).isEqualTo("malformed-limit");
        }
        for (String list : List.of("mobile-nodes", "notifications", "flows")) {
            for (String cursor : List.of("", "x", "1,2", "1,2,3", "home,99999999999999999999,::1", ",,,,")) {
                assertThat(refusal(list, Map.of("after", cursor)))
                        .as(list + " after " + cursor)
                        .isEqualTo("malformed-cursor");
            }
        }
    }

    @Test
    void setsTheWeightOfAHomeAgentAndTouchesNoRule() throws IOException {
        s1.takeRuleMessages();
        ApiResponse response =
                home.request("POST", ROOT + "home-agents/" + addressOf(1) + "/weight", Map.of(), "{\"weight\": 4}");

        assertThat(response.status()).as(response.body()).isEqualTo(200);
        assertThat(part("home-agents", Map.of(), new HashMap<>())
                        .get(0)
                        .get("weight")
                        .intValue())
                .isEqualTo(4);
        assertThat(s1.takeRuleMessages()).isEmpty();
    }

    private String refusal(String list, Map<String, String> query) throws IOException {
        ApiResponse response = home.request("GET", ROOT + list, query, "");
        assertThat(response.status()).isEqualTo(400);
        return mapper.readTree(response.body()).get("error").textValue();
    }
}
