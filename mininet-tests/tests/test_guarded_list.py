"""A home agent is what its switch port says it is: rogue advertisements, spoofed ones, floods of questions."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Iterator

import pytest
from roostnet import frames, plan
from roostnet.capture import Seen
from roostnet.lab import Lab, prime_router
from roostnet.played import PlayedHomeAgent, many_home_agents
from roostnet.polling import eventually
from roostnet.topology import HOME_SWITCHES

HOME = plan.home_address(8)
PER_SOURCE = 20
"""Discovery requests answered in a second to one /64."""


@pytest.fixture(scope="module")
def learning(labs) -> Lab:
    """Whoever advertises itself as a home agent is one, at the port where it was first heard."""
    running = labs.make(limits={"discoveryRequestsPerSource": PER_SOURCE})
    prime_router(running)
    return running


@pytest.fixture
def victim(learning: Lab) -> Iterator[PlayedHomeAgent]:
    """The home agent at p1, with a mobile node bound."""
    agent = learning.played("p1", 0x21)
    learning.join(agent)
    learning.register(8, HOME, agent.address, sequence=1)
    eventually(lambda: len(learning.steering_rules(HOME)) == 2, "the mobile node is steered")
    yield agent
    learning.register(8, HOME, agent.address, sequence=2, lifetime=0)
    learning.retire(agent)


class Untouched:
    """A home agent's entry, who is bound, its groups and the rules that point to them, as they were."""

    def __init__(self, lab: Lab, agent: PlayedHomeAgent) -> None:
        self._lab = lab
        self._agent = agent
        self._before = self._look()

    def assert_holds(self) -> None:
        """Nothing has changed, now that a later question has been answered."""
        assert self._agent.address in self._lab.discover(next(ASKERS))
        assert self._look() == self._before

    def _look(self) -> tuple[object, ...]:
        entry = self._lab.rest.home_agent(self._agent.address) or {}
        fields = ("linkLocalAddress", "addresses", "linkLayerAddress", "preference", "state", "attachment")
        binding = self._lab.rest.binding(HOME) or {}
        groups = [
            [group for group in self._lab.network.groups(switch) if self._agent.mac in group]
            for switch in HOME_SWITCHES
        ]
        return [entry.get(name) for name in fields], binding.get("homeAgent"), self._lab.steering_rules(HOME), groups


def installed(lab: Lab) -> list[dict[str, object]]:
    """Our rules that the switches have confirmed."""
    return [flow for flow in lab.rest.get("flows") if flow["installed"]]


ASKERS = itertools.count(30_000)
"""Mobile nodes that have not asked yet."""


@pytest.mark.parametrize(
    "changes",
    [{"is_home_agent": False}, {"lifetime": 0}, {"preference": 65535}, {"prefix": "2001:db8:1::66"}],
    ids=["H bit off", "lifetime 0", "another preference", "another address"],
)
@pytest.mark.parametrize("port", ["p2", "p3"], ids=["same switch", "other switch"])
def test_advertisement_in_a_home_agents_name_from_another_port_is_refused_and_counted(
    learning: Lab, victim: PlayedHomeAgent, changes: dict[str, object], port: str
) -> None:
    """S-27: with the home agent's own addresses, down to the frame."""
    refused = learning.counter("roost_ignored_total", "home-agent-at-other-port")
    untouched = Untouched(learning, victim)

    learning.wire(port).send(victim.advertisement(**changes))
    # The switches have learnt its MAC address at the wrong port; it advertises itself again before long.
    victim.advertise()

    eventually(lambda: learning.counter("roost_ignored_total", "home-agent-at-other-port") > refused, "it is refused")
    untouched.assert_holds()


def test_global_address_of_another_home_agent_is_not_taken_over(learning: Lab, victim: PlayedHomeAgent) -> None:
    """S-33: the first owner keeps it, and there are never two groups for it."""
    refused = learning.counter("roost_ignored_total", "global-address-taken")
    untouched = Untouched(learning, victim)
    claimant = many_home_agents(learning.wire("p3"), 1, first=0x77)[0]
    claimant.address = victim.address

    claimant.advertise(preference=65535)

    eventually(lambda: learning.counter("roost_ignored_total", "global-address-taken") > refused, "it is refused")
    untouched.assert_holds()
    assert learning.discover(next(ASKERS)).count(victim.address) == 1
    claimant.advertise(is_home_agent=False)


def test_flood_from_one_link_leaves_others_their_answers(learning: Lab, victim: PlayedHomeAgent) -> None:
    """S-28, in little: what one /64 asks beyond its limit is counted, and everybody else is answered meanwhile."""
    refused = learning.counter("roost_ignored_total", "discovery-source-limit")
    nodes = learning.mobile_nodes
    flood = [
        nodes.discovery_request(0, number, source=f"2001:db8:7000::{number:x}") for number in range(1, 40 * PER_SOURCE)
    ]
    asked = 0
    for burst in range(0, len(flood), PER_SOURCE):
        for request in flood[burst : burst + PER_SOURCE]:
            nodes.wire.send(request)
        assert victim.address in learning.discover(next(ASKERS), source=f"2001:db8:7001:{asked:x}::1")
        asked += 1

    assert asked == 40
    eventually(
        lambda: learning.counter("roost_ignored_total", "discovery-source-limit") > refused, "the flood is counted"
    )


METERED = 50
"""Discovery requests a second that a switch lets through to the controller."""
METER = re.compile(r"meter:(\d+) .*packet_in_count:(\d+).*?\n\s*0:\s*packet_count:(\d+)", re.DOTALL)
"""In what ovs-ofctl prints: its number, what came, what its one band dropped."""


@pytest.fixture
def metered(learning: Lab) -> Iterator[Lab]:
    """From now on the switches themselves limit discovery requests, and the controller does not."""
    network = learning.controller.settings["homeNetworks"][0]
    learning.controller.settings["homeNetworks"][0] = {**network, "limits": {"discoveryRequestsPerSwitch": METERED}}
    assert learning.controller.reload()[0] == 200
    eventually(lambda: meter(learning), "s1 has a meter")
    yield learning
    learning.controller.settings["homeNetworks"][0] = network
    assert learning.controller.reload()[0] == 200


def meter(lab: Lab) -> tuple[int, int] | None:
    """What came to the one meter of s1, and what it dropped of that."""
    found = METER.search(lab.network.ofctl("meter-stats", "s1"))
    return (int(found[2]), int(found[3])) if found else None


def test_meter_of_the_switch_drops_what_is_above_its_rate(metered: Lab, victim: PlayedHomeAgent) -> None:
    """S-28: the channel to the controller carries no more than the meter lets through, and then it lets through again."""
    nodes = metered.mobile_nodes
    flood = [nodes.discovery_request(0, number, source=f"2001:db8:7000::{number:x}") for number in range(1, 20 * METERED)]
    answered = metered.counter("roost_packets_sent_total", "discovery-reply")
    _came, dropped = meter(metered)
    began = time.monotonic()

    def send() -> None:
        for request in flood:
            nodes.wire.send(request)

    # A router that has to look for the anycast address first drops most of it.
    eventually(lambda: meter(metered)[1] >= dropped + len(flood) // 2, "the meter drops packets", meanwhile=send)
    answered = metered.counter("roost_packets_sent_total", "discovery-reply") - answered
    assert answered <= METERED * (2 + time.monotonic() - began), f"{answered} answered"
    mark = metered.capture.mark()
    asker = next(ASKERS)
    eventually(
        lambda: metered.capture.matching(
            frames.at("gen", lambda seen: frames.destination(seen) == nodes.care_of_address(asker), sent=False), mark
        ),
        "somebody is answered afterwards",
        meanwhile=lambda: nodes.wire.send(nodes.discovery_request(asker, 7)),
    )


@pytest.fixture
def listed(learning: Lab) -> Iterator[Lab]:
    """From now on only the home agent at p1 is admitted, and what others advertise is kept from hosts."""
    network = learning.controller.settings["homeNetworks"][0]
    admitted = {"linkLayerAddress": "02:00:00:01:00:21", "address": "2001:db8:1::21"}
    guarded = {**network, "admission": "listed", "homeAgents": [admitted], "raGuard": True}
    for settings in (guarded, network):
        learning.controller.settings["homeNetworks"][0] = settings
        assert learning.controller.reload()[0] == 200
        if settings is guarded:
            eventually(
                lambda: "advertisement-guard" in {flow["purpose"] for flow in installed(learning)}, "the switches guard"
            )
            yield learning


def test_rogue_advertisement_is_not_learnt_and_reaches_nobody(listed: Lab) -> None:
    """S-26, with RA guard: the admitted home agent's advertisements arrive, the rogue's do not."""
    admitted = listed.played("p1", 0x21)
    listed.join(admitted)
    rogue = many_home_agents(listed.wire("p2"), 1, first=0x66, preference=65535)[0]
    refused = listed.counter("roost_ignored_total", "home-agent-not-admitted")
    before = listed.rest.home_agents()
    mark = listed.capture.mark()

    for _ in range(5):
        rogue.advertise()
    admitted.advertise()

    eventually(lambda: listed.counter("roost_ignored_total", "home-agent-not-admitted") >= refused + 5, "it is refused")

    def of(agent: PlayedHomeAgent) -> frames.Predicate:
        return lambda seen: frames.router_advertisement(seen) and frames.source(seen) == agent.link_local

    for host in ("h", "r", "p3"):
        listed.capture.wait_for(frames.at(host, of(admitted), sent=False), f"{host} hears the home agent", mark)
    for host in ("h", "r", "p3", "ha3"):
        assert not listed.capture.matching(frames.at(host, of(rogue), sent=False), mark), f"{host} hears the rogue"
    assert listed.discover(next(ASKERS)) == [admitted.address, plan.REPRESENTATIVE]
    assert [entry["linkLocalAddress"] for entry in listed.rest.home_agents()] == [
        entry["linkLocalAddress"] for entry in before
    ]
    assert rogue.link_local not in json.dumps(listed.rest.home_agents())


def test_ordinary_routers_still_reach_hosts(listed: Lab) -> None:
    """RA guard is against home agents that are none; radvd on r, without the H bit, goes on being heard."""
    mark = listed.capture.mark()

    def of_router(seen: Seen) -> bool:
        return frames.router_advertisement(seen) and frames.source(seen) == plan.link_local(plan.MACS["r"])

    for host in ("h", "ha3"):
        listed.capture.wait_for(frames.at(host, of_router, sent=False), f"{host} hears the router", mark)
