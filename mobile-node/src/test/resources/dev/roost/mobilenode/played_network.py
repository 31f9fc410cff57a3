"""Plays everything around mobile nodes on one interface, with scapy and nothing of the product.

A router of a link (advertisements, neighbor discovery), the answer to home agent address discovery, one home agent
(binding acknowledgements, tunnel) and a correspondent node behind it. What it sees is printed, one line a thing; what it
is told on standard input it does:

  link N              from now on this is link N (1 and 2 are foreign, 0 is home); the mobile node is not told
  ping HOME           an echo request to a home address, through the tunnel
  ping-stranger HOME  the same in a tunnel from an address that is not the home agent's
  ping-direct HOME    an echo request to a home address, on the home link
  resync HOME         an acknowledgement with status 135 nobody asked for
  solicit ADDRESS     a neighbor solicitation
  quit
"""

import select
import socket
import sys

from scapy.all import (
    Ether, ICMPv6EchoReply, ICMPv6EchoRequest, ICMPv6HAADReply, ICMPv6HAADRequest, ICMPv6ND_NA, ICMPv6ND_NS,
    ICMPv6ND_RA, ICMPv6ND_RS, ICMPv6NDOptAdvInterval, ICMPv6NDOptDstLLAddr, ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptSrcLLAddr, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrRouting, conf,
)  # fmt: skip
from scapy.layers.inet6 import HAO, MIP6MH_BA, MIP6MH_BU, MIP6OptAltCoA
from scapy.pton_ntop import inet_ntop, inet_pton
from scapy.utils6 import in6_getnsma, in6_getnsmac

interface, mobile_node_mac = sys.argv[1], sys.argv[2]
HOME_AGENT = "2001:db8:1::11"
SPARE = "2001:db8:1::12"
REPRESENTATIVE = "2001:db8:1::fe"
ANYCAST = "2001:db8:1:0:fdff:ffff:ffff:fffe"
CORRESPONDENT = "2001:db8:2::c"
LINKS = {0: "2001:db8:1::", 1: "2001:db8:3::", 2: "2001:db8:4::"}

conf.verb = 0
wire = conf.L2socket(iface=interface)
# Unbuffered: a line that waits in a buffer would not make select return.
commands = open(0, "rb", buffering=0)
link = 1
bindings: dict[str, str] = {}  # care-of address by home address


def router(which: int) -> tuple[str, str]:
    """Link-layer and link-local address of a link's router."""
    return f"02:00:00:00:0{which}:01", f"fe80::{which + 1}"


def say(*words: object) -> None:
    print(*words, flush=True)


def send(packet: IPv6, to: str) -> None:
    wire.send(Ether(src=router(link)[0], dst=to) / packet)


def advertise() -> None:
    mac, address = router(link)
    send(
        IPv6(src=address, dst="ff02::1", hlim=255)
        / ICMPv6ND_RA(routerlifetime=1800, H=int(link == 0))
        / ICMPv6NDOptSrcLLAddr(lladdr=mac)
        / ICMPv6NDOptAdvInterval(advint=1000)
        / ICMPv6NDOptPrefixInfo(prefixlen=64, L=1, A=1, R=int(link == 0), validlifetime=86400, preferredlifetime=14400,
                                prefix=HOME_AGENT if link == 0 else LINKS[link]),
        "33:33:00:00:00:01",
    )  # fmt: skip


def on_solicitation(frame: Ether) -> None:
    target, source = frame[ICMPv6ND_NS].tgt, frame[IPv6].src
    if source == "::":
        say("address-detection", target)
    if target == router(link)[1] and source != "::":
        answer = ICMPv6ND_NA(R=1, S=1, O=1, tgt=target) / ICMPv6NDOptDstLLAddr(lladdr=router(link)[0])
        send(IPv6(src=target, dst=source, hlim=255) / answer, frame.src)


def on_binding_update(frame: Ether) -> None:
    packet, update = frame[IPv6], frame[MIP6MH_BU]
    options = [option for option in packet[IPv6ExtHdrDestOpt].options if isinstance(option, HAO)] \
        if IPv6ExtHdrDestOpt in packet else []
    home = options[0].hoa if options else packet.src
    alternate = [option.acoa for option in update.options if isinstance(option, MIP6OptAltCoA)]
    say("binding-update", packet.src, packet.dst, home, alternate[0], "flags", str(update.flags), "lifetime",
        update.mhtime * 4, "sequence", update.seq)
    if packet.dst != HOME_AGENT:
        return
    bindings[home] = alternate[0]
    acknowledge(0, update.seq, update.mhtime, packet.src, frame.src, home)


def acknowledge(status: int, sequence: int, lifetime: int, to: str, mac: str, home: str) -> None:
    message = MIP6MH_BA(status=status, seq=sequence, mhtime=lifetime)
    packet = IPv6(src=HOME_AGENT, dst=to)
    if to != home:
        packet /= IPv6ExtHdrRouting(type=2, segleft=1, addresses=[home])
    send(packet / message, mac)


def on_frame(frame: Ether) -> None:
    if IPv6 not in frame or frame.src != mobile_node_mac:
        return
    packet = frame[IPv6]
    if ICMPv6ND_RS in packet:
        say("router-solicitation", packet.src)
        advertise()
    elif packet.nh == 41:
        inner = packet.payload
        if ICMPv6EchoReply in inner:
            say("tunnelled-reply", packet.src, packet.dst, inner.src, inner.dst)
    elif ICMPv6ND_NS in packet:
        on_solicitation(frame)
    elif ICMPv6ND_NA in packet:
        advertisement = packet[ICMPv6ND_NA]
        say("neighbor-advertisement", advertisement.tgt, packet.dst, f"S={advertisement.S} O={advertisement.O}",
            packet[ICMPv6NDOptDstLLAddr].lladdr)
    elif ICMPv6HAADRequest in packet:
        say("discovery-request", packet.src, packet.dst)
        answer = ICMPv6HAADReply(id=packet[ICMPv6HAADRequest].id, addresses=[HOME_AGENT, SPARE, REPRESENTATIVE])
        send(IPv6(src=REPRESENTATIVE, dst=packet.src) / answer, frame.src)
    elif MIP6MH_BU in packet:
        on_binding_update(frame)
    elif ICMPv6EchoReply in packet:
        say("direct-reply", packet.src, packet.dst)


def echo(home: str) -> IPv6:
    return IPv6(src=CORRESPONDENT, dst=home, hlim=60) / ICMPv6EchoRequest(id=1, seq=1, data=b"roost")


def on_command(words: list[str]) -> bool:
    global link
    command, subject = words[0], words[-1]
    if command == "link":
        link = int(subject)
    elif command == "ping":
        send(IPv6(src=HOME_AGENT, dst=bindings[subject]) / echo(subject), mobile_node_mac)
    elif command == "ping-stranger":
        send(IPv6(src=SPARE, dst=bindings[subject]) / echo(subject), mobile_node_mac)
    elif command == "ping-direct":
        send(echo(subject), mobile_node_mac)
    elif command == "resync":
        acknowledge(135, 4711, 0, bindings[subject], mobile_node_mac, subject)
    elif command == "solicit":
        mac, address = router(link)
        group = in6_getnsma(inet_pton(socket.AF_INET6, subject))
        send(
            IPv6(src=address, dst=inet_ntop(socket.AF_INET6, group), hlim=255)
            / ICMPv6ND_NS(tgt=subject)
            / ICMPv6NDOptSrcLLAddr(lladdr=mac),
            in6_getnsmac(group),
        )
    return command != "quit"


say("ready")
running = True
while running:
    readable, _, _ = select.select([wire, commands], [], [], 1.0)
    if not readable:
        advertise()
    if wire in readable:
        received = wire.recv()
        if received is not None:
            on_frame(received)
    if commands in readable:
        line = commands.readline().decode()
        running = bool(line) and on_command(line.split())
