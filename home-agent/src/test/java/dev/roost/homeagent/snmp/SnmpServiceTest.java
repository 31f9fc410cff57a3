package dev.roost.homeagent.snmp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.configuration.SnmpUser;
import dev.roost.homeagent.binding.Binding;
import dev.roost.homeagent.binding.BindingAuthenticator;
import dev.roost.homeagent.binding.BindingChange;
import dev.roost.homeagent.binding.BindingChange.BindingMoved;
import dev.roost.homeagent.binding.BindingChange.BindingRefreshed;
import dev.roost.homeagent.binding.BindingChange.BindingRegistered;
import dev.roost.homeagent.binding.BindingChange.BindingReleased;
import dev.roost.homeagent.binding.BindingChange.BindingReleased.Cause;
import dev.roost.homeagent.binding.BindingSnapshot;
import dev.roost.homeagent.binding.Counter;
import dev.roost.homeagent.binding.HomeAgent;
import dev.roost.homeagent.binding.HomeAgentSettings;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RFC 4295 as Net-SNMP sees it. Numbers and types of objects here are typed from the RFC, not taken from the code. */
final class SnmpServiceTest {
    private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.890Z");
    private static final Ipv6Address HOME_AGENT = Ipv6Address.parse("2001:db8:1::11");
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:11");
    private static final String MIB = ".1.3.6.1.2.1.133";
    private static final String ENTRY = MIB + ".1.1.2.1.1";

    @TempDir
    private Path directory;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Managed managed = new Managed();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @Test
    void answersEveryObjectWithItsNumberAndType() throws IOException, InterruptedException {
        managed.bind(0x100, "2001:db8:3::100", 7, 600);
        managed.bind(0x20, "2001:db8:4::20", 65535, 4);
        int port = serve();

        String said = NetSnmp.run(directory, NetSnmp.command("snmpwalk", "-Ox", "127.0.0.1:" + port, MIB));

        assertThat(said).isEqualTo("""
                M.1.1.1.1.0 = Hex-STRING: 40\s
                M.1.1.1.2.0 = INTEGER: 1
                M.1.1.2.1.1.3.X.0.32 = INTEGER: 2
                M.1.1.2.1.1.3.X.1.0 = INTEGER: 2
                M.1.1.2.1.1.4.X.0.32 = Hex-STRING: 20 01 0D B8 00 04 00 00 00 00 00 00 00 00 00 20\s
                M.1.1.2.1.1.4.X.1.0 = Hex-STRING: 20 01 0D B8 00 03 00 00 00 00 00 00 00 00 01 00\s
                M.1.1.2.1.1.5.X.0.32 = Hex-STRING: 07 EA 03 04 05 06 07 08 2B 00 00\s
                M.1.1.2.1.1.5.X.1.0 = Hex-STRING: 07 EA 03 04 05 06 07 08 2B 00 00\s
                M.1.1.2.1.1.6.X.0.32 = Gauge32: 4
                M.1.1.2.1.1.6.X.1.0 = Gauge32: 600
                M.1.1.2.1.1.7.X.0.32 = Gauge32: 4
                M.1.1.2.1.1.7.X.1.0 = Gauge32: 600
                M.1.1.2.1.1.8.X.0.32 = INTEGER: 1
                M.1.1.2.1.1.8.X.1.0 = INTEGER: 1
                M.1.1.2.1.1.9.X.0.32 = Gauge32: 65535
                M.1.1.2.1.1.9.X.1.0 = Gauge32: 7
                M.1.1.2.1.1.12.X.0.32 = INTEGER: 1
                M.1.1.2.1.1.12.X.1.0 = INTEGER: 1
                M.1.1.3.1.1.0 = Counter32: 9
                M.1.1.3.1.2.0 = Counter64: 12884901897
                M.1.1.3.1.3.0 = Counter32: 7
                M.1.1.3.1.4.0 = Counter64: 4294967303
                M.1.1.3.1.5.0 = Counter32: 6
                M.1.1.3.1.6.0 = Counter64: 6
                M.1.1.3.1.7.0 = Counter32: 5
                M.1.1.3.1.8.0 = Counter64: 5
                M.1.1.3.1.9.0 = Timeticks: (0) 0:00:00.00
                M.1.4.1.1.0 = Counter32: 0
                M.1.4.1.2.0 = Counter32: 17
                M.1.4.1.3.1.1.3 = INTEGER: 10
                M.1.4.1.3.1.2.3 = INTEGER: 1800
                M.1.4.1.3.1.3.3 = INTEGER: 1
                M.1.4.1.3.1.4.3 = INTEGER: 1
                M.1.4.1.3.1.5.3 = INTEGER: 2
                M.1.4.1.4.1.3.3.L = INTEGER: 10
                M.1.4.1.4.1.4.3.L = Gauge32: 1800
                M.1.4.1.4.1.5.3.L = Hex-STRING: 07 EA 03 04 05 06 07 08 2B 00 00\s
                M.1.4.1.5.1.2.3.L.1 = INTEGER: 2
                M.1.4.1.5.1.3.3.L.1 = Hex-STRING: 20 01 0D B8 00 01 00 00 00 00 00 00 00 00 00 11\s
                M.1.4.2.1.3.0 = Counter32: 30
                M.1.4.2.1.4.0 = Counter32: 12
                M.1.4.2.1.5.0 = Counter32: 0
                M.1.4.2.1.6.0 = Counter32: 9
                M.1.4.2.1.7.0 = Counter32: 1
                M.1.4.2.1.8.0 = Counter32: 0
                M.1.4.2.1.9.0 = Counter32: 0
                M.1.4.2.1.10.0 = Counter32: 0
                M.1.4.2.1.11.0 = Counter32: 0
                M.1.4.2.1.12.0 = Counter32: 0
                M.1.4.2.1.13.0 = Counter32: 0
                M.1.4.2.1.14.0 = Counter32: 0
                M.1.4.2.1.15.0 = Counter32: 3
                M.1.4.2.1.16.0 = Counter32: 0
                M.1.4.2.1.17.0 = Counter32: 0
                """.replace("X", "2.16.32.1.13.184.0.1.0.0.0.0.0.0.0.0")
                .replace("L", "2.16.254.128.0.0.0.0.0.0.0.0.0.255.254.0.0.17")
                .replace("M.", MIB + "."));
    }

    @Test
    void tellsHowManyBindingsThereAreAndWhoItIs() throws IOException, InterruptedException {
        managed.bind(0x100, "2001:db8:3::100", 7, 600);
        int port = serve();

        String said = NetSnmp.run(
                directory,
                NetSnmp.command(
                        "snmpget",
                        "127.0.0.1:" + port,
                        ".1.3.6.1.4.1.8072.9999.9999.4295.1.0",
                        ".1.3.6.1.2.1.1.1.0",
                        ENTRY + ".6.2.16.32.1.13.184.0.1.0.0.0.0.0.0.0.0.1.0",
                        ENTRY + ".6.2.16.32.1.13.184.0.1.0.0.0.0.0.0.0.0.1.1"));

        assertThat(said.lines())
                .containsExactly(
                        ".1.3.6.1.4.1.8072.9999.9999.4295.1.0 = Gauge32: 1",
                        ".1.3.6.1.2.1.1.1.0 = STRING: \"Roost home agent\"",
                        ENTRY + ".6.2.16.32.1.13.184.0.1.0.0.0.0.0.0.0.0.1.0 = Gauge32: 600",
                        ENTRY
                                + ".6.2.16.32.1.13.184.0.1.0.0.0.0.0.0.0.0.1.1 = No Such Instance currently exists at this OID");
    }

    @Test
    void tellsNothingToAnybodyElseAndLetsNobodySetAnything() throws IOException, InterruptedException {
        String peer = "127.0.0.1:" + serve();
        String status = MIB + ".1.1.1.2.0";

        List<String> wrongKey = new ArrayList<>(
                NetSnmp.command("snmpget", "-t", "2", "-r", "0", "-A", "not the passphrase", peer, status));
        List<String> unencrypted =
                new ArrayList<>(NetSnmp.command("snmpget", "-t", "2", "-r", "0", "-l", "authNoPriv", peer, status));
        List<String> unauthenticated =
                new ArrayList<>(NetSnmp.command("snmpget", "-t", "2", "-r", "0", "-l", "noAuthNoPriv", peer, status));
        List<String> oldVersion =
                List.of("snmpget", "-v2c", "-c", "public", "-t", "1", "-r", "0", "-m", "", "-On", peer, status);
        for (List<String> refused : List.of(wrongKey, unencrypted, unauthenticated, oldVersion)) {
            assertThat(NetSnmp.run(directory, refused)).as(refused.toString()).doesNotContain("INTEGER");
        }
        assertThat(NetSnmp.run(directory, NetSnmp.command("snmpset", peer, status, "i", "2")))
                .contains("noAccess");
        assertThat(NetSnmp.run(directory, NetSnmp.command("snmpget", peer, status)))
                .isEqualTo(status + " = INTEGER: 1\n");
    }

    @Test
    void walksTwentyThousandBindingsWithFewCopies() throws IOException, InterruptedException {
        int many = 20_000;
        for (int i = 0; i < many; i++) {
            managed.bind(0x1_0000 + i * 7919L, "2001:db8:3::1", 1, 600);
        }
        int port = serve();

        Instant begun = Instant.now();
        String said =
                NetSnmp.run(directory, NetSnmp.command("snmpbulkwalk", "-Cr50", "127.0.0.1:" + port, ENTRY + ".6"));
        Duration took = Duration.between(begun, Instant.now());

        assertThat(said.lines()).hasSize(many).allMatch(line -> line.endsWith("= Gauge32: 600"));
        assertThat(managed.copies.get())
                .isLessThanOrEqualTo(2 + (int) (took.toSeconds() / RecentBindings.FRESH.toSeconds()));
    }

    @Test
    void goesOnWithWhatItHasWhenTheLoopDoesNotAnswer() throws IOException, InterruptedException {
        managed.bind(0x100, "2001:db8:3::100", 7, 600);
        managed.answers = false;
        int port = serve();

        String said = NetSnmp.run(directory, NetSnmp.command("snmpget", "127.0.0.1:" + port, MIB + ".1.1.1.2.0"));
        String walked = NetSnmp.run(directory, NetSnmp.command("snmpwalk", "127.0.0.1:" + port, ENTRY));

        assertThat(said).contains("INTEGER: 1");
        assertThat(walked).doesNotContain("Gauge32").doesNotContain("Timeout");
    }

    @Test
    void notifiesOfWhatHappensToBindings() throws IOException, InterruptedException {
        NetSnmp.require("snmptrapd");
        int port = freePort();
        Path said = directory.resolve("traps");
        Path configuration = directory.resolve("snmptrapd.conf");
        // The engine's number is made of the MAC address (RFC 3411, SnmpEngineID, format 3).
        Files.writeString(configuration, """
                createUser -e 0x8000137003020000000011 roost SHA-256 "%s" AES "%s"
                authUser log roost authPriv
                doNotLogTraps no
                """.formatted(NetSnmp.AUTHENTICATION, NetSnmp.PRIVACY));
        ProcessBuilder builder = new ProcessBuilder(
                        "snmptrapd",
                        "-f",
                        "-C",
                        "-c",
                        configuration.toString(),
                        "-m",
                        "",
                        "-On",
                        "-Lo",
                        "-F",
                        "%v\n",
                        "udp:127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().put("SNMP_PERSISTENT_DIR", directory.toString());
        Process receiver = builder.start();
        opened.add(() -> {
            receiver.destroy();
            // It writes into the directory when it ends, which is deleted next.
            receiver.waitFor();
        });
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> isListening(port));
        SnmpService service = open(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));

        Binding first = binding(0x100, "2001:db8:3::100", 7, 600);
        Binding moved = binding(0x100, "2001:db8:4::100", 8, 600);
        change(service, new BindingRegistered(first));
        change(service, new BindingRefreshed(first));
        change(service, new BindingMoved(moved));
        change(service, new BindingReleased(first.homeAddress(), Cause.DEREGISTERED));
        change(service, new BindingRegistered(first));
        change(service, new BindingReleased(first.homeAddress(), Cause.EXPIRED));

        String at = ".2.16.32.1.13.184.0.1.0.0.0.0.0.0.0.0.1.0 = ";
        List<String> kinds = List.of("0.1", "0.3", "0.2", "0.1", "0.4");
        List<String> careOf = List.of("03", "04", "04", "03", "03");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(traps(said)).hasSize(kinds.size()));
        List<String> traps = traps(said);
        for (int i = 0; i < kinds.size(); i++) {
            assertThat(traps.get(i))
                    .contains(".1.3.6.1.6.3.1.1.4.1.0 = OID: " + MIB + "." + kinds.get(i) + "\t")
                    .contains(ENTRY + ".5" + at + "Hex-STRING: 07 EA 03 04 05 06 07 08 2B 00 00")
                    .contains(ENTRY + ".3" + at + "INTEGER: 2")
                    .contains(ENTRY + ".6" + at + "Gauge32: 600")
                    .contains(ENTRY + ".4" + at + "Hex-STRING: 20 01 0D B8 00 " + careOf.get(i) + " 00 00");
        }
        assertThat(service.notifications().sent()).isEqualTo(kinds.size());
        assertThat(service.notifications().dropped()).isZero();
    }

    @Test
    void startsWithAHigherNumberEachTime() throws IOException {
        open(List.of());
        open(List.of());

        assertThat(directory.resolve("snmp-engine-boots")).hasContent("2");
    }

    private void change(SnmpService service, BindingChange change) {
        service.notifications().onChange(change, managed.agent::binding);
        managed.agent.apply(change);
        service.notifications().onCommitted();
    }

    private static List<String> traps(Path said) throws IOException {
        return Files.readString(said)
                .lines()
                .filter(line -> line.contains(".1.3.6.1.6.3.1.1.4.1.0"))
                .toList();
    }

    private static boolean isListening(int port) throws IOException {
        String local = String.format(" 0100007F:%04X ", port);
        return Files.readString(Path.of("/proc/net/udp")).contains(local);
    }

    private static int freePort() throws IOException {
        try (java.net.DatagramSocket socket = new java.net.DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private int serve() throws IOException {
        SnmpService service = open(List.of());
        service.serve(managed);
        return service.port();
    }

    private SnmpService open(List<InetSocketAddress> managers) throws IOException {
        SnmpSettings settings = new SnmpSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new SnmpUser(
                        "roost",
                        NetSnmp.AUTHENTICATION.getBytes(StandardCharsets.US_ASCII),
                        NetSnmp.PRIVACY.getBytes(StandardCharsets.US_ASCII)),
                managers);
        SnmpService service = SnmpService.open(settings, directory, MAC);
        opened.add(service);
        return service;
    }

    private static Binding binding(long identifier, String careOfAddress, int sequence, int lifetimeSeconds) {
        return new Binding(
                new Ipv6Address(HOME_AGENT.high(), identifier),
                Ipv6Address.parse(careOfAddress),
                sequence,
                lifetimeSeconds,
                NOW.plusSeconds(lifetimeSeconds).toEpochMilli(),
                NOW.toEpochMilli(),
                false);
    }

    /** A home agent whose clock stands still. */
    private static final class Managed implements ManagedHomeAgent {
        final HomeAgent agent = new HomeAgent(
                HomeAgentSettings.of(HOME_AGENT, Ipv6Prefix.parse("2001:db8:1::/64"), MAC),
                BindingAuthenticator.none(),
                1);
        final AtomicInteger copies = new AtomicInteger();
        boolean answers = true;

        void bind(long identifier, String careOfAddress, int sequence, int lifetimeSeconds) {
            agent.apply(new BindingRegistered(binding(identifier, careOfAddress, sequence, lifetimeSeconds)));
        }

        @Override
        public Instant now() {
            return NOW;
        }

        @Override
        public HomeAgentFacts facts() {
            return new HomeAgentFacts(
                    3,
                    HOME_AGENT,
                    Ipv6Address.linkLocal(MAC),
                    10,
                    1800,
                    NOW,
                    agent.bindingCount(),
                    Map.of(Counter.ROUTER_ADVERTISEMENTS, 17L),
                    new HomeAgentFacts.Traffic(
                            (1L << 32) + 7, 5, (3L << 32) + 9, 6, 30, Map.of(0, 8L, 1, 1L, 135, 3L)));
        }

        @Override
        public CompletableFuture<BindingSnapshot.Copy> copyBindings() {
            copies.incrementAndGet();
            return answers ? CompletableFuture.completedFuture(agent.copyBindings()) : new CompletableFuture<>();
        }
    }
}
