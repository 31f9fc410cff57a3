"""FIG. 23 of the patent, step by step, as it is seen on the wire and in the tables.

The steps' numbers are the patent's.  Each is told only when it was observed: packets at the
switches' ports, counters in the OpenFlow channel, tables through REST and in the kernels.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scapy.layers.inet6 import ICMPv6HAADReply, ICMPv6ND_RA, ICMPv6NDOptPrefixInfo, IPv6

from roostnet import frames, plan
from roostnet.capture import Capture, Seen
from roostnet.controllers import OPENFLOW_PORT, Controller
from roostnet.daemons import HomeAgent, MobileNode
from roostnet.openflow import Channel, PortPoll
from roostnet.polling import eventually
from roostnet.processes import Supervised
from roostnet.topology import Network, is_answered

STEPS = range(101, 121)
SWITCH_NUMBERS = {"00:00:00:00:00:00:00:01": 1, "00:00:00:00:00:00:00:02": 2}


@dataclass(frozen=True)
class Step:
    """One observed step."""

    number: int
    time: float
    """Seconds since the epoch."""
    who: str
    whom: str
    what: str
    details: tuple[str, ...] = ()


class Sequence:
    """Plays and observes the sequence; tells each step to a listener as it is observed."""

    def __init__(
        self, network: Network, controller: Controller, capture: Capture, tell: Callable[[Step], None]
    ) -> None:
        """The network and the controller are up, nothing else is."""
        self._network = network
        self._controller = controller
        self._capture = capture
        self._channel = Channel(OPENFLOW_PORT)
        self._fed = 0
        self._tell = tell
        self._monitors: tuple[Supervised, ...] = ()
        """`ip monitor` for addresses of mn and neighbors of r: the kernels' own times."""
        self.home_agents = {
            name: HomeAgent(network, name, preference)
            for name, preference in (("ha1", 30), ("ha2", 20), ("ha3", 20))
        }
        self.mobile_node = MobileNode(network)

    def run(self) -> None:
        """All steps; AssertionError naming what was not seen."""
        self.home_agents["ha1"].start()
        self._home_agent_joins(101, "ha1")
        self._load_is_collected(self.home_agents["ha1"])
        # The mobile node starts with its cable out, so that its arrival is one moment.
        self.mobile_node.start()
        self.home_agents["ha2"].start()
        self.home_agents["ha3"].start()
        self._home_agent_joins(105, "ha2", "ha3")
        care_of_address = self._mobile_node_arrives()
        first = self._discovery(care_of_address)
        self._registration(care_of_address, first)
        self._delivery(care_of_address, first)

    # 101, 102 and 105, 106

    def _home_agent_joins(self, number: int, *names: str) -> None:
        joined = []
        for name in names:
            wanted = frames.at(name, frames.home_agent_advertisement, sent=True)
            joined.append(self._wait(wanted, f"{name}'s advertisement"))
        for seen in sorted(joined, key=lambda one: one.time):
            name = seen.host
            agent = self.home_agents[name]
            preference, lifetime, address = frames.advertised_home_agent(seen)
            assert frames.same(address or "::", agent.address), f"{name} advertises {address}, not {agent.address}"
            self._step(
                number, seen.time, name, "all nodes",
                f"router advertisement, H=1, preference {preference}, lifetime {lifetime} s",
                f"from {frames.source(seen)}, prefix option R=1 with {address}",
            )  # fmt: skip
        for name in names:
            agent = self.home_agents[name]
            look = functools.partial(self._listed, agent)
            entry = eventually(look, f"the home agents list has {agent.address}")
            self._step(
                number + 1, time.time(), "representative", "",
                f"home agents list: {name} {agent.address}, preference {entry['preference']}",
                f"link-local {entry['linkLocalAddress']}, lifetime {entry['remainingLifetime']:.0f} s, "
                f"at {_place(entry)}",
            )  # fmt: skip

    def _listed(self, agent: HomeAgent) -> dict[str, Any] | None:
        return self._controller.rest.home_agent(agent.address)

    # 103, 104

    def _load_is_collected(self, agent: HomeAgent) -> None:
        entry = eventually(lambda: self._listed(agent), "the home agent is listed")
        switch = SWITCH_NUMBERS[entry["attachment"]["switch"]]
        port = int(entry["attachment"]["port"])

        def poll() -> PortPoll | None:
            frames_now = self._capture.frames(self._fed)
            self._fed += len(frames_now)
            self._channel.feed(frames_now)
            return self._channel.port_poll(switch, port)

        found = eventually(poll, f"the counters of {agent.name}'s port are read")
        self._step(
            103, found.asked_at, "representative", f"s{switch}",
            f"how much does {agent.name} carry? (counters of port {port})",
        )  # fmt: skip
        self._step(
            104, found.told_at, f"s{switch}", "representative",
            f"{agent.name} has sent {found.received} and got {found.sent} packets",
        )  # fmt: skip
        eventually(
            lambda: (self._listed(agent) or {}).get("load", {}).get("sampledAt"), "the load of ha1 is in the table"
        )

    # 107, 108

    def _mobile_node_arrives(self) -> str:
        eventually(self._mobile_node_listens, "the mobile node is up")
        addresses = self._network.spawn("mn-addresses", ["ip", "-6", "-ts", "monitor", "address"], host="mn")
        neighbors = self._network.spawn("r-neighbors", ["ip", "-6", "-ts", "monitor", "neigh"], host="r")
        self._monitors = (addresses, neighbors)
        mark = self._capture.mark()
        self._network.attach("mn", "l3")
        wanted = frames.at("mn", frames.router_advertisement, sent=False)
        seen = self._capture.wait_for(wanted, "a foreign router's advertisement", mark)
        prefix = seen.packet[ICMPv6NDOptPrefixInfo]
        self._step(
            107, seen.time, "rf", "all nodes",
            f"router advertisement, M={seen.packet[ICMPv6ND_RA].M}, prefix {prefix.prefix}/{prefix.prefixlen}",
            f"from {frames.source(seen)} on the foreign link",
        )  # fmt: skip
        address = eventually(self._care_of_address, "the mobile node has a care-of address")
        configured = addresses.said_at(rf"inet6 {address}/")
        self._step(108, configured, "mn", "", f"care-of address {address}")
        return address

    def _mobile_node_listens(self) -> bool:
        """Its packet socket is open."""
        packets = Path(f"/proc/{self._network.host('mn').pid}/net/packet").read_text().splitlines()
        return len(packets) > 1

    def _care_of_address(self) -> str | None:
        """A usable address of the foreign prefix in the mobile node's kernel."""
        for line in self._network.shell("mn", "ip", "-6", "-o", "addr", "show", "scope", "global").splitlines():
            address = line.split()[3].split("/")[0]
            if address.startswith("2001:db8:3:") and "tentative" not in line:
                return address
        return None

    # 109 to 114

    def _discovery(self, care_of_address: str) -> str:
        request = self._wait(frames.at("mn", frames.discovery_request, sent=True), "the discovery request")
        assert frames.same(frames.source(request), care_of_address), "the request comes from the care-of address"
        assert frames.same(frames.destination(request), plan.ANYCAST), "the request goes to the anycast address"
        identifier = frames.discovery_identifier(request)
        self._step(
            109, request.time, "mn", "anycast",
            f"home agent address discovery request, identifier {identifier}",
            f"{care_of_address} -> {plan.ANYCAST}",
        )  # fmt: skip
        wanted = frames.at("r", frames.solicitation(plan.ANYCAST), sent=True)
        solicitation = self._wait(wanted, "the router's solicitation")
        self._step(
            110, solicitation.time, "r", "home link", f"neighbor solicitation for {plan.ANYCAST}",
            f"from {frames.source(solicitation)}",
        )  # fmt: skip
        answer = self._wait(frames.at("r", frames.advertisement(plan.ANYCAST), sent=False), "the one advertisement")
        flags = frames.advertised_flags(answer)
        assert flags == "R=1 S=1 O=0", f"flags of the advertisement: {flags}"
        self._step(
            111, answer.time, "representative", "r",
            f"neighbor advertisement {flags}, {frames.advertised_mac(answer)}",
            f"from {frames.source(answer)}",
        )  # fmt: skip
        created = self._monitors[1].said_at(f"{plan.ANYCAST} dev eth0 lladdr {plan.REPRESENTATIVE_MAC}")
        self._step(112, created, "r", "", f"neighbor cache: {plan.REPRESENTATIVE_MAC} for the anycast address")
        forwarded = self._wait(frames.at("r", frames.discovery_request, sent=True), "the forwarded request")
        assert forwarded.packet.dst == plan.REPRESENTATIVE_MAC, f"forwarded to {forwarded.packet.dst}"
        self._step(113, forwarded.time, "r", "representative", f"the request, to {forwarded.packet.dst}")
        reply = self._wait(frames.at("mn", frames.discovery_reply, sent=False), "the discovery reply")
        return self._reply(reply)

    def _reply(self, reply: Seen) -> str:
        listed = frames.listed_addresses(reply)
        identifier = reply.packet[ICMPv6HAADReply].id
        # More than one where the first answer took longer than the mobile node waits for it.
        requests = self._capture.matching(frames.at("mn", frames.discovery_request, sent=True))
        asked = [frames.discovery_identifier(request) for request in requests]
        assert identifier in asked, f"the reply's identifier is {identifier}, the requests' are {asked}"
        assert listed[-1] == plan.REPRESENTATIVE, f"the representative is last in {listed}"
        assert set(listed) == {*plan.HOME_AGENTS.values(), plan.REPRESENTATIVE}, f"the list is {listed}"
        self._step(
            114, reply.time, "representative", "mn",
            f"home agent address discovery reply, identifier {identifier}",
            f"from {frames.source(reply)}: {', '.join(listed)}",
        )  # fmt: skip
        return listed[0]

    # 115 to 119

    def _registration(self, care_of_address: str, home_agent: str) -> None:
        name = _name_of(home_agent)
        update = self._wait(frames.at("mn", frames.binding_update, sent=True), "the binding update")
        assert frames.same(frames.destination(update), home_agent), "the update goes to the first of the list"
        body = frames.update_of(update)
        self._step(
            115, update.time, "mn", name, f"binding update, sequence {body.seq}, lifetime {body.mhtime * 4} s",
            f"{frames.home_address_of(update)} is at {frames.care_of_address_of(update)}",
        )  # fmt: skip
        mobile_node = self.mobile_node.process
        noted = mobile_node.said_at(f"binding-update-sent.*homeAgent={home_agent}")
        self._step(116, noted, "mn", "", f"binding update list: {home_agent} (temporary, until acknowledged)")
        proxy = self._wait(
            frames.at(name, frames.advertisement(self.mobile_node.home_address), sent=True), f"{name} stands in for mn"
        )
        self._step(
            117, proxy.time, name, "all nodes", f"binding cache: {self.mobile_node.home_address} -> {care_of_address}",
            f"neighbor advertisement {frames.advertised_flags(proxy)} for {self.mobile_node.home_address}",
        )  # fmt: skip
        acknowledgement = self._wait(frames.at("mn", frames.binding_acknowledgement, sent=False), "the acknowledgement")
        answer = frames.acknowledgement_of(acknowledgement)
        assert answer.status == 0, f"binding acknowledgement with status {answer.status}"
        # More than one where duplicate address detection took longer than the mobile node waits for it.
        updates = self._capture.matching(frames.at("mn", frames.binding_update, sent=True))
        sent = [frames.update_of(seen).seq for seen in updates]
        assert answer.seq in sent, f"the acknowledgement's sequence number is {answer.seq}, the updates' are {sent}"
        self._step(
            118, acknowledgement.time, name, "mn",
            f"binding acknowledgement, status 0, sequence {answer.seq}, lifetime {answer.mhtime * 4} s",
        )  # fmt: skip
        confirmed = mobile_node.said_at(rf"\bbound\b.*homeAgent={home_agent}")
        self._step(119, confirmed, "mn", "", f"binding update list: {home_agent} (confirmed)")

    # 120

    def _delivery(self, care_of_address: str, home_agent: str) -> None:
        name = _name_of(home_agent)
        home_address = self.mobile_node.home_address
        self._binding_is_known(home_agent)
        mark = self._capture.mark()
        output = self._network.ping("h", home_address)

        def delivered(seen: Seen) -> bool:
            return frames.tunnelled(seen) and frames.same(str(frames.inner(seen).dst), home_address)

        seen = self._capture.wait_for(frames.at(name, delivered, sent=True), f"{name}'s tunnelled packet", mark)
        outer = seen.packet[IPv6]
        assert frames.same(outer.src, home_agent), f"outer source {outer.src}"
        assert frames.same(outer.dst, care_of_address), f"outer destination {outer.dst}"
        self._step(
            120, seen.time, "h", "mn",
            f"a packet to {home_address}, taken by {name}, tunnelled to mn",
            f"outer {outer.src} -> {outer.dst}, inner {frames.inner(seen).src} -> {home_address}",
        )  # fmt: skip
        assert is_answered(output), f"ping from h to {home_address}:\n{output}"

    def _binding_is_known(self, home_agent: str) -> None:
        def look() -> bool:
            entry = self._controller.rest.binding(self.mobile_node.home_address)
            return entry is not None and frames.same(entry["homeAgent"], home_agent)

        eventually(look, "the controller knows the binding")

    def _wait(self, wanted: frames.Predicate, what: str) -> Seen:
        return self._capture.wait_for(wanted, what)

    def _step(self, number: int, at: float, who: str, whom: str, what: str, *details: str) -> None:
        self._tell(Step(number, at, who, whom, what, details))


def _name_of(home_agent: str) -> str:
    for name, address in plan.HOME_AGENTS.items():
        if frames.same(address, home_agent):
            return name
    raise AssertionError(f"{home_agent} is none of the home agents")


def _place(entry: dict[str, Any]) -> str:
    attachment = entry["attachment"]
    return f"port {attachment['port']} of s{SWITCH_NUMBERS[attachment['switch']]}"
