package dev.roost.openflow.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.projectfloodlight.openflow.exceptions.OFParseError;
import org.projectfloodlight.openflow.protocol.OFBarrierReply;
import org.projectfloodlight.openflow.protocol.OFFactories;
import org.projectfloodlight.openflow.protocol.OFHello;
import org.projectfloodlight.openflow.protocol.OFMessage;

/**
 * A bridge of the Open vSwitch that runs on this machine, in its user-space datapath, with ports 1 to 8; talked to over its management
 * socket with the same messages that a controller sends. Gone after {@link #remove}.
 */
final class OvsBridge {

    private static final Pattern COOKIE = Pattern.compile("priority \\d+, cookie 0x([0-9a-f]+)");
    private static final Pattern SET_DESTINATION = Pattern.compile("set_field:([0-9a-f:]+)->eth_dst");
    private static final Pattern OUTPUT = Pattern.compile("^\\s+output:(\\d+)$");
    private static final int HEADER = 8;

    private final String name;
    private final SocketChannel channel;

    private OvsBridge(String name) throws IOException, InterruptedException {
        this.name = name;
        run(
                "ovs-vsctl",
                "add-br",
                name,
                "--",
                "set",
                "bridge",
                name,
                "datapath_type=netdev",
                "fail_mode=secure",
                "protocols=OpenFlow13");
        for (int port = 1; port <= 8; port++) {
            String interfaceName = name + "p" + port;
            run(
                    "ovs-vsctl",
                    "add-port",
                    name,
                    interfaceName,
                    "--",
                    "set",
                    "interface",
                    interfaceName,
                    "type=internal",
                    "ofport_request=" + port);
        }
        channel = SocketChannel.open(UnixDomainSocketAddress.of("/var/run/openvswitch/" + name + ".mgmt"));
        send(Reconciled.FACTORY.buildHello().setElements(List.of()).build());
        assertThat(receive()).isInstanceOf(OFHello.class);
    }

    /** A new bridge; where there is no Open vSwitch the test is left out, or fails if {@code roost.crosscheck} is set. */
    static OvsBridge open() throws IOException, InterruptedException {
        String missing = missing();
        if (!missing.isEmpty()) {
            assertThat(Boolean.getBoolean("roost.crosscheck"))
                    .as("roost.crosscheck is set and " + missing)
                    .isFalse();
            System.out.println("left out: " + missing);
            assumeTrue(false, missing);
        }
        // Others may run the same test on the same machine.
        String name = "rl" + ProcessHandle.current().pid() % 1_000_000;
        run("ovs-vsctl", "--if-exists", "del-br", name);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(name)));
        return new OvsBridge(name);
    }

    private static String missing() throws InterruptedException {
        try {
            run("ovs-vsctl", "--timeout=5", "show");
            return "";
        } catch (IOException e) {
            return "no Open vSwitch runs here: " + e.getMessage();
        } catch (AssertionError e) {
            return "no Open vSwitch runs here, or we may not use it";
        }
    }

    /** Sends messages and a barrier; returns every answer before that of the barrier. */
    List<OFMessage> exchange(List<? extends OFMessage> messages) throws IOException {
        OFMessage barrier = Reconciled.FACTORY.barrierRequest();
        ByteBuf out = Unpooled.buffer();
        messages.forEach(message -> message.writeTo(out));
        barrier.writeTo(out);
        send(out);
        List<OFMessage> answers = new ArrayList<>();
        while (true) {
            OFMessage answer = receive();
            if (answer instanceof OFBarrierReply && answer.getXid() == barrier.getXid()) {
                return answers;
            }
            answers.add(answer);
        }
    }

    /** Loads a file of flows or groups with {@code ovs-ofctl}. */
    void load(String command, Path file) throws IOException, InterruptedException {
        run("ovs-ofctl", "-O", "OpenFlow13", command, name, file.toString());
    }

    /** What the switch would do with a frame, in the words of {@link dev.roost.openflow.fake.Verdict}, after the cookie. */
    String trace(int inPort, String frameInHex) throws IOException, InterruptedException {
        String text = run("ovs-appctl", "ofproto/trace", name, "in_port=" + inPort, frameInHex);
        List<String> words = new ArrayList<>();
        if (text.contains(",controller(") || text.contains("(controller(")) {
            words.add("CONTROLLER");
        }
        List<String> lines = text.lines().toList();
        String destination = "";
        for (int i = 0; i < lines.size(); i++) {
            Matcher set = SET_DESTINATION.matcher(lines.get(i));
            Matcher output = OUTPUT.matcher(lines.get(i));
            if (set.find()) {
                destination = set.group(1);
            } else if (lines.get(i).strip().equals("NORMAL")) {
                words.add("NORMAL");
            } else if (output.matches() && !lines.get(i + 1).contains("skipping output to input port")) {
                words.add("output:" + output.group(1) + " eth_dst=" + destination);
            }
        }
        Matcher cookie = COOKIE.matcher(text);
        return (cookie.find() ? cookie.group(1) : "no rule") + " "
                + (words.isEmpty() ? "drop" : String.join(" ", words));
    }

    void remove() throws IOException, InterruptedException {
        channel.close();
        run("ovs-vsctl", "--if-exists", "del-br", name);
    }

    String name() {
        return name;
    }

    /** For a run that is cut off; where the bridge is gone already this does nothing. */
    private static void delete(String name) {
        try {
            new ProcessBuilder("ovs-vsctl", "--timeout=5", "--if-exists", "del-br", name)
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            System.out.println("bridge " + name + " was not removed: " + e);
        }
    }

    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS))
                .as(Arrays.toString(command))
                .isTrue();
        assertThat(process.exitValue())
                .as("%s: %s", Arrays.toString(command), output)
                .isZero();
        return output;
    }

    private void send(OFMessage message) throws IOException {
        ByteBuf out = Unpooled.buffer();
        message.writeTo(out);
        send(out);
    }

    private void send(ByteBuf bytes) throws IOException {
        ByteBuffer out = bytes.nioBuffer();
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    private OFMessage receive() throws IOException {
        ByteBuffer header = read(HEADER);
        int length = Short.toUnsignedInt(header.getShort(2));
        ByteBuffer body = read(length - HEADER);
        try {
            return OFFactories.getGenericReader().readFrom(Unpooled.wrappedBuffer(header, body));
        } catch (OFParseError e) {
            throw new IOException("not understood", e);
        }
    }

    private ByteBuffer read(int length) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(length);
        while (in.hasRemaining()) {
            if (channel.read(in) < 0) {
                throw new IOException("closed by the switch");
            }
        }
        return in.flip();
    }
}
