package net.floodlightcontroller.core;

/** What a switch says of itself. */
public class SwitchDescription {

    public String getManufacturerDescription() {
        throw new UnsupportedOperationException("signature only");
    }

    public String getHardwareDescription() {
        throw new UnsupportedOperationException("signature only");
    }

    public String getSoftwareDescription() {
        throw new UnsupportedOperationException("signature only");
    }
}
