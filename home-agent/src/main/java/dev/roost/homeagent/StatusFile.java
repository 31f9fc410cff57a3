package dev.roost.homeagent;

import dev.roost.delegation.DelegationCounter;
import dev.roost.homeagent.binding.Counter;
import dev.roost.homeagent.binding.HomeAgent;
import dev.roost.linux.PacketSocket;
import dev.roost.linux.TunnelCounters;
import dev.roost.linux.UdpSocket;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.MalformedPacketException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/** What a home agent counted, as JSON in {@code STATE_PATH/status.json}; replaced as a whole, so that no reader sees half of it. */
final class StatusFile {
    private final Path file;
    private final Path temporary;
    private String written = "";

    StatusFile(Path directory) {
        this.file = directory.resolve("status.json");
        this.temporary = directory.resolve("status.json.tmp");
    }

    /** All that is to be told. */
    record Status(
            Ipv6Address homeAgent,
            HomeAgent agent,
            Map<Counter, Long> counters,
            Map<MalformedPacketException.Reason, Long> malformed,
            TunnelCounters tunnels,
            PacketSocket.Statistics socket,
            Optional<ForwardingChannel> forwarding,
            long notificationsSent,
            long notificationsDropped) {

        String toJson() {
            StringBuilder out = new StringBuilder(2048);
            out.append("{\"homeAgent\":\"").append(homeAgent).append('"');
            number(out, "bindings", agent.bindingCount());
            number(out, "detectionsUnderWay", agent.detectionsUnderWay());
            out.append(",\"counters\":{");
            for (Counter counter : Counter.values()) {
                number(out, counter.word(), counters.getOrDefault(counter, 0L));
            }
            out.append("},\"malformed\":{");
            malformed.forEach((reason, count) -> number(out, reason.word(), count));
            out.append("},\"tunnels\":{");
            number(out, "packetsEncapsulated", tunnels.encapsulated());
            number(out, "packetsDecapsulated", tunnels.decapsulated());
            number(out, "packetsFromWrongCareOfAddress", tunnels.wrongSource());
            number(out, "packetsWithoutBinding", tunnels.noBinding());
            number(out, "packetsTooBig", tunnels.tooBig());
            number(out, "packetsRefused", tunnels.refused());
            number(out, "octetsEncapsulated", tunnels.octetsEncapsulated());
            number(out, "octetsDecapsulated", tunnels.octetsDecapsulated());
            out.append("},\"signalling\":{");
            number(out, "framesReceived", socket.received());
            number(out, "framesDroppedByKernel", socket.droppedByKernel());
            number(out, "framesSent", socket.sent());
            number(out, "framesNotSent", socket.notSent());
            out.append('}');
            forwarding.ifPresent(channel -> delegation(out, channel));
            out.append(",\"snmp\":{");
            number(out, "notificationsSent", notificationsSent);
            number(out, "notificationsDropped", notificationsDropped);
            return out.append("}}\n").toString();
        }

        private void delegation(StringBuilder out, ForwardingChannel channel) {
            out.append(",\"delegation\":{");
            number(out, "delegated", agent.delegated());
            number(out, "entries", agent.forwardingEntries());
            number(out, "admissionsUnderWay", agent.admissionsUnderWay());
            UdpSocket.Statistics statistics = channel.statistics();
            number(out, "datagramsReceived", statistics.received());
            number(out, "datagramsDroppedByKernel", statistics.droppedByKernel());
            number(out, "datagramsSent", statistics.sent());
            number(out, "datagramsNotSent", statistics.notSent());
            out.append(",\"counters\":{");
            for (DelegationCounter counter : DelegationCounter.values()) {
                number(out, counter.word(), channel.counters().getOrDefault(counter, 0L));
            }
            out.append("}}");
        }

        private static void number(StringBuilder out, String name, long value) {
            if (out.charAt(out.length() - 1) != '{') {
                out.append(',');
            }
            out.append('"').append(name).append("\":").append(value);
        }
    }

    /** Writes it if it differs from what is there. */
    void write(Status status) throws IOException {
        String text = status.toJson();
        if (!text.equals(written)) {
            Files.writeString(temporary, text);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            written = text;
        }
    }
}
