"""Network, controller and recording together, for tests."""

from __future__ import annotations

import collections
import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from roostnet import frames, plan
from roostnet.capture import Capture, Seen
from roostnet.controllers import OPENFLOW_PORT, STANDALONE, Controller, Host, host_of
from roostnet.played import PlayedHomeAgent, PlayedMobileNodes, Wire, many_home_agents
from roostnet.polling import eventually
from roostnet.rest import Rest
from roostnet.sandbox import RUN_DIRECTORY
from roostnet.topology import HOME_SWITCHES, Network


ASK_AGAIN_SECONDS = 3.0
"""After which a mobile node asks again: INITIAL_DHAAD_TIMEOUT (RFC 6275, 12)."""

MOBILITY = re.compile(r"ipv6_(?:src|dst)=([0-9a-f:]+),nw_proto=135")
"""In a rule as ovs-ofctl prints it: IP protocol 135, to or from an address."""


class Lab:
    """A running home network; played home agents and mobile nodes on request."""

    def __init__(
        self, name: str, watched: tuple[str, ...] | None = None, host: str | Host = STANDALONE, **home_network: Any
    ) -> None:
        """Bring up network, controller and recording.

        `watched` limits the recording to these hosts' ports (it costs time at each port); `host` is
        what the controller runs in; what else is given goes to the controller and its configuration.
        """
        self.logs = RUN_DIRECTORY / name
        # Of an earlier run of the same tests: what a controller remembers would be there.
        shutil.rmtree(self.logs, ignore_errors=True)
        self.network = Network(self.logs)
        self._wires: dict[str, Wire] = {}
        self._mobile_nodes: PlayedMobileNodes | None = None
        self._played: dict[int, PlayedHomeAgent] = {}
        self._identifier = 0
        try:
            self.network.start()
            ports = self.network.ports
            if watched is not None:
                ports = {host: ports[host] for host in watched}
            self.capture = Capture(ports, OPENFLOW_PORT)
            self.controller = Controller(self.network, host_of(host), **home_network).start()
            self.controller.take_switches()
        except BaseException:
            self.keep_logs()
            self.network.close()
            raise

    @property
    def rest(self) -> Rest:
        """The controller's REST interface."""
        return self.controller.rest

    def close(self) -> None:
        """End all of it."""
        for wire in self._wires.values():
            wire.close()
        if self._mobile_nodes is not None:
            self._mobile_nodes.wire.close()
        self.capture.close()
        self.network.close()

    def keep_logs(self) -> Path:
        """Copy logs and recorded packets out of the sandbox, to build/logs."""
        capture = getattr(self, "capture", None)
        if capture is not None:
            capture.save(self.logs / "all.pcapng")
        root = Path(os.environ.get("ROOST_ROOT") or Path(__file__).resolve().parents[2])
        kept = root / "build" / "logs" / f"{self.logs.name}-{time.strftime('%Y%m%d-%H%M%S')}"
        return Path(shutil.copytree(self.logs, kept, dirs_exist_ok=True))

    def wire(self, host: str) -> Wire:
        """The cable of a silent host (p1, p2, p3)."""
        if host not in self._wires:
            self._wires[host] = Wire(self.network, host)
        return self._wires[host]

    @property
    def mobile_nodes(self) -> PlayedMobileNodes:
        """The played mobile nodes behind host gen."""
        if self._mobile_nodes is None:
            self._mobile_nodes = PlayedMobileNodes(self.network)
        return self._mobile_nodes

    def played(self, host: str, number: int, **settings: Any) -> PlayedHomeAgent:
        """One played home agent on a silent host, not advertising yet; an earlier one of that number leaves."""
        if number in self._played:
            self._played[number].leave()
        self._played[number] = many_home_agents(self.wire(host), 1, first=number, **settings)[0].run()
        return self._played[number]

    def join(self, *agents: PlayedHomeAgent) -> None:
        """Advertise the home agents until the controller lists them, and sees who registers with them."""
        wanted = {agent.address for agent in agents}
        eventually(
            lambda: wanted <= self.listed(),
            f"the list has {sorted(wanted)}",
            meanwhile=lambda: [agent.advertise() for agent in agents],
        )
        eventually(lambda: wanted <= self.followed(), f"registrations with {sorted(wanted)} are seen", every=0.05)

    def followed(self) -> set[str]:
        """The addresses to and from which both switches show registrations to the controller."""
        seen: collections.Counter[str] = collections.Counter()
        for switch in HOME_SWITCHES:
            rules = [rule for rule in self.network.flows(switch) if "CONTROLLER" in rule]
            seen.update(MOBILITY.search(rule)[1] for rule in rules if MOBILITY.search(rule))
        return {address for address, count in seen.items() if count == 2 * len(HOME_SWITCHES)}

    def retire(self, *agents: PlayedHomeAgent) -> None:
        """Take the home agents off the list again, so that the next test finds it empty."""
        gone = {agent.address for agent in agents}
        eventually(
            lambda: not gone & self.listed(),
            f"the list has lost {sorted(gone)}",
            meanwhile=lambda: [agent.advertise(is_home_agent=False) for agent in agents],
        )

    def listed(self) -> set[str]:
        """The addresses of all home agents that a reply may name."""
        return {
            address
            for entry in self.rest.home_agents()
            if entry["state"] in ("active", "overloaded")
            for address in entry["addresses"]
        }

    def discover(self, number: int = 0, source: str | None = None, anycast: str = plan.ANYCAST) -> list[str]:
        """Ask as mobile node `number` and return the addresses of the reply."""
        return frames.listed_addresses(self.discover_frame(number, source, anycast))

    def discover_frame(self, number: int = 0, source: str | None = None, anycast: str = plan.ANYCAST) -> Seen:
        """Ask as mobile node `number`; the reply's frame as it reaches gen."""
        self._identifier = self._identifier % 65000 + 1
        identifier = self._identifier
        mark = self.capture.mark()
        self.mobile_nodes.wire.send(self.mobile_nodes.discovery_request(number, identifier, source, anycast))

        def answered(seen: Seen) -> bool:
            return frames.discovery_reply(seen) and frames.discovery_identifier(seen) == identifier

        return self.capture.wait_for(frames.at("gen", answered, sent=False), "a discovery reply", mark)

    def first_named(self, first: int, count: int, seconds: float) -> collections.Counter[str]:
        """Let `count` mobile nodes ask, evenly over `seconds`; how often each address was named first.

        Whoever gets no answer asks again, like a mobile node would: Open vSwitch drops packet-ins
        when more than 100 wait for the controller.
        """
        nodes = self.mobile_nodes
        requests = {
            nodes.care_of_address(number): nodes.discovery_request(number, number % 65536)
            for number in range(first, first + count)
        }
        mark = self.capture.mark()
        answered: dict[str, str] = {}

        def ask() -> None:
            missing = [request for asker, request in requests.items() if asker not in answered]
            self._send_evenly(missing, seconds * len(missing) / count)

        def all_answered() -> bool:
            nonlocal mark
            seen = self.capture.frames(mark)
            mark += len(seen)
            for reply in filter(frames.at("gen", frames.discovery_reply, sent=False), seen):
                answered.setdefault(frames.destination(reply), frames.listed_addresses(reply)[0])
            return len(answered) == count

        eventually(all_answered, f"all of {count} are answered", every=0.2, meanwhile=ask, again=ASK_AGAIN_SECONDS)
        return collections.Counter(answered.values())

    def _send_evenly(self, requests: list[bytes], seconds: float) -> None:
        """One after the other at a steady pace."""
        began = time.monotonic()
        for number, request in enumerate(requests):
            time.sleep(max(0.0, began + seconds * number / len(requests) - time.monotonic()))
            self.mobile_nodes.wire.send(request)

    def register(
        self,
        number: int,
        home_address: str,
        home_agent: str,
        sequence: int,
        lifetime: int = 600,
        care_of_address: str | None = None,
        authenticator: bytes | None = None,
    ) -> Seen:
        """Send a Binding Update as mobile node `number`; the acknowledgement's frame as it reaches gen."""
        mark = self.capture.mark()
        update = self.mobile_nodes.binding_update(
            number, home_address, home_agent, sequence, lifetime, care_of_address, authenticator
        )
        self.mobile_nodes.wire.send(update)

        def answered(seen: Seen) -> bool:
            return frames.binding_acknowledgement(seen) and frames.acknowledgement_of(seen).seq == sequence

        return self.capture.wait_for(frames.at("gen", answered, sent=False), "an acknowledgement", mark)

    def steering_rules(self, home_address: str) -> list[str]:
        """The rules of both switches that send packets for a home address to a group."""
        return [
            f"{switch}: {rule}"
            for switch in HOME_SWITCHES
            for rule in self.network.flows(switch)
            if f"ipv6_dst={home_address}" in rule and "group:" in rule
        ]

    def quiet_after(self, nothing: Callable[[Seen], bool], mark: int) -> list[Seen]:
        """The frames since `mark` that should not have been, once a later question has been answered.

        The controller and the switches keep order, so when the answer to a later question is
        here, an answer to an earlier one would be too: no need to wait and hope.
        """
        self.discover(60_000)
        return self.capture.matching(nothing, mark)

    def counter(self, name: str, label: str = "") -> float:
        """The sum of a metric over its labels, over those with `label` in them when given; 0 when there is none."""
        total = 0.0
        for line in self.rest.text("/wm/roost/metrics").splitlines():
            if line.startswith((name + "{", name + " ")) and label in line:
                total += float(line.rsplit(" ", 1)[1])
        return total


def prime_router(lab: Lab) -> None:
    """Ask until there is an answer: router r then knows the anycast address, and what was queued before is done.

    A controller that has just started may take longer over its first answer than the router waits for it.
    """
    mark = lab.capture.mark()
    request = lab.mobile_nodes.discovery_request(60_001, 0xFFFF)

    def answered(seen: Seen) -> bool:
        return frames.discovery_reply(seen) and frames.discovery_identifier(seen) == 0xFFFF

    eventually(
        lambda: lab.capture.matching(frames.at("gen", answered, sent=False), mark),
        "a discovery request is answered",
        meanwhile=lambda: lab.mobile_nodes.wire.send(request),
        again=ASK_AGAIN_SECONDS,
    )
    neighbor = lab.network.shell("r", "ip", "-6", "neigh", "show", plan.ANYCAST, "dev", "eth0")
    assert plan.REPRESENTATIVE_MAC in neighbor
