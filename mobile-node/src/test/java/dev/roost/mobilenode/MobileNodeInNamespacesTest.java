package dev.roost.mobilenode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.roost.mobilenode.PlayedNetwork.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real process on the real kernel, against packets that scapy makes and takes apart. */
final class MobileNodeInNamespacesTest {
    private static final String HOME = "2001:db8:1::100";
    private static final String HOME_AGENT = "2001:db8:1::11";
    private static final String CARE_OF_1 = "2001:db8:3::ff:fe00:99";
    private static final String CARE_OF_2 = "2001:db8:4::ff:fe00:99";
    private static final String TUNNELLED_1 =
            "tunnelled-reply " + CARE_OF_1 + " " + HOME_AGENT + " " + HOME + " 2001:db8:2::c";

    @TempDir
    private Path directory;

    @Test
    void registersMovesReturnsHomeLeavesAgainAndCleansUp() throws IOException, InterruptedException {
        try (PlayedNetwork network = PlayedNetwork.open(directory)) {
            String before = kernel(network);
            Running scapy = network.play();
            Running node = network.mobileNode("--config", configuration());

            node.await(0, ".*event=bound .*careOfAddress=" + CARE_OF_1 + ".*");
            scapy.await(0, "address-detection " + CARE_OF_1);
            scapy.await(0, "discovery-request " + CARE_OF_1 + " 2001:db8:1:0:fdff:ffff:ffff:fffe");
            scapy.await(
                    0,
                    "binding-update " + CARE_OF_1 + " " + HOME_AGENT + " " + HOME + " " + CARE_OF_1
                            + " flags HA lifetime 600 sequence [0-9]+");
            scapy.say("ping-stranger " + HOME);
            scapy.say("ping " + HOME);
            scapy.await(0, TUNNELLED_1);
            assertThat(scapy.since(0))
                    .filteredOn(line -> line.startsWith("tunnelled"))
                    .hasSize(1);

            int moved = node.lines().size();
            scapy.say("link 2");
            node.await(moved, ".*event=bound .*careOfAddress=" + CARE_OF_2 + ".*");
            assertThat(node.since(moved)).noneMatch(line -> line.contains("discovery-request-sent"));
            scapy.say("ping " + HOME);
            scapy.await(0, "tunnelled-reply " + CARE_OF_2 + " .*");
            assertThat(network.inMobileNode("ip -6 addr")).contains(CARE_OF_2).doesNotContain(CARE_OF_1);

            scapy.say("link 0");
            node.await(moved, ".*event=at-home .*");
            scapy.await(
                    0,
                    "binding-update " + HOME + " " + HOME_AGENT + " " + HOME + " " + HOME + " flags HA lifetime 0.*");
            scapy.await(0, "neighbor-advertisement " + HOME + " ff02::1 S=0 O=1 " + PlayedNetwork.MOBILE_NODE_MAC);
            scapy.say("ping-direct " + HOME);
            scapy.await(0, "direct-reply " + HOME + " 2001:db8:2::c");

            int left = node.lines().size();
            int leftScapy = scapy.lines().size();
            scapy.say("link 1");
            node.await(left, ".*event=bound .*");
            scapy.say("ping " + HOME);
            scapy.await(leftScapy, TUNNELLED_1);

            end(node);
            assertThat(kernel(network)).isEqualTo(before);
        }
    }

    @Test
    void comesBackAfterTheInterfaceWasDownAndAfterItWasKilled() throws IOException, InterruptedException {
        try (PlayedNetwork network = PlayedNetwork.open(directory)) {
            String before = kernel(network);
            Running scapy = network.play();
            Running first = network.mobileNode("--config", configuration());
            first.await(0, ".*event=bound .*");
            Running rival = network.mobileNode("--config", configuration());
            assertThat(rival.process().waitFor()).isEqualTo(1);
            assertThat(rival.since(0))
                    .singleElement()
                    .asString()
                    .startsWith("mobile-node: another mobile node runs in this network namespace");

            network.inMobileNode("ip link set eth0 down");
            first.await(0, ".*event=interface-down.*");
            int down = first.lines().size();
            network.inMobileNode("ip link set eth0 up");
            first.await(down, ".*event=bound .*");
            scapy.say("ping " + HOME);
            scapy.await(0, TUNNELLED_1);

            first.process().destroyForcibly().waitFor();
            assertThat(kernel(network)).as("what a killed process leaves").isNotEqualTo(before);
            Running second = network.mobileNode("--config", configuration(), "--deregister");
            second.await(0, ".*event=bound .*");
            int again = scapy.lines().size();
            scapy.say("resync " + HOME);
            scapy.await(again, "binding-update .* sequence 4712");
            scapy.say("ping " + HOME);
            scapy.await(again, TUNNELLED_1);

            end(second);
            scapy.await(again, "binding-update " + CARE_OF_1 + " .* lifetime 0 .*");
            assertThat(kernel(network)).isEqualTo(before);
        }
    }

    @Test
    void playsTwentyNodesWhoseHomeAddressesAnswerThroughTheirTunnels() throws IOException, InterruptedException {
        try (PlayedNetwork network = PlayedNetwork.open(directory)) {
            network.inMobileNode("sysctl -qw net.ipv6.conf.eth0.accept_ra=0");
            String before = kernel(network);
            Running scapy = network.play();
            Running generator = network.mobileNode(
                    "--many=20",
                    "--interface=eth0",
                    "--home-prefix=2001:db8:1::/64",
                    "--first-home-address=2001:db8:1::100",
                    "--care-of-prefix=2001:db8:3::/64",
                    "--data-plane",
                    "--deregister");
            generator.await(0, ".*event=bound homeAddress=2001:db8:1::113 .* homeAgent=" + HOME_AGENT);
            generator.await(0, ".*event=progress phase=refresh bound=20 .*");

            for (int node = 0; node < 20; node++) {
                String home = String.format("2001:db8:1::1%02x", node);
                String careOf = String.format("2001:db8:3:0:252:ff:fe00:%x", node);
                scapy.say("solicit " + careOf);
                scapy.await(
                        0, "neighbor-advertisement " + careOf + " fe80::2 S=1 O=1 " + PlayedNetwork.MOBILE_NODE_MAC);
                scapy.say("ping " + home);
                scapy.await(0, "tunnelled-reply " + careOf + " " + HOME_AGENT + " " + home + " 2001:db8:2::c");
            }

            generator.process().toHandle().destroy();
            assertThat(generator.process().waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(generator.process().exitValue()).isZero();
            assertThat(generator.lines().get(generator.lines().size() - 1))
                    .startsWith("{\"nodes\":20,\"bound\":0,\"failed\":0,\"register\":{\"started\":20,\"answered\":20")
                    .contains("\"deregister\":{\"started\":20,\"answered\":20");
            assertThat(kernel(network)).isEqualTo(before);
        }
    }

    @Test
    void saysInOneLineWhatItCannotDo() throws IOException, InterruptedException {
        try (PlayedNetwork network = PlayedNetwork.open(directory)) {
            Path file = directory.resolve("wrong.yaml");
            Files.writeString(file, "interface: eth7\nhomeAddress: 2001:db8:1::100/64\nauthentication: none\n");

            Running node = network.mobileNode("--config", file.toString());

            assertThat(node.process().waitFor()).isEqualTo(1);
            assertThat(node.lines())
                    .singleElement()
                    .asString()
                    .contains("eth7", "no such interface; there are lo, eth0");
            Running typo = network.mobileNode("--confg", "x");
            assertThat(typo.process().waitFor()).isEqualTo(2);
            assertThat(typo.lines()).containsExactly("mobile-node: unknown option '--confg'; did you mean --config?");
        }
    }

    private String configuration() throws IOException {
        Path file = directory.resolve("mn.yaml");
        Files.writeString(
                file, "interface: eth0\nhomeAddress: 2001:db8:1::100/64\nlifetime: 600\nauthentication: none\n");
        return file.toString();
    }

    /** SIGTERM: cleanly, within five seconds, with status 0. */
    private static void end(Running node) throws InterruptedException {
        node.process().toHandle().destroy();
        assertThat(node.process().waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(node.process().exitValue()).isZero();
    }

    /** Everything a mobile node touches, without what changes by itself. */
    private static String kernel(PlayedNetwork network) {
        return network.inMobileNode("sh -c '"
                + "ip -6 -o addr show scope global; ip -6 route show table all | grep -v -e fe80 -e ff00; ip -6 rule;"
                + " nft list ruleset; tc filter show dev eth0 ingress;"
                + " sysctl net.ipv6.conf.eth0.accept_ra net.ipv6.conf.eth0.autoconf'");
    }
}
