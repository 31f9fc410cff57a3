"""A home network without Roost: every home agent owns the anycast address (FIG. 24 and 25 of the patent).

The home agents hear each other's advertisements and list each other.  The router asks who has
the anycast address, all answer, and since none of the answers may override another (RFC 4861,
7.2.4, for anycast), the router keeps the first: one home agent gets every discovery request.

Packets are scapy's; the router between them is a Linux kernel, and nobody tells it anything else.
"""

from __future__ import annotations

import collections
from collections.abc import Sequence
from dataclasses import dataclass, field

from scapy.layers.inet6 import (
    ICMPv6HAADReply,
    ICMPv6HAADRequest,
    ICMPv6ND_RA,
    ICMPv6NDOptHAInfo,
    ICMPv6NDOptPrefixInfo,
)
from scapy.layers.l2 import Ether
from scapy.packet import Packet

from roostnet import frames, plan
from roostnet.capture import Capture, Seen
from roostnet.played import PlayedHomeAgent, PlayedMobileNodes
from roostnet.polling import eventually

ASK_AGAIN_SECONDS = 3.0
"""INITIAL_DHAAD_TIMEOUT (RFC 6275, 12); an update is sent again as late."""
LIFETIME_SECONDS = 600


@dataclass
class PriorArtHomeAgent(PlayedHomeAgent):
    """One of several home agents that each own the anycast address, and answer discovery requests themselves."""

    answers_anycast: bool = True
    others: dict[str, int] = field(default_factory=dict)
    """Addresses and preferences of the home agents heard on the link (steps 132 to 139)."""

    def home_agents(self) -> list[str]:
        """What it answers: by preference, itself first among equals; its own address, if on top, is left out (149)."""
        listed = {self.address: self.preference, **self.others}
        ordered = sorted(listed, key=lambda address: -listed[address])
        return ordered[1:] if ordered[0] == self.address else ordered

    def _on_frame(self, data: bytes) -> None:
        if data[20:21] == b"\x3a" and data[54:55] == b"\x86":
            self._hear(Ether(data))
        else:
            super()._on_frame(data)

    def _hear(self, packet: Packet) -> None:
        prefix = packet.getlayer(ICMPv6NDOptPrefixInfo)
        if packet[ICMPv6ND_RA].H and prefix is not None and prefix.R:
            information = packet.getlayer(ICMPv6NDOptHAInfo)
            self.others[prefix.prefix] = information.pref if information else 0

    def _discovery_reply(self, request: ICMPv6HAADRequest) -> ICMPv6HAADReply:
        return ICMPv6HAADReply(id=request.id, addresses=self.home_agents())


class Registrations:
    """Mobile nodes that look for a home agent and register, one after the other, as those of the patent do."""

    def __init__(self, nodes: PlayedMobileNodes, capture: Capture, first: int) -> None:
        """`first` is the number of the first mobile node: care-of and home addresses count from there."""
        self._nodes = nodes
        self._capture = capture
        self._first = first

    def run(self, count: int) -> list[str]:
        """The home agent that each has registered with, in their order."""
        return [self._register(self._first + number) for number in range(count)]

    def _register(self, number: int) -> str:
        home_agent = chosen(self._discover(number))
        update = self._nodes.binding_update(number, plan.home_address(number), home_agent, 1, LIFETIME_SECONDS)

        def accepted(seen: Seen) -> bool:
            return (
                frames.destination(seen) == self._nodes.care_of_address(number)
                and frames.binding_acknowledgement(seen)
                and frames.acknowledgement_of(seen).status == 0
            )

        return frames.source(self._ask(update, accepted, f"mobile node {number} is registered"))

    def _discover(self, number: int) -> Seen:
        identifier = number % 0x10000

        def answered(seen: Seen) -> bool:
            return frames.discovery_reply(seen) and frames.discovery_identifier(seen) == identifier

        return self._ask(
            self._nodes.discovery_request(number, identifier), answered, f"mobile node {number} has a list"
        )

    def _ask(self, question: bytes, wanted: frames.Predicate, what: str) -> Seen:
        mark = self._capture.mark()
        found = eventually(
            lambda: self._capture.matching(frames.at("gen", wanted, sent=False), mark),
            what,
            every=0.002,
            meanwhile=lambda: self._nodes.wire.send(question),
            again=ASK_AGAIN_SECONDS,
        )
        return found[0]


def chosen(reply: Seen) -> str:
    """Whom a mobile node registers with: the sender if it is not on its list (150), else the first of the list."""
    sender = frames.source(reply)
    listed = frames.listed_addresses(reply)
    return listed[0] if sender in listed else sender


def shares(registered: Sequence[str], home_agents: Sequence[str]) -> dict[str, int]:
    """How many mobile nodes each home agent has; those with none are there, too."""
    counted = collections.Counter(registered)
    return {address: counted[address] for address in home_agents}


def peak_over_mean(counts: dict[str, int]) -> float:
    """The largest share over the mean one: 1 is even, the number of home agents is all on one."""
    return max(counts.values()) * len(counts) / sum(counts.values())
