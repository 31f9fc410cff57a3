package dev.roost.mobilenode.linux;

import dev.roost.linux.LinuxException;
import dev.roost.linux.PacketSocket;
import dev.roost.mobileip.EthernetFrame;
import dev.roost.mobilenode.EventLog;
import dev.roost.mobilenode.movement.Effect;
import java.nio.ByteBuffer;
import java.util.List;

/** Carries out what the mobile node wants: frames into the socket, addresses and routes into the kernel, events into the log. */
final class EffectExecutor implements Effect.Visitor {
    /** The longest packet of a mobile node is a binding update with an authentication option, less than 200 octets. */
    private static final int BUFFER_BYTES = 2048;

    private final PacketSocket socket;
    private final PacketWriter writer;
    private final KernelAddressing kernel;
    private final EventLog log;
    private final Counts counts;
    private final ByteBuffer out = ByteBuffer.allocate(BUFFER_BYTES);
    private boolean finished;

    EffectExecutor(PacketSocket socket, PacketWriter writer, KernelAddressing kernel, EventLog log, Counts counts) {
        this.socket = socket;
        this.writer = writer;
        this.kernel = kernel;
        this.log = log;
        this.counts = counts;
    }

    /** In their order; one that the kernel refuses does not hold up the others. */
    void carryOut(List<Effect> effects) {
        for (Effect effect : effects) {
            try {
                effect.accept(this);
            } catch (LinuxException e) {
                // The interface may be going down under us; when it comes up again everything is set up anew.
                log.warn("kernel-refused", List.of("message", String.valueOf(e.getMessage())));
            }
        }
    }

    /** Whether the node has said that it is done. */
    boolean isFinished() {
        return finished;
    }

    @Override
    public void sendRouterSolicitation(Effect.SendRouterSolicitation effect) {
        send(writer.routerSolicitation(effect));
    }

    @Override
    public void sendNeighborSolicitation(Effect.SendNeighborSolicitation effect) {
        send(writer.neighborSolicitation(effect));
    }

    @Override
    public void sendNeighborAdvertisement(Effect.SendNeighborAdvertisement effect) {
        send(writer.neighborAdvertisement(effect));
    }

    @Override
    public void sendDiscoveryRequest(Effect.SendDiscoveryRequest effect) {
        send(writer.discoveryRequest(effect));
    }

    @Override
    public void sendBindingUpdate(Effect.SendBindingUpdate effect) {
        send(writer.bindingUpdate(effect));
    }

    @Override
    public void sendMobilePrefixSolicitation(Effect.SendMobilePrefixSolicitation effect) {
        send(writer.mobilePrefixSolicitation(effect));
    }

    @Override
    public void sendBindingError(Effect.SendBindingError effect) {
        send(writer.bindingError(effect));
    }

    @Override
    public void configureCareOfAddress(Effect.ConfigureCareOfAddress effect) {
        kernel.configureCareOfAddress(effect);
    }

    @Override
    public void removeCareOfAddress(Effect.RemoveCareOfAddress effect) {
        kernel.removeCareOfAddress();
    }

    @Override
    public void placeHomeAddressOnLink(Effect.PlaceHomeAddressOnLink effect) {
        kernel.placeHomeAddressOnLink();
    }

    @Override
    public void placeHomeAddressOffLink(Effect.PlaceHomeAddressOffLink effect) {
        kernel.placeHomeAddressOffLink();
    }

    @Override
    public void useDefaultRouter(Effect.UseDefaultRouter effect) {
        kernel.useDefaultRouter(effect.linkLocalAddress());
    }

    @Override
    public void openTunnel(Effect.OpenTunnel effect) {
        kernel.openTunnel(effect.careOfAddress(), effect.homeAgent());
    }

    @Override
    public void closeTunnel(Effect.CloseTunnel effect) {
        kernel.closeTunnel();
    }

    @Override
    public void event(Effect.Event effect) {
        if (Events.isWarning(effect.kind())) {
            log.warn(effect.kind(), effect.fields());
        } else {
            log.info(effect.kind(), effect.fields());
        }
    }

    @Override
    public void count(Effect.Count effect) {
        counts.count(effect.reason());
    }

    @Override
    public void finished(Effect.Finished effect) {
        finished = true;
    }

    /** At once: there are few, and the log line behind it says that it was sent. */
    private void send(EthernetFrame frame) {
        out.clear();
        frame.writeTo(out);
        socket.send(out.flip());
    }
}
