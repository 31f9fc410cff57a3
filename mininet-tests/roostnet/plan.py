"""The address plan of the demo network: one place, read by the topology, the demo and the tests.

    home link    2001:db8:1::/64   switches s1, s2; ha1 ha2 h r on s1, ha3 on s2
    beyond it    2001:db8:2::/64   correspondent node cn behind router r
    foreign      2001:db8:3::/64   behind router rf
    foreign      2001:db8:4::/64   behind router rf
    generated    2001:db8:5::/64   care-of addresses of played mobile nodes, routed to host gen;
                 2001:db8:7000::/36   as many foreign links as a test wants, routed there, too
    second home  2001:db8:6::/64   on the home link, where a test wants a second home network
    r - rf       2001:db8:f::/64
"""

from __future__ import annotations

import ipaddress

HOME_PREFIX = "2001:db8:1::/64"
CORRESPONDENT_PREFIX = "2001:db8:2::/64"
FOREIGN_PREFIXES = ("2001:db8:3::/64", "2001:db8:4::/64")
GENERATED_PREFIXES = ("2001:db8:5::/64", "2001:db8:7000::/36")
"""One foreign link, and very many."""

ANYCAST = "2001:db8:1:0:fdff:ffff:ffff:fffe"
"""Mobile IPv6 Home-Agents anycast address of the home prefix (RFC 2526)."""
REPRESENTATIVE = "2001:db8:1::fe"
REPRESENTATIVE_MAC = "02:00:5e:00:00:fe"

SECOND_HOME_NETWORK = {
    "name": "second",
    "prefix": "2001:db8:6::/64",
    "representative": {"address": "2001:db8:6::fe", "linkLayerAddress": "02:00:5e:00:00:fd"},
}
"""Another home network on the same link, for who wants it: as in the controller's configuration."""
SECOND_ANYCAST = "2001:db8:6:0:fdff:ffff:ffff:fffe"
SECOND_ROUTER = "2001:db8:6::1"

ROUTER = "2001:db8:1::1"
TERMINAL = "2001:db8:1::4"
CORRESPONDENT = "2001:db8:2::c"
HOME_AGENTS = {"ha1": "2001:db8:1::11", "ha2": "2001:db8:1::12", "ha3": "2001:db8:1::13"}

MACS = {
    "r": "02:00:00:00:00:01",
    "h": "02:00:00:00:00:04",
    "ha1": "02:00:00:00:00:11",
    "ha2": "02:00:00:00:00:12",
    "ha3": "02:00:00:00:00:13",
    "p1": "02:00:00:00:00:21",
    "p2": "02:00:00:00:00:22",
    "p3": "02:00:00:00:00:23",
    "cn": "02:00:00:00:00:0c",
    "mn": "02:00:00:00:01:00",
    "gen": "02:00:00:00:02:00",
}
"""Hardware address of each host's interface on its first link."""


def home_address(number: int = 0) -> str:
    """Home address of the mobile node with this number: 2001:db8:1::100 upwards."""
    return str(ipaddress.IPv6Address("2001:db8:1::100") + number)


def link_local(mac: str) -> str:
    """The link-local address that the kernel forms from a hardware address (RFC 4291, appendix A)."""
    octets = [int(part, 16) for part in mac.split(":")]
    identifier = bytes([octets[0] ^ 2, *octets[1:3], 0xFF, 0xFE, *octets[3:]])
    return str(ipaddress.IPv6Address(bytes.fromhex("fe80000000000000") + identifier))
