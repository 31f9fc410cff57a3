package dev.roost.controller.snmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.roost.configuration.SnmpUser;
import dev.roost.controller.Counters;
import dev.roost.controller.HomeAgentReports;
import dev.roost.controller.LoopClock;
import dev.roost.controller.config.LoadConfig;
import dev.roost.homeagent.binding.BindingChange.BindingReleased.Cause;
import dev.roost.loadbalancer.BindingReport;
import dev.roost.loadbalancer.LoadSample;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ends over the loopback interface; and Net-SNMP's snmptrap as a home agent. */
final class SnmpLoadSourceTest {
    private static final Instant NOW = Instant.parse("2026-05-06T07:08:09Z");
    private static final String AUTHENTICATION = "authentication passphrase";
    private static final String PRIVACY = "privacy passphrase";
    private static final SnmpUser USER = user(AUTHENTICATION);

    @TempDir
    private Path directory;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Counters counters = new Counters();
    private final Told told = new Told();

    @AfterEach
    void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    @Test
    void tellsCountersAndTheNumberOfBindingsWithTheirSourceAndTime() throws IOException {
        AskedHomeAgent homeAgent = homeAgent(USER, 0);
        homeAgent.bind(1);
        homeAgent.bind(2);
        SnmpLoadSource source = source(Duration.ZERO);

        source.poll(List.of(homeAgent.polled()));
        soon().untilAsserted(() -> assertThat(told.samples).hasSize(1));
        homeAgent.send(500);
        source.poll(List.of(homeAgent.polled()));
        soon().untilAsserted(() -> assertThat(told.samples).hasSize(2));

        assertThat(told.samples)
                .containsExactly(
                        new LoadSample(
                                AskedHomeAgent.LINK_LOCAL,
                                LoadSample.Source.SNMP,
                                NOW,
                                1000,
                                77,
                                64,
                                OptionalInt.of(2)),
                        new LoadSample(
                                AskedHomeAgent.LINK_LOCAL,
                                LoadSample.Source.SNMP,
                                NOW,
                                1500,
                                77,
                                64,
                                OptionalInt.of(2)));
        assertThat(told.reports).isEmpty();
    }

    @Test
    void countsSilentHomeAgentsAndHearsThemWhenTheyAreBack() throws IOException {
        AskedHomeAgent first = homeAgent(USER, 0);
        PolledHomeAgent polled = first.polled();
        SnmpLoadSource source = source(Duration.ZERO);
        source.poll(List.of(polled));
        soon().untilAsserted(() -> assertThat(told.samples).hasSize(1));

        first.close();
        source.poll(List.of(polled));
        soon().untilAsserted(() -> assertThat(failures("timeout")).isEqualTo(1));
        assertThat(told.samples).hasSize(1);

        // Another start of the same engine: its boots are more, its time is less.
        homeAgent(USER, polled.address().getPort());
        soon().untilAsserted(() -> {
            source.poll(List.of(polled));
            assertThat(told.samples).hasSizeGreaterThan(1);
        });
    }

    @Test
    void countsHomeAgentsThatRefuseTheUser() throws IOException {
        AskedHomeAgent homeAgent = homeAgent(user("another passphrase"), 0);
        SnmpLoadSource source = source(Duration.ofMinutes(1));

        source.poll(List.of(homeAgent.polled()));

        soon().untilAsserted(() ->
                assertThat(failures("refused") + failures("timeout")).isGreaterThanOrEqualTo(2));
        assertThat(told.samples).isEmpty();
        assertThat(told.reports).isEmpty();
    }

    @Test
    void tellsWhatStandsInTheTableAndWhatDoesNotAnyMore() throws IOException {
        int many = 3000;
        AskedHomeAgent homeAgent = homeAgent(USER, 0);
        for (int node = 0; node < many; node++) {
            homeAgent.bind(node);
        }
        SnmpLoadSource source = source(Duration.ofMillis(200));
        source.poll(List.of(homeAgent.polled()));
        soon().untilAsserted(() ->
                assertThat(counters.value("roost_snmp_tables_read_total")).isEqualTo(1));

        assertThat(told.reports).hasSize(many);
        assertThat(told.reports.get(7))
                .isEqualTo(new BindingReport(
                        AskedHomeAgent.LINK_LOCAL,
                        AskedHomeAgent.home(7),
                        AskedHomeAgent.CARE_OF_ADDRESS,
                        Duration.ofSeconds(500),
                        OptionalInt.of(7),
                        Duration.ofSeconds(100)));

        homeAgent.release(5, Cause.EXPIRED);
        soon().untilAsserted(() -> {
            source.poll(List.of(homeAgent.polled()));
            assertThat(told.releases()).isNotEmpty();
        });
        assertThat(told.releases()).singleElement().satisfies(report -> {
            assertThat(report.homeAddress()).isEqualTo(AskedHomeAgent.home(5));
            assertThat(report.age()).isGreaterThanOrEqualTo(Duration.ofSeconds(5));
        });
    }

    @Test
    void passesOnNotificationsOfListedHomeAgents() throws IOException {
        SnmpLoadSource source = source(Duration.ZERO);
        AskedHomeAgent homeAgent = homeAgent(USER, 0, source.port());
        homeAgent.bind(1);
        soon().untilAsserted(() -> assertThat(counters.value("roost_snmp_packets_of_strangers_total"))
                .isEqualTo(1));

        source.poll(List.of(homeAgent.polled()));
        soon().untilAsserted(() -> assertThat(told.samples).hasSize(1));
        homeAgent.bind(2);
        homeAgent.release(2, Cause.DEREGISTERED);
        homeAgent.bind(3);
        homeAgent.release(3, Cause.EXPIRED);

        soon().untilAsserted(() -> assertThat(told.reports).hasSize(4));
        assertThat(told.reports)
                .extracting(BindingReport::homeAddress)
                .containsExactly(
                        AskedHomeAgent.home(2), AskedHomeAgent.home(2), AskedHomeAgent.home(3), AskedHomeAgent.home(3));
        assertThat(told.reports)
                .extracting(BindingReport::lifetime)
                .containsExactly(Duration.ofMinutes(10), Duration.ZERO, Duration.ofMinutes(10), Duration.ZERO);
    }

    @Test
    void takesNotificationsOfNetSnmpButNoneWithoutPrivacy() throws IOException, InterruptedException {
        SnmpLoadSource source = source(Duration.ZERO);
        PolledHomeAgent polled = new PolledHomeAgent(
                "home", AskedHomeAgent.LINK_LOCAL, new InetSocketAddress(InetAddress.getLoopbackAddress(), 9));
        source.poll(List.of(polled));
        soon().untilAsserted(() -> assertThat(failures("timeout")).isEqualTo(1));
        String index = ".2.16.32.1.13.184.0.1.0.0.0.0.0.0.0.0.1.0";
        String entry = "1.3.6.1.2.1.133.1.1.2.1.1";
        String[] objects = {
            entry + ".3" + index, "i", "2",
            entry + ".4" + index, "x", "20010DB8000300000000000000000100",
            entry + ".6" + index, "u", "300"
        };

        trap(source.port(), "authPriv", "1.3.6.1.2.1.133.0.3", objects);
        soon().untilAsserted(() -> assertThat(told.reports).hasSize(1));
        trap(source.port(), "authNoPriv", "1.3.6.1.2.1.133.0.3", objects);
        soon().untilAsserted(() ->
                assertThat(dropped("not-authenticated-and-encrypted")).isEqualTo(1));
        trap(source.port(), "authPriv", "1.3.6.1.2.1.133.0.3", "1.3.6.1.2.1.1.1.0", "s", "nothing of use");
        soon().untilAsserted(() -> assertThat(dropped("malformed")).isEqualTo(1));

        assertThat(told.reports.get(0).homeAddress()).hasToString("2001:db8:1::100");
        assertThat(told.reports.get(0).careOfAddress()).hasToString("2001:db8:3::100");
        assertThat(told.reports.get(0).lifetime()).isEqualTo(Duration.ofMinutes(5));
    }

    private void trap(int port, String level, String kind, String... objects) throws IOException, InterruptedException {
        if (!Files.isExecutable(Path.of("/usr/bin/snmptrap"))) {
            String reason = "snmptrap is not installed";
            if (System.getProperty("roost.crosscheck") != null) {
                fail("roost.crosscheck is set, but " + reason);
            }
            System.err.println("left out: " + reason);
            abort(reason);
        }
        List<String> command = new ArrayList<>(List.of(
                "snmptrap",
                "-v3",
                "-e",
                "0x80001f8880aabbccdd",
                "-l",
                level,
                "-u",
                "roost",
                "-a",
                "SHA-256",
                "-A",
                AUTHENTICATION,
                "-x",
                "AES",
                "-X",
                PRIVACY,
                "-m",
                "",
                "127.0.0.1:" + port,
                "",
                kind));
        command.addAll(List.of(objects));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("SNMP_PERSISTENT_DIR", directory.toString());
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(100));
    }

    private long failures(String reason) {
        return counters.value("roost_snmp_failures_total", "reason", reason);
    }

    private long dropped(String reason) {
        return counters.value("roost_snmp_notifications_dropped_total", "reason", reason);
    }

    private SnmpLoadSource source(Duration tablePeriod) throws IOException {
        SnmpLoadSource source = new SnmpLoadSource(
                new LoadConfig.Snmp(
                        USER,
                        161,
                        Duration.ofSeconds(1),
                        tablePeriod,
                        Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                        List.of()),
                told,
                new LoopClock(NOW, () -> 0),
                counters);
        opened.push(source);
        return source;
    }

    private AskedHomeAgent homeAgent(SnmpUser user, int port, int... managers) throws IOException {
        List<InetSocketAddress> notified = new ArrayList<>();
        for (int manager : managers) {
            notified.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), manager));
        }
        AskedHomeAgent homeAgent = new AskedHomeAgent(directory, user, port, notified);
        opened.push(homeAgent);
        return homeAgent;
    }

    private static SnmpUser user(String authentication) {
        return new SnmpUser(
                "roost",
                authentication.getBytes(StandardCharsets.US_ASCII),
                PRIVACY.getBytes(StandardCharsets.US_ASCII));
    }

    /** What the controller would be told. */
    private static final class Told implements HomeAgentReports {
        final List<LoadSample> samples = new CopyOnWriteArrayList<>();
        final List<BindingReport> reports = new CopyOnWriteArrayList<>();

        List<BindingReport> releases() {
            return reports.stream().filter(report -> report.lifetime().isZero()).toList();
        }

        @Override
        public void onLoadSample(String homeNetwork, LoadSample sample) {
            samples.add(sample);
        }

        @Override
        public boolean onBindingsReported(String homeNetwork, List<BindingReport> told) {
            reports.addAll(told);
            return true;
        }
    }
}
