package dev.roost.mobileip;

/**
 * A mobility option (RFC 6275, 6.2).
 *
 * <pre>
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *  |  Option Type  | Option Length |   Option Data ...             ~
 *  +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * </pre>
 *
 * <p>Option Length leaves out type and length themselves; {@link #length()} does not.
 */
public sealed interface MobilityOption extends AlignedOption
        permits Pad1,
                PadN,
                BindingRefreshAdvice,
                AlternateCareOfAddress,
                NonceIndices,
                BindingAuthorizationData,
                MobileNodeIdentifier,
                MobilityAuthentication,
                UnknownMobilityOption {}
