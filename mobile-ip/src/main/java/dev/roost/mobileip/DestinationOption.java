package dev.roost.mobileip;

/**
 * An option of a destination options or hop-by-hop options header (RFC 8200, 4.2).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+- - - - - - - - -
 *  |  Option Type  |  Opt Data Len |  Option Data
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+- - - - - - - - -
 * </pre>
 */
public sealed interface DestinationOption extends AlignedOption
        permits Pad1, PadN, HomeAddressOption, UnknownDestinationOption {}
