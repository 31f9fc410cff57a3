"""What a recorded frame is, in the words of RFC 6275; the reading is scapy's, not ours."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Address

from scapy.layers.inet6 import (
    HAO,
    ICMPv6HAADReply,
    ICMPv6HAADRequest,
    ICMPv6ND_NA,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptHAInfo,
    ICMPv6NDOptPrefixInfo,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrRouting,
    MIP6MH_BA,
    MIP6MH_BU,
    MIP6OptAltCoA,
)

from roostnet.capture import Seen

Predicate = Callable[[Seen], bool]

ICMPV6_ECHO_REQUEST = 128
ICMPV6_ECHO_REPLY = 129
ICMPV6_PACKET_TOO_BIG = 2


def same(one: str, other: str) -> bool:
    """Whether two texts name the same IPv6 address."""
    return IPv6Address(one) == IPv6Address(other)


def source(seen: Seen) -> str:
    """IPv6 source in RFC 5952 form."""
    return str(IPv6Address(seen.frame[22:38]))


def destination(seen: Seen) -> str:
    """IPv6 destination in RFC 5952 form."""
    return str(IPv6Address(seen.frame[38:54]))


def at(host: str, wanted: Predicate, *, sent: bool | None = None) -> Predicate:
    """`wanted` at one host's port; `sent` True: sent by the host, False: delivered to it, None: either."""
    return lambda seen: seen.host == host and (sent is None or seen.is_from_host == sent) and wanted(seen)


def router_advertisement(seen: Seen) -> bool:
    """Any router advertisement."""
    return seen.icmp_type == 134


def router_solicitation(seen: Seen) -> bool:
    """ICMPv6 133."""
    return seen.icmp_type == 133


def home_agent_advertisement(seen: Seen) -> bool:
    """A router advertisement with the Home Agent (H) bit."""
    return seen.icmp_type == 134 and bool(seen.frame[59] & 0x20)


def discovery_request(seen: Seen) -> bool:
    """ICMPv6 144."""
    return seen.icmp_type == 144


def discovery_reply(seen: Seen) -> bool:
    """ICMPv6 145."""
    return seen.icmp_type == 145


def solicitation(target: str) -> Predicate:
    """A neighbor solicitation for `target`."""
    return lambda seen: seen.icmp_type == 135 and seen.frame[62:78] == IPv6Address(target).packed


def advertisement(target: str) -> Predicate:
    """A neighbor advertisement for `target`."""
    return lambda seen: seen.icmp_type == 136 and seen.frame[62:78] == IPv6Address(target).packed


def neighbor_advertisement(seen: Seen) -> bool:
    """A neighbor advertisement, whatever its target."""
    return seen.icmp_type == 136


def binding_update(seen: Seen) -> bool:
    """A Binding Update, behind destination options or plain."""
    return seen.frame[20] in (60, 135) and MIP6MH_BU in seen.packet


def binding_acknowledgement(seen: Seen) -> bool:
    """A Binding Acknowledgement, behind a routing header or plain."""
    return seen.frame[20] in (43, 135) and MIP6MH_BA in seen.packet


def tunnelled(seen: Seen) -> bool:
    """IPv6 in IPv6 (RFC 2473), nothing in between."""
    return seen.frame[20] == 41


def inner(seen: Seen) -> IPv6:
    """The packet inside a tunnelled one."""
    return seen.packet[IPv6].payload


def echo_request(seen: Seen) -> bool:
    """An echo request, not tunnelled."""
    return seen.icmp_type == ICMPV6_ECHO_REQUEST


def listed_addresses(seen: Seen) -> list[str]:
    """The addresses of a discovery reply, first to last."""
    return [str(IPv6Address(address)) for address in seen.packet[ICMPv6HAADReply].addresses]


def discovery_identifier(seen: Seen) -> int:
    """The identifier of a discovery request or reply."""
    layer = ICMPv6HAADRequest if seen.icmp_type == 144 else ICMPv6HAADReply
    return int(seen.packet[layer].id)


def advertised_flags(seen: Seen) -> str:
    """R, S and O of a neighbor advertisement, such as `R=1 S=1 O=0`."""
    packet = seen.packet[ICMPv6ND_NA]
    return f"R={packet.R} S={packet.S} O={packet.O}"


def advertised_mac(seen: Seen) -> str | None:
    """The target link-layer address of a neighbor advertisement."""
    option = seen.packet.getlayer(ICMPv6NDOptDstLLAddr)
    return option.lladdr if option else None


def home_address_of(seen: Seen) -> str | None:
    """The home address that a binding message is about."""
    packet = seen.packet
    if IPv6ExtHdrDestOpt in packet:
        for option in packet[IPv6ExtHdrDestOpt].options:
            if isinstance(option, HAO):
                return str(IPv6Address(option.hoa))
    if IPv6ExtHdrRouting in packet and packet[IPv6ExtHdrRouting].type == 2:
        return str(IPv6Address(packet[IPv6ExtHdrRouting].addresses[0]))
    return source(seen) if binding_update(seen) else destination(seen)


def care_of_address_of(seen: Seen) -> str:
    """The care-of address that a Binding Update asks for: its option, else its source."""
    for option in seen.packet[MIP6MH_BU].options:
        if isinstance(option, MIP6OptAltCoA):
            return str(IPv6Address(option.acoa))
    return source(seen)


def update_of(seen: Seen) -> MIP6MH_BU:
    """The Binding Update of a frame."""
    return seen.packet[MIP6MH_BU]


def acknowledgement_of(seen: Seen) -> MIP6MH_BA:
    """The Binding Acknowledgement of a frame."""
    return seen.packet[MIP6MH_BA]


def advertised_home_agent(seen: Seen) -> tuple[int | None, int | None, str | None]:
    """Preference and lifetime (None: no option), and global address (None: no R flag) of a router advertisement."""
    packet = seen.packet
    information = packet.getlayer(ICMPv6NDOptHAInfo)
    prefix = packet.getlayer(ICMPv6NDOptPrefixInfo)
    return (
        information.pref if information else None,
        information.lifetime if information else None,
        str(IPv6Address(prefix.prefix)) if prefix and prefix.R else None,
    )
