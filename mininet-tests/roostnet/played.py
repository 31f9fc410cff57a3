"""Home agents and mobile nodes that are nothing but packets: scapy writes them, no daemon of ours is involved.

A played home agent behaves like an unmodified one: it advertises itself, answers neighbor
solicitations, accepts binding updates, and, if asked to, also answers for the anycast address,
as existing home agents do.
"""

from __future__ import annotations

import ipaddress
import selectors
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from scapy.layers.inet6 import (
    HAO,
    ICMPv6HAADReply,
    ICMPv6HAADRequest,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_RA,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptHAInfo,
    ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrRouting,
    MIP6MH_BA,
    MIP6MH_BU,
    MIP6OptAltCoA,
    MIP6OptMsgAuth,
)
from scapy.layers.ipsec import ESP
from scapy.layers.l2 import Ether
from scapy.packet import Packet

from roostnet import plan
from roostnet.namespaces import packet_socket
from roostnet.topology import Network

ALL_NODES = "ff02::1"
ALL_NODES_MAC = "33:33:00:00:00:01"


class Wire:
    """A host's cable in our hands: frames out, frames in (on a thread of its own)."""

    def __init__(self, network: Network, host: str) -> None:
        self._socket = packet_socket("eth0", network.host(host).pid)
        self._socket.setblocking(False)
        self._listeners: list[Callable[[bytes], None]] = []
        self._wake_read, self._wake_write = socket.socketpair()
        self._thread: threading.Thread | None = None
        self.failures: list[Exception] = []
        """What went wrong in listeners; a test looks here at its end."""

    def send(self, frame: Packet | bytes) -> None:
        """Put one frame on the wire."""
        self._socket.send(bytes(frame))

    def listen(self, listener: Callable[[bytes], None]) -> None:
        """Give every frame that arrives from now on to `listener`."""
        self._listeners.append(listener)
        if self._thread is None:
            self._thread = threading.Thread(target=self._receive, name="wire", daemon=True)
            self._thread.start()

    def ignore(self, listener: Callable[[bytes], None]) -> None:
        """Give nothing more to a listener."""
        self._listeners.remove(listener)

    def close(self) -> None:
        """Let go of the cable."""
        if self._thread is not None:
            self._wake_write.send(b"x")
            self._thread.join()
        for one in (self._socket, self._wake_read, self._wake_write):
            one.close()

    def _receive(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._wake_read, selectors.EVENT_READ)
            while True:
                for key, _events in selector.select():
                    if key.fileobj is self._wake_read:
                        return
                    self._hand_on()

    def _hand_on(self) -> None:
        try:
            frame, address = self._socket.recvfrom(65535)
        except OSError:
            return
        if address[2] == socket.PACKET_OUTGOING:
            return
        for listener in list(self._listeners):
            try:
                listener(frame)
            except Exception as failure:  # noqa: BLE001  # told to the test, which fails on it
                self.failures.append(failure)


@dataclass
class PlayedHomeAgent:
    """One home agent on a wire."""

    wire: Wire
    mac: str
    address: str
    preference: int = 10
    lifetime: int = 1800
    answers_anycast: bool = False
    """Like existing home agents, which join the anycast group themselves."""
    acknowledges: bool = True
    """Whether it answers binding updates."""
    is_reachable: bool = True
    """Whether it answers neighbor solicitations for its own addresses."""
    bindings: dict[str, str] = field(default_factory=dict)
    """Home address to care-of address."""
    anycast_frames: list[bytes] = field(default_factory=list)
    """Solicitations and discovery requests for the anycast address that reached it."""
    delivered: list[bytes] = field(default_factory=list)
    """Packets to home addresses that reached it."""

    @property
    def link_local(self) -> str:
        """Its link-local address."""
        return plan.link_local(self.mac)

    def advertisement(self, **changes: object) -> Packet:
        """Its router advertisement; `changes` as the fields of `advertisement_frame`."""
        settings: dict[str, object] = {
            "preference": self.preference,
            "lifetime": self.lifetime,
            "prefix": self.address,
            **changes,
        }
        return advertisement_frame(self.mac, self.link_local, **settings)  # type: ignore[arg-type]

    def advertise(self, **changes: object) -> None:
        """Send one router advertisement."""
        self.wire.send(self.advertisement(**changes))

    def acknowledgement(self, home_address: str, care_of_address: str, sequence: int, units: int) -> Packet:
        """A Binding Acknowledgement of status 0; `units` of 4 seconds."""
        return (
            Ether(src=self.mac, dst=plan.MACS["r"])
            / IPv6(src=self.address, dst=care_of_address)
            / IPv6ExtHdrRouting(type=2, segleft=1, addresses=[home_address])
            / MIP6MH_BA(status=0, seq=sequence, mhtime=units)
        )

    def protected_acknowledgement(self, home_address: str, care_of_address: str) -> Packet:
        """What shows of a Binding Acknowledgement under ESP: the type 2 routing header before it (RFC 3776, 3.1)."""
        return (
            Ether(src=self.mac, dst=plan.MACS["r"])
            / IPv6(src=self.address, dst=care_of_address)
            / IPv6ExtHdrRouting(type=2, segleft=1, addresses=[home_address])
            / ESP(spi=0x2000, seq=1, data=bytes(64))
        )

    def run(self) -> PlayedHomeAgent:
        """Answer from now on."""
        self.wire.listen(self._on_frame)
        return self

    def leave(self) -> None:
        """Answer nothing any more."""
        self.wire.ignore(self._on_frame)

    def _on_frame(self, data: bytes) -> None:
        if data[12:14] != b"\x86\xdd":
            return
        packet = Ether(data)
        target = packet[ICMPv6ND_NS].tgt if ICMPv6ND_NS in packet else None
        if target == plan.ANYCAST or packet[IPv6].dst == plan.ANYCAST:
            self.anycast_frames.append(data)
            if self.answers_anycast:
                self._answer_anycast(packet)
        elif target in (self.address, self.link_local):
            if self.is_reachable:
                self._advertise_neighbor(packet, target)
        elif packet.dst == self.mac and MIP6MH_BU in packet and packet[IPv6].dst == self.address:
            if self.acknowledges:
                self._on_binding_update(packet)
        elif packet.dst == self.mac and packet[IPv6].dst in self.bindings:
            self.delivered.append(data)
            self._tunnel(packet)

    def _answer_anycast(self, packet: Packet) -> None:
        if ICMPv6ND_NS in packet:
            self._advertise_neighbor(packet, plan.ANYCAST, override=0)
        elif ICMPv6HAADRequest in packet:
            reply = self._discovery_reply(packet[ICMPv6HAADRequest])
            self._reply(packet, IPv6(src=self.address, dst=packet[IPv6].src) / reply)

    def _discovery_reply(self, request: ICMPv6HAADRequest) -> ICMPv6HAADReply:
        return ICMPv6HAADReply(id=request.id, addresses=[self.address])

    def _advertise_neighbor(self, packet: Packet, target: str, override: int = 1) -> None:
        asker = packet[IPv6].src
        is_detection = asker == "::"
        self.wire.send(
            Ether(src=self.mac, dst=ALL_NODES_MAC if is_detection else packet.src)
            / IPv6(src=self.link_local, dst=ALL_NODES if is_detection else asker, hlim=255)
            / ICMPv6ND_NA(R=1, S=0 if is_detection else 1, O=override, tgt=target)
            / ICMPv6NDOptDstLLAddr(lladdr=self.mac)
        )

    def _on_binding_update(self, packet: Packet) -> None:
        update = packet[MIP6MH_BU]
        home_address = next(option.hoa for option in packet[IPv6ExtHdrDestOpt].options if isinstance(option, HAO))
        care_of_address = packet[IPv6].src
        if update.mhtime == 0:
            self.bindings.pop(home_address, None)
        else:
            self.bindings[home_address] = care_of_address
        self.wire.send(self.acknowledgement(home_address, care_of_address, update.seq, update.mhtime))

    def _tunnel(self, packet: Packet) -> None:
        care_of_address = self.bindings[packet[IPv6].dst]
        outer = IPv6(src=self.address, dst=care_of_address, nh=41)
        self.wire.send(Ether(src=self.mac, dst=plan.MACS["r"]) / outer / packet[IPv6])

    def _reply(self, packet: Packet, answer: Packet) -> None:
        self.wire.send(Ether(src=self.mac, dst=packet.src) / answer)


def advertisement_frame(
    mac: str,
    link_local: str,
    *,
    is_home_agent: bool = True,
    preference: int | None = 10,
    lifetime: int | None = 1800,
    router_lifetime: int = 0,
    prefix: str | None = None,
    more_prefixes: tuple[str, ...] = (),
    is_router_address: bool = True,
    hop_limit: int = 255,
    destination: str = ALL_NODES,
) -> Packet:
    """A router advertisement on the home link; `preference` None: without the home agent information option.

    `prefix` is the home agent's address; `more_prefixes` are those in other home networks.
    """
    frame = (
        Ether(src=mac, dst=ALL_NODES_MAC)
        / IPv6(src=link_local, dst=destination, hlim=hop_limit)
        / ICMPv6ND_RA(H=int(is_home_agent), routerlifetime=router_lifetime)
    )
    for address in filter(None, (prefix, *more_prefixes)):
        frame /= ICMPv6NDOptPrefixInfo(prefixlen=64, L=1, A=1, R=int(is_router_address), prefix=address)
    if preference is not None:
        frame /= ICMPv6NDOptHAInfo(pref=preference, lifetime=lifetime)
    return frame / ICMPv6NDOptSrcLLAddr(lladdr=mac)


def many_home_agents(wire: Wire, count: int, first: int = 0x1000, **settings: object) -> list[PlayedHomeAgent]:
    """`count` home agents on one wire: 2001:db8:1::1000 upwards, hardware addresses to match."""
    base = ipaddress.IPv6Address("2001:db8:1::")
    return [
        PlayedHomeAgent(
            wire,
            mac=f"02:00:00:01:{number >> 8:02x}:{number & 0xFF:02x}",
            address=str(base + number),
            **settings,  # type: ignore[arg-type]
        )
        for number in range(first, first + count)
    ]


class PlayedMobileNodes:
    """Mobile nodes behind host gen: they ask and register; what comes back is seen at gen's port."""

    def __init__(self, network: Network) -> None:
        self.wire = Wire(network, "gen")
        self.mac = plan.MACS["gen"]
        text = network.shell("rf", "cat", "/sys/class/net/rf-l3/address")
        self._router_mac = text.strip()

    @staticmethod
    def care_of_address(number: int) -> str:
        """The care-of address of mobile node `number`: 2001:db8:5::1 upwards."""
        return str(ipaddress.IPv6Address("2001:db8:5::1") + number)

    def discovery_request(
        self, number: int, identifier: int, source: str | None = None, anycast: str = plan.ANYCAST
    ) -> bytes:
        """The frame in which mobile node `number` asks for home agents."""
        packet = IPv6(src=source or self.care_of_address(number), dst=anycast, hlim=64)
        return bytes(self._frame(packet / ICMPv6HAADRequest(id=identifier)))

    def binding_update(
        self,
        number: int,
        home_address: str,
        home_agent: str,
        sequence: int,
        lifetime: int,
        care_of_address: str | None = None,
        authenticator: bytes | None = None,
    ) -> bytes:
        """The frame in which mobile node `number` registers; `lifetime` in seconds, 0 ends the binding.

        `care_of_address` is what it asks packets to be sent to, if that is not where it asks from; `authenticator`
        is that of an MN-HA authentication option of index 256 (RFC 4285, 5.1), genuine or not.
        """
        source = self.care_of_address(number)
        packet = (
            IPv6(src=source, dst=home_agent, hlim=64)
            # The Home Address option alone: with padding written out scapy takes the wrong address for the checksum.
            / IPv6ExtHdrDestOpt(options=[HAO(hoa=home_address)])
            / MIP6MH_BU(
                seq=sequence,
                flags="HA",
                mhtime=lifetime // 4,
                options=[
                    MIP6OptAltCoA(acoa=care_of_address or source),
                    *([MIP6OptMsgAuth(subtype=1, mspi=256, authdata=authenticator)] if authenticator else []),
                ],
            )
        )
        return bytes(self._frame(packet))

    def protected_update(self, number: int, home_address: str, home_agent: str) -> bytes:
        """What shows of a registration under ESP: the Home Address option before it (RFC 3776, 3.1), and no more."""
        packet = (
            IPv6(src=self.care_of_address(number), dst=home_agent, hlim=64)
            / IPv6ExtHdrDestOpt(options=[HAO(hoa=home_address)])
            / ESP(spi=0x1000 + number, seq=1, data=bytes(64))
        )
        return bytes(self._frame(packet))

    def _frame(self, packet: Packet) -> Packet:
        return Ether(src=self.mac, dst=self._router_mac) / packet
