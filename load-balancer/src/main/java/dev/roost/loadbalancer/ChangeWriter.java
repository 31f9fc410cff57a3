package dev.roost.loadbalancer;

import dev.roost.homeagent.binding.BindingChangeCodec;
import dev.roost.loadbalancer.Change.AnswerSent;
import dev.roost.loadbalancer.Change.BindingAccepted;
import dev.roost.loadbalancer.Change.BindingReleased;
import dev.roost.loadbalancer.Change.ForwarderChanged;
import dev.roost.loadbalancer.Change.HomeAgentDrained;
import dev.roost.loadbalancer.Change.HomeAgentForgotten;
import dev.roost.loadbalancer.Change.HomeAgentLearned;
import dev.roost.loadbalancer.Change.HomeAgentReaddressed;
import dev.roost.loadbalancer.Change.HomeAgentRecovered;
import dev.roost.loadbalancer.Change.HomeAgentRefreshed;
import dev.roost.loadbalancer.Change.HomeAgentRemoved;
import dev.roost.loadbalancer.Change.HomeAgentSuspected;
import dev.roost.loadbalancer.Change.HomeAgentWeighted;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.topology.SwitchPort;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Writes one durable change as {@link ChangeCodec} lays it out; the soft ones are refused. Answers have a method of their
 * own, since they are too many to make a writer for each.
 */
record ChangeWriter(ByteBuffer out) implements Change.Visitor {

    private static final long MOST_MILLIS = (1L << 48) - 1;

    private ByteBuffer head(int kind) {
        return out.put((byte) (ChangeCodec.FIRST_HEAD + kind));
    }

    @Override
    public void visit(HomeAgentLearned change) {
        head(ChangeCodec.LEARNED).putShort((short) change.index());
        change.linkLocalAddress().writeTo(out);
        change.linkLayerAddress().writeTo(out);
        out.putLong(change.attachment().switchId().datapathId());
        out.putInt(change.attachment().port()).putShort((short) change.preference());
        putMillis(change.expiresAtMillis(), out);
        putMillis(change.knownSinceMillis(), out);
        out.put((byte) (change.router() ? 1 : 0));
        putAddresses(change.globalAddresses());
    }

    @Override
    public void visit(HomeAgentRefreshed change) {
        head(ChangeCodec.REFRESHED).putShort((short) change.index());
        putMillis(change.expiresAtMillis(), out);
    }

    @Override
    public void visit(HomeAgentSuspected change) {
        head(ChangeCodec.SUSPECTED).putShort((short) change.index());
        putMillis(change.probedAtMillis(), out);
        out.put((byte) (change.probesSent() - 1));
    }

    @Override
    public void visit(HomeAgentRecovered change) {
        head(ChangeCodec.RECOVERED).putShort((short) change.index());
    }

    @Override
    public void visit(HomeAgentRemoved change) {
        head(ChangeCodec.REMOVED).putShort((short) change.index());
        out.put((byte) change.cause().code());
    }

    @Override
    public void visit(HomeAgentForgotten change) {
        head(ChangeCodec.FORGOTTEN).putShort((short) change.index());
    }

    @Override
    public void visit(HomeAgentDrained change) {
        head(ChangeCodec.DRAINED).putShort((short) change.index());
        out.put((byte) (change.draining() ? 1 : 0));
    }

    @Override
    public void visit(HomeAgentWeighted change) {
        head(ChangeCodec.WEIGHTED).putShort((short) change.index()).putShort((short) change.weight());
    }

    @Override
    public void visit(HomeAgentReaddressed change) {
        head(ChangeCodec.READDRESSED).putShort((short) change.index());
        putAddresses(change.globalAddresses());
    }

    @Override
    public void visit(AnswerSent change) {
        writeAnswer(change, out);
    }

    @Override
    public void visit(BindingAccepted change) {
        head(ChangeCodec.ACCEPTED_AT);
        change.homeAddress().writeTo(out);
        change.careOfAddress().writeTo(out);
        out.putShort((short) change.homeAgent());
        change.homeAgentAddress().writeTo(out);
        out.putShort((short) change.sequence());
        putMillis(change.expiresAtMillis(), out);
        out.put((byte) change.evidence().code());
        putMillis(change.acceptedAtMillis(), out);
    }

    @Override
    public void visit(BindingReleased change) {
        head(ChangeCodec.RELEASED);
        change.homeAddress().writeTo(out);
        out.putShort((short) change.homeAgent());
        out.put((byte) change.cause().code());
    }

    @Override
    public void visit(ForwarderChanged change) {
        head(ChangeCodec.FORWARDER);
        change.homeAddress().writeTo(out);
        out.putShort((short) change.forwarder()).putLong(change.epoch());
    }

    @Override
    public void visit(Change.RepresentativeChanged change) {
        if (!change.durable()) {
            throw soft(change);
        }
        head(ChangeCodec.REPRESENTATIVE).putShort((short) 0);
        int start = out.position();
        BindingChangeCodec.writeHeader(0, 0, out);
        BindingChangeCodec.write(change.change(), out);
        out.putShort(start - Short.BYTES, (short) (out.position() - start));
    }

    @Override
    public void visit(Change.BindingDoubted change) {
        head(ChangeCodec.DOUBTED);
        change.homeAddress().writeTo(out);
    }

    @Override
    public void visit(Change.RouterLearned change) {
        SwitchPort attachment = change.router().attachment();
        head(ChangeCodec.ROUTER_LEARNED);
        change.router().linkLayerAddress().writeTo(out);
        out.putLong(attachment.switchId().datapathId()).putInt(attachment.port());
    }

    @Override
    public void visit(Change.RouterLost change) {
        head(ChangeCodec.ROUTER_LOST);
        change.linkLayerAddress().writeTo(out);
    }

    @Override
    public void visit(Change.DelegationNoted change) {
        throw soft(change);
    }

    @Override
    public void visit(Change.BindingUpdateSeen change) {
        throw soft(change);
    }

    @Override
    public void visit(Change.BindingUpdateSettled change) {
        throw soft(change);
    }

    @Override
    public void visit(Change.LoadSampled change) {
        throw soft(change);
    }

    @Override
    public void visit(Change.PortReachability change) {
        throw soft(change);
    }

    @Override
    public void visit(Change.AttachmentDoubted change) {
        throw soft(change);
    }

    @Override
    public void visit(Change.Reconfigured change) {
        throw soft(change);
    }

    @Override
    public void visit(Change.AddressesValid change) {
        throw soft(change);
    }

    @Override
    public void visit(Change.OffenderTold change) {
        throw soft(change);
    }

    @Override
    public void visit(Change.DiscoverySourceHeard change) {
        throw soft(change);
    }

    @Override
    public void visit(Change.BindingReleaseSeen change) {
        throw soft(change);
    }

    @Override
    public void visit(Change.BindingProlonged change) {
        throw soft(change);
    }

    @Override
    public void visit(Change.SightChanged change) {
        throw soft(change);
    }

    private void putAddresses(List<Ipv6Address> addresses) {
        out.put((byte) addresses.size());
        addresses.forEach(address -> address.writeTo(out));
    }

    private static IllegalArgumentException soft(Change change) {
        return new IllegalArgumentException("not durable: " + change);
    }

    static void writeAnswer(AnswerSent answer, ByteBuffer out) {
        HomeAgentOrder order = answer.homeAgents();
        out.put((byte) (ChangeCodec.FIRST_HEAD + ChangeCodec.ANSWER));
        answer.careOfAddress().writeTo(out);
        putMillis(answer.sentAtMillis(), out);
        putVariable(Math.max(0, Math.min(Integer.MAX_VALUE, answer.sentAtMillis() - answer.listedAtMillis())), out);
        putVariable(order.size(), out);
        for (int i = 0; i < order.size(); i++) {
            putVariable(order.index(i), out);
        }
    }

    private static void putMillis(long millis, ByteBuffer out) {
        long bounded = Math.max(0, Math.min(MOST_MILLIS, millis));
        out.putShort((short) (bounded >>> 32)).putInt((int) bounded);
    }

    private static void putVariable(long value, ByteBuffer out) {
        long rest = value;
        while (rest > 0x7f) {
            out.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }
}
