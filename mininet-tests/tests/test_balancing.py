"""Thresholds, weights, known bindings: who is named first, with scapy alone as home agents and mobile nodes."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from ipaddress import IPv6Address

import pytest
from roostnet import frames, plan
from roostnet.controllers import OPENFLOW_PORT
from roostnet.lab import Lab, prime_router
from roostnet.openflow import Channel
from roostnet.played import PlayedHomeAgent
from roostnet.polling import eventually
from roostnet.topology import is_answered
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether

BINDINGS = 5
RATE = 200
"""Packets a second; nothing else in this network comes near it."""

asker = itertools.count(10_000)
"""Care-of addresses that nobody has asked from yet."""


@pytest.fixture(scope="module")
def lab(labs) -> Lab:
    """Thresholds on bindings and both rates; no list is given twice, so that each answer is a new one."""
    running = labs.make(
        load={
            "thresholds": {"bindings": BINDINGS, "transmitRate": RATE, "receiveRate": RATE},
            "rateWindow": 2,
        },
        stickiness={"timeToLive": 0},
        balancing={"inFlightCredit": 0},
    )
    prime_router(running)
    return running


@pytest.fixture
def pair(lab: Lab) -> Iterator[tuple[PlayedHomeAgent, PlayedHomeAgent]]:
    """The first is preferred to the second unless it is overloaded."""
    agents = (lab.played("p1", 0x21, preference=100), lab.played("p2", 0x22, preference=10))
    lab.join(*agents)
    yield agents
    release(lab)
    lab.retire(*agents)


def release(lab: Lab) -> None:
    """End all bindings."""
    for entry in lab.rest.get("mobile-nodes"):
        number = int(IPv6Address(entry["homeAddress"])) - int(IPv6Address(plan.home_address()))
        lab.register(number, entry["homeAddress"], entry["homeAgent"], (entry["sequence"] or 0) + 1, lifetime=0)
    eventually(lambda: not lab.rest.get("mobile-nodes"), "nobody is bound")


def bind(lab: Lab, agent: PlayedHomeAgent, numbers: range) -> None:
    """Register mobile nodes of these numbers."""
    for number in numbers:
        lab.register(number, plan.home_address(number), agent.address, sequence=1)
    last = plan.home_address(numbers[-1])
    eventually(lambda: lab.rest.binding(last), "the controller knows the last binding")


def unbind(lab: Lab, agent: PlayedHomeAgent, number: int) -> None:
    """End one binding."""
    lab.register(number, plan.home_address(number), agent.address, sequence=2, lifetime=0)
    eventually(lambda: lab.rest.binding(plan.home_address(number)) is None, "the controller knows of the release")


def first(lab: Lab) -> str:
    """Who is named first to a mobile node that nobody knows."""
    return lab.discover(next(asker))[0]


def test_home_agent_at_its_threshold_stays_and_over_it_moves_down(
    lab: Lab, pair: tuple[PlayedHomeAgent, PlayedHomeAgent]
) -> None:
    """S-09, bindings; recovered below 80 % of the threshold."""
    preferred, other = pair
    bind(lab, preferred, range(BINDINGS))
    assert first(lab) == preferred.address

    bind(lab, preferred, range(BINDINGS, BINDINGS + 1))
    assert first(lab) == other.address
    assert preferred.address in lab.discover(next(asker)), "it is named, but later"
    assert state(lab, preferred) == "overloaded"

    for number in (0, 1):
        unbind(lab, preferred, number)
        assert first(lab) == other.address, "80 % is not below 80 %"
    unbind(lab, preferred, 2)
    assert first(lab) == preferred.address
    assert state(lab, preferred) == "active"


@pytest.mark.parametrize("direction", ["sends", "gets"])
def test_home_agent_that_carries_too_many_packets_moves_down_and_recovers(
    lab: Lab, pair: tuple[PlayedHomeAgent, PlayedHomeAgent], direction: str
) -> None:
    """S-09, packet rates as the switch counts them: the other end is the terminal, no home agent."""
    busy, other = pair
    assert first(lab) == busy.address
    # The switches know where the terminal is, or they would flood what is sent to it.
    assert is_answered(lab.network.ping("h", plan.ROUTER))
    terminal = (plan.MACS["h"], plan.TERMINAL, lab.wire("h"))
    ends = [(busy.mac, busy.address, busy.wire), terminal]
    sender, receiver = ends if direction == "sends" else reversed(ends)
    frame = bytes(Ether(src=sender[0], dst=receiver[0]) / IPv6(src=sender[1], dst=receiver[1], nh=59) / bytes(64))
    stop = threading.Event()

    def send() -> None:
        # Ten times the threshold, in little bursts.
        while not stop.wait(0.01):
            for _ in range(RATE // 10):
                sender[2].send(frame)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        eventually(lambda: state(lab, busy) == "overloaded", "it is overloaded")
        assert first(lab) == other.address
        assert state(lab, other) == "active"
    finally:
        stop.set()
        thread.join()
    eventually(lambda: state(lab, busy) == "active", "it has recovered")
    assert first(lab) == busy.address


def test_all_overloaded_are_still_named_the_least_loaded_first(lab: Lab) -> None:
    """S-10."""
    agents = [lab.played(host, number) for host, number in (("p1", 0x21), ("p2", 0x22), ("p3", 0x23))]
    lab.join(*agents)
    counts = (BINDINGS + 3, BINDINGS + 1, BINDINGS + 2)
    numbers = iter(range(100))
    for agent, count in zip(agents, counts, strict=True):
        taken = list(itertools.islice(numbers, count))
        bind(lab, agent, range(taken[0], taken[-1] + 1))
    assert {state(lab, agent) for agent in agents} == {"overloaded"}

    listed = lab.discover(next(asker))

    assert listed == [agents[1].address, agents[2].address, agents[0].address, plan.REPRESENTATIVE]
    release(lab)
    lab.retire(*agents)


def test_mobile_node_that_is_bound_is_named_its_home_agent_first(
    lab: Lab, pair: tuple[PlayedHomeAgent, PlayedHomeAgent]
) -> None:
    """S-14: as long as it is bound, and no longer."""
    preferred, other = pair
    number = 60
    lab.register(number, plan.home_address(number), other.address, sequence=1)
    eventually(lambda: lab.rest.binding(plan.home_address(number)), "the controller knows the binding")
    assert lab.discover(number) == [other.address, preferred.address, plan.REPRESENTATIVE]

    lab.register(number, plan.home_address(number), other.address, sequence=2, lifetime=4)
    eventually(lambda: lab.rest.binding(plan.home_address(number)) is None, "the binding has expired")

    assert lab.discover(number) == [preferred.address, other.address, plan.REPRESENTATIVE]


def test_registration_under_esp_is_followed_by_its_addresses(
    lab: Lab, pair: tuple[PlayedHomeAgent, PlayedHomeAgent]
) -> None:
    """S-40: steered once the home agent has answered from its own port, and marked as observed."""
    home_agent, other = pair
    home_address, care_of_address = plan.home_address(70), lab.mobile_nodes.care_of_address(70)
    mark = lab.capture.mark()
    lab.mobile_nodes.wire.send(lab.mobile_nodes.protected_update(70, home_address, home_agent.address))
    lab.capture.wait_for(
        lambda seen: seen.host == "p1" and frames.destination(seen) == home_agent.address, "it is at p1", mark
    )
    answer = home_agent.protected_acknowledgement(home_address, care_of_address)

    other.wire.send(answer)
    lab.discover(next(asker))
    assert lab.rest.binding(home_address) is None, "an answer from another port is nobody's"
    # The switches have learnt its MAC address at the wrong port; it advertises itself again before long.
    home_agent.advertise()
    home_agent.wire.send(answer)

    binding = eventually(lambda: lab.rest.binding(home_address), "the controller knows the binding")
    assert (binding["careOfAddress"], binding["homeAgent"]) == (care_of_address, home_agent.address)
    assert binding["evidence"] == "observed"
    eventually(lambda: len(lab.steering_rules(home_address)) == 2, "both switches steer the mobile node")
    assert lab.discover(70)[0] == home_agent.address


def test_weight_changed_live_touches_no_rule_of_a_bound_mobile_node(lab: Lab) -> None:
    """S-25: the shares follow the weights from the next answer on."""
    agents = [lab.played(host, number) for host, number in (("p1", 0x21), ("p2", 0x22), ("p3", 0x23))]
    lab.join(*agents)
    for number, agent in enumerate(agents):
        bind(lab, agent, range(number, number + 1))
    eventually(lambda: all(len(lab.steering_rules(plan.home_address(number))) == 2 for number in range(3)), "steered")
    steered = [lab.steering_rules(plan.home_address(number)) for number in range(3)]
    mark = lab.capture.mark()

    for agent, weight in zip(agents, (1, 2, 4), strict=True):
        path = f"/wm/roost/home-agents/{agent.address}/weight"
        status, body = lab.rest.status_of(path, "POST", b'{"weight": %d}' % weight)
        assert status == 200, body
    lab.controller.settings["homeNetworks"][0]["balancing"] = {"inFlightCredit": 60}
    status, body = lab.controller.reload()
    assert status == 200, body
    firsts = lab.first_named(20_000, 350, seconds=2.0)

    for agent, share in zip(agents, (1, 2, 4), strict=True):
        assert abs(firsts[agent.address] - 350 * share / 7) <= 350 * 0.05, firsts
    assert [lab.steering_rules(plan.home_address(number)) for number in range(3)] == steered
    channel = Channel(OPENFLOW_PORT)
    channel.feed(lab.capture.frames(mark))
    assert channel.changes() == []
    release(lab)
    lab.retire(*agents)


def state(lab: Lab, agent: PlayedHomeAgent) -> str:
    """What the controller says of a home agent."""
    return str((lab.rest.home_agent(agent.address) or {}).get("state"))
