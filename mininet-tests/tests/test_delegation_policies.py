"""A primary that decides by itself what others forward: by a threshold, by what they transmit, with their own outer addresses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from roostnet import frames, plan
from roostnet.capture import Capture
from roostnet.daemons import HomeAgent, MobileNode, start_mobile_nodes
from roostnet.delegation import home_agent_delegation, is_up, reload, status_of
from roostnet.polling import eventually
from roostnet.sandbox import RUN_DIRECTORY
from roostnet.topology import Network, is_answered
from roostnet.traffic import Traffic

HOME = plan.home_address()
PRIMARY = plan.HOME_AGENTS["ha1"]
CROWD = 12
FIRST = 50
CROWD_ADDRESSES = [plan.home_address(FIRST + number) for number in range(CROWD)]
RATE = 600
"""Packets a second each way with the crowd: 50 with each."""
THRESHOLD = 200


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    """The switches learn, and nobody tells them anything."""
    with Network(RUN_DIRECTORY / "delegation-policies") as running:
        running.forward_plainly()
        yield running


@pytest.fixture(scope="module")
def capture(network: Network) -> Iterator[Capture]:
    with Capture({name: network.ports[name] for name in ("ha1", "ha2", "ha3", "mn")}) as running:
        yield running


@pytest.fixture(scope="module")
def agents(network: Network) -> dict[str, HomeAgent]:
    """ha1 has ha2 forward for whoever registers, with an outer source of its own. No controller is configured."""
    alone = home_agent_delegation(representative=None)
    primary = {**alone, "mode": "strict", "secondaries": [plan.HOME_AGENTS["ha2"]], "outerSource": "forwarder"}
    running = {
        name: HomeAgent(network, name, delegation=primary if name == "ha1" else alone).start()
        for name in plan.HOME_AGENTS
    }
    for agent in running.values():
        eventually(lambda: is_up(agent), f"{agent.name} is up")  # noqa: B023
    return running


def set_policy(primary: HomeAgent, **changes: object) -> None:
    primary.settings["delegation"].update(changes)
    reload(primary)


def test_outer_source_is_the_forwarders_own_where_that_is_wanted(
    network: Network, agents: dict[str, HomeAgent], capture: Capture
) -> None:
    """N-16: what comes to the care-of address is the secondary's, and the primary still has the signalling."""
    mark = capture.mark()
    mobile_node = MobileNode(network, homeAgent=PRIMARY).start()
    network.attach("mn", "l3")
    answer = capture.wait_for(
        frames.at("mn", frames.binding_acknowledgement, sent=False), "the registration is answered", mark
    )
    assert frames.source(answer) == PRIMARY
    eventually(lambda: status_of(agents["ha2"])["entries"] == 1, "ha2 forwards")
    eventually(lambda: status_of(agents["ha1"])["delegated"] == 1, "ha1 does not")
    tunnelled = frames.at("mn", frames.tunnelled, sent=False)

    def comes_from_the_forwarder() -> bool:
        before = capture.mark()
        network.ping("cn", HOME, count=1)
        return {frames.source(seen) for seen in capture.matching(tunnelled, before)} == {plan.HOME_AGENTS["ha2"]}

    eventually(comes_from_the_forwarder, "the outer source is the forwarder")
    packet = frames.inner(capture.matching(tunnelled, mark)[-1])
    assert (packet.src, packet.dst) == (plan.CORRESPONDENT, HOME)

    network.attach("mn", "s1")
    eventually(lambda: status_of(agents["ha2"])["entries"] == 0, "its return home ends that")
    mobile_node.process.stop()


@pytest.fixture(scope="module")
def traffic(network: Network, agents: dict[str, HomeAgent]) -> Iterator[Traffic]:
    """Packets both ways with a crowd that is registered at ha1."""
    set_policy(agents["ha1"], mode="late", outerSource="primary", policy="none")
    start_mobile_nodes(network, CROWD, "--home-agent", PRIMARY, first=FIRST)
    for address in CROWD_ADDRESSES:
        eventually(lambda: is_answered(network.ping("cn", address, count=1)), f"{address} is reached")  # noqa: B023
    running = Traffic(network, CROWD_ADDRESSES, RATE, far="gen").start()
    running.wait_until_it_flows()
    yield running
    running.close()


def share(traffic: Traffic, capture: Capture, name: str) -> float:
    """The part of the crowd's packets that a home agent tunnels, while so many more are sent."""
    home_addresses = set(CROWD_ADDRESSES)
    mark = capture.mark()
    traffic.wait_for_packets(2 * RATE)
    counts = {
        agent: sum(
            frames.inner(seen).dst in home_addresses
            for seen in capture.matching(frames.at(agent, frames.tunnelled, sent=True), mark)
        )
        for agent in plan.HOME_AGENTS
    }
    return counts[name] / max(1, sum(counts.values()))


def test_primary_delegates_until_it_transmits_less_than_its_threshold_and_keeps_the_rest(
    agents: dict[str, HomeAgent], capture: Capture, traffic: Traffic
) -> None:
    """N-10: 600 packets a second, and a threshold of 200: two thirds at least go, and no more than that takes."""
    assert status_of(agents["ha1"])["delegated"] == 0
    others = [plan.HOME_AGENTS["ha2"], plan.HOME_AGENTS["ha3"]]

    set_policy(agents["ha1"], policy="threshold", transmitThreshold=THRESHOLD, secondaries=others)

    eventually(lambda: status_of(agents["ha1"])["delegated"] >= CROWD * (1 - THRESHOLD / RATE), "enough are delegated")
    eventually(lambda: share(traffic, capture, "ha1") <= THRESHOLD / RATE + 0.02, "ha1 tunnels less than its threshold")
    assert CROWD - status_of(agents["ha1"])["delegated"] >= 2, "what it may transmit it does"


def test_even_shares_go_by_what_secondaries_transmit_whoever_they_do_it_for(
    network: Network, agents: dict[str, HomeAgent], capture: Capture, traffic: Traffic
) -> None:
    """N-11: ha3 tunnels as much for its own mobile node as the whole crowd takes, so ha1 and ha2 share the crowd."""
    MobileNode(network, homeAgent=plan.HOME_AGENTS["ha3"]).start()
    network.attach("mn", "l3")
    eventually(lambda: is_answered(network.ping("cn", HOME, count=1)), "ha3's mobile node is reached")
    load = network.spawn("load", ["ping", "-q", "-i", str(1 / RATE), HOME], host="cn")
    try:
        set_policy(agents["ha1"], policy="even")

        eventually(lambda: status_of(agents["ha3"])["entries"] == 0, "ha3 has enough to do")
        eventually(lambda: 0.3 <= share(traffic, capture, "ha2") <= 0.7, "ha1 and ha2 share the crowd")
        assert status_of(agents["ha3"])["entries"] == 0
    finally:
        load.stop()
    ways = traffic.stop()
    assert [way.lost for way in ways] == [0, 0], [str(way) for way in ways]
