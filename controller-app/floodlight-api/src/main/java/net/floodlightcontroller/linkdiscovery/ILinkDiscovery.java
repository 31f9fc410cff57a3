package net.floodlightcontroller.linkdiscovery;

import org.projectfloodlight.openflow.types.DatapathId;
import org.projectfloodlight.openflow.types.OFPort;

/** The vocabulary of link discovery. */
public interface ILinkDiscovery {

    enum UpdateOperation {
        LINK_UPDATED,
        LINK_REMOVED,
        SWITCH_UPDATED,
        SWITCH_REMOVED,
        PORT_UP,
        PORT_DOWN,
        TUNNEL_PORT_ADDED,
        TUNNEL_PORT_REMOVED
    }

    enum LinkType {
        INVALID_LINK,
        DIRECT_LINK,
        MULTIHOP_LINK,
        TUNNEL
    }

    /** One piece of news; which getters mean something depends on the operation. */
    class LDUpdate {

        private LDUpdate() {}

        public DatapathId getSrc() {
            throw new UnsupportedOperationException("signature only");
        }

        public OFPort getSrcPort() {
            throw new UnsupportedOperationException("signature only");
        }

        public DatapathId getDst() {
            throw new UnsupportedOperationException("signature only");
        }

        public OFPort getDstPort() {
            throw new UnsupportedOperationException("signature only");
        }

        public LinkType getType() {
            throw new UnsupportedOperationException("signature only");
        }

        public UpdateOperation getOperation() {
            throw new UnsupportedOperationException("signature only");
        }
    }
}
