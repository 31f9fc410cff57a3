"""Home agents of the forwarding protocol that are nothing but packets: they refuse, keep silent and forge at will."""

from __future__ import annotations

import dataclasses
import itertools
import random
import threading
from dataclasses import dataclass, field

from scapy.layers.inet import UDP
from scapy.layers.inet6 import ICMPv6ND_NA, ICMPv6ND_NS, ICMPv6NDOptDstLLAddr, IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Packet, Raw

from roostnet import forwarding, plan
from roostnet.forwarding import Key, Message
from roostnet.played import ALL_NODES, ALL_NODES_MAC, PlayedHomeAgent
from roostnet.polling import PATIENCE, eventually

BOTH_ROLES = forwarding.PRIMARY_ROLE | forwarding.SECONDARY_ROLE


@dataclass
class Peer:
    """The other end as far as it is known."""

    mac: str = ""
    session: int = 0
    sequence: int = 0
    highest: int = 0
    """Sequence number of the last message it sent."""


@dataclass
class PlayedForwarder(PlayedHomeAgent):
    """A home agent that speaks the protocol: a secondary by itself, a primary as far as a test makes it one."""

    key: Key = field(default_factory=lambda: Key(1, b"a key of the tests alone"))
    session: int = field(default_factory=lambda: random.getrandbits(64) | 1)
    refusal: int = forwarding.ACCEPTED
    """The status with which it refuses to forward; ACCEPTED: it does not."""
    is_silent: bool = False
    """Whether it says nothing to anybody, though it is there."""
    answers_to_lose: int = 0
    """So many acknowledgements to Start and Stop from now on get lost on the way."""
    repeats: int = 1
    """How often each acknowledgement is sent."""
    entries: dict[str, Message] = field(default_factory=dict)
    """Whom it forwards for: home address to the Start."""
    heard: list[Message] = field(default_factory=list)
    """All genuine messages, in their order."""
    forged: list[bytes] = field(default_factory=list)
    """Datagrams whose authenticator is wrong, or whose sequence number is no news."""

    def __post_init__(self) -> None:
        self._peers: dict[str, Peer] = {}
        self._identifiers = itertools.count(random.getrandbits(31))
        self._lock = threading.RLock()

    # What it says

    def request(self, peer: str, message: Message, mac: str = "") -> Message:
        """Send a request until it is acknowledged; the acknowledgement (the one of the right session)."""
        identifier = next(self._identifiers)
        numbered = dataclasses.replace(message, identifier=identifier)
        mark = len(self.heard)

        def answers() -> list[Message]:
            return [
                one
                for one in self.heard[mark:]
                if one.identifier == identifier and one.type == message.type + 1 and one.status != forwarding.SESSION
            ]

        eventually(
            answers,
            f"{peer} answers {message}",
            PATIENCE,
            meanwhile=lambda: self.say(peer, numbered, mac=mac),
            again=0.3,
        )
        return answers()[0]

    def say(self, peer: str, message: Message, *, key: Key | None = None, mac: str = "") -> bytes:
        """Send one message, its header filled in; the datagram."""
        with self._lock:
            known = self._peers.setdefault(peer, Peer())
            known.mac = mac or known.mac
            known.sequence += 1
            filled = dataclasses.replace(
                message,
                sender_session=self.session,
                receiver_session=known.session,
                sequence=known.sequence,
            )
            datagram = filled.octets(key or self.key, self.address, peer)
            self.put(peer, datagram)
        return datagram

    def put(self, peer: str, datagram: bytes) -> None:
        """Send a datagram as it is."""
        known = self._peers.setdefault(peer, Peer())
        mac = known.mac or next(plan.MACS[name] for name, address in plan.HOME_AGENTS.items() if address == peer)
        self.wire.send(
            Ether(src=self.mac, dst=mac)
            / IPv6(src=self.address, dst=peer, hlim=64)
            / UDP(sport=forwarding.PORT, dport=forwarding.PORT)
            / Raw(datagram)
        )

    def heard_of(self, kind: int, home_address: str | None = None, since: int = 0) -> list[Message]:
        """The messages of a type, about a home address when given."""
        return [
            one
            for one in self.heard[since:]
            if one.type == kind and (home_address is None or one.home_address == home_address)
        ]

    def announce(self, home_address: str) -> None:
        """An unsolicited neighbor advertisement: packets for the home address are to come here."""
        self.wire.send(
            Ether(src=self.mac, dst=ALL_NODES_MAC)
            / IPv6(src=self.link_local, dst=ALL_NODES, hlim=255)
            / ICMPv6ND_NA(R=1, S=0, O=1, tgt=home_address)
            / ICMPv6NDOptDstLLAddr(lladdr=self.mac)
        )

    # What it hears

    def _on_frame(self, data: bytes) -> None:
        if data[12:14] != b"\x86\xdd":
            return
        packet = Ether(data)
        if packet.dst == self.mac and UDP in packet and packet[UDP].dport == forwarding.PORT:
            if packet[IPv6].dst == self.address:
                self._on_datagram(packet, bytes(packet[UDP].payload))
        elif ICMPv6ND_NS in packet and packet[ICMPv6ND_NS].tgt in self.entries:
            self._advertise_neighbor(packet, packet[ICMPv6ND_NS].tgt)
        elif packet.dst == self.mac and packet[IPv6].dst in self.entries:
            self.delivered.append(data)
            self._forward(packet)
        elif packet.dst == self.mac and packet[IPv6].nh == 41 and packet[IPv6].dst != self.address:
            self._take_out(packet)
        else:
            super()._on_frame(data)

    def _on_datagram(self, packet: Packet, datagram: bytes) -> None:
        source = packet[IPv6].src
        if not forwarding.is_genuine(datagram, self.key, source, self.address):
            self.forged.append(datagram)
            return
        message = forwarding.parse(datagram)
        with self._lock:
            peer = self._peers.setdefault(source, Peer())
            peer.mac = packet.src
            self.heard.append(message)
            if self.is_silent:
                return
            if message.is_request and message.receiver_session != self.session:
                # It has begun before us, or we anew: it learns our session, and nothing else happens.
                peer.session = message.sender_session
                self._answer(source, message, forwarding.SESSION)
                return
            peer.session = message.sender_session
            self._obey(source, message)

    def _obey(self, source: str, message: Message) -> None:
        home_address = message.home_address
        if message.type == forwarding.HELLO:
            self._answer(source, message, forwarding.ACCEPTED)
        elif message.type == forwarding.START and home_address is not None:
            if self.refusal == forwarding.ACCEPTED:
                self.entries[home_address] = message
                self.announce(home_address)
            self._acknowledge(source, message, self.refusal)
        elif message.type == forwarding.STOP and home_address is not None:
            held = self.entries.get(home_address)
            if held is not None and held.epoch <= message.epoch:
                del self.entries[home_address]
            self._acknowledge(source, message, forwarding.ACCEPTED)

    def _acknowledge(self, peer: str, request: Message, status: int) -> None:
        if self.answers_to_lose > 0:
            self.answers_to_lose -= 1
            return
        for _ in range(self.repeats):
            self._answer(peer, request, status)

    def _answer(self, peer: str, request: Message, status: int) -> None:
        is_hello = request.type == forwarding.HELLO
        home_address = request.option(forwarding.HOME_ADDRESS)
        counters = [
            forwarding.counter(forwarding.PACKETS_TRANSMITTED, 0),
            forwarding.counter(forwarding.ENTRIES, len(self.entries)),
            forwarding.counter(forwarding.ALL_ENTRIES, len(self.entries)),
        ]
        options = counters if is_hello else [(forwarding.HOME_ADDRESS, home_address)] if home_address else []
        self.say(
            peer,
            Message(
                request.type + 1,
                request.identifier,
                status,
                flags=BOTH_ROLES if is_hello else 0,
                epoch=request.epoch,
                options=tuple(options),
            ),
        )

    # What it carries

    def _forward(self, packet: Packet) -> None:
        entry = self.entries[packet[IPv6].dst]
        outer = IPv6(src=entry.address(forwarding.TUNNEL_SOURCE), dst=entry.address(forwarding.CARE_OF_ADDRESS), nh=41)
        self.wire.send(Ether(src=self.mac, dst=plan.MACS["r"]) / outer / packet[IPv6])

    def _take_out(self, packet: Packet) -> None:
        inner = packet[IPv6].payload
        entry = self.entries.get(inner.src)
        if entry is not None and entry.address(forwarding.CARE_OF_ADDRESS) == packet[IPv6].src:
            self.wire.send(Ether(src=self.mac, dst=plan.MACS["r"]) / inner)


def played_forwarder(wire: object, number: int, **settings: object) -> PlayedForwarder:
    """One at 2001:db8:1::NUMBER on a wire, its hardware address to match; `run` makes it answer."""
    return PlayedForwarder(
        wire,  # type: ignore[arg-type]
        mac=f"02:00:00:01:{number >> 8:02x}:{number & 0xFF:02x}",
        address=f"2001:db8:1::{number:x}",
        **settings,  # type: ignore[arg-type]
    )
