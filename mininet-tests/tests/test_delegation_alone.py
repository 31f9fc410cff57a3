"""Delegated forwarding among home agents alone, as the delegation patent has it: learning switches, no controller."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from roostnet import forwarding, frames, plan
from roostnet.capture import Capture
from roostnet.daemons import HomeAgent, MobileNode, start_mobile_nodes
from roostnet.delegation import home_agent_delegation, is_up, reload, says, status_of
from roostnet.echoes import EchoStream
from roostnet.polling import eventually
from roostnet.sandbox import RUN_DIRECTORY
from roostnet.topology import Network, is_answered
from roostnet.traffic import Traffic

HOME = plan.home_address()
THRESHOLD = 100
RATE = 400
"""Packets a second each way: well above the threshold."""
CROWD = 12
FIRST = 50
CROWD_ADDRESSES = [plan.home_address(FIRST + number) for number in range(CROWD)]


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """The switches learn, and nobody tells them anything."""
    with Network(RUN_DIRECTORY / "delegation-alone") as running:
        running.forward_plainly()
        yield running


@pytest.fixture(scope="module")
def capture(network: Network) -> Iterator[Capture]:
    with Capture({name: network.ports[name] for name in ("ha1", "ha2", "ha3", "mn", "h")}) as running:
        yield running


@pytest.fixture(scope="module")
def agents(network: Network) -> dict[str, HomeAgent]:
    """ha1 delegates above a threshold, to ha2; ha3 is no secondary of its yet. No controller is configured."""
    alone = home_agent_delegation(representative=None)
    primary = {**alone, "policy": "threshold", "transmitThreshold": THRESHOLD}
    primary["secondaries"] = [plan.HOME_AGENTS["ha2"]]
    running = {
        "ha1": HomeAgent(network, "ha1", delegation=primary),
        "ha2": HomeAgent(network, "ha2", delegation=alone),
        "ha3": HomeAgent(network, "ha3", delegation=alone),
    }
    for agent in running.values():
        agent.start()
    for agent in running.values():
        eventually(lambda: is_up(agent), f"{agent.name} is up")  # noqa: B023
    return running


def test_late_delegation_when_the_threshold_is_crossed(
    network: Network, agents: dict[str, HomeAgent], capture: Capture
) -> None:
    """S-46 (FIG. 4): an immediate answer, a tunnel of the primary's own; later Start, and nothing is lost."""
    mark = capture.mark()
    MobileNode(network, homeAgent=plan.HOME_AGENTS["ha1"]).start()
    network.attach("mn", "l3")
    capture.wait_for(frames.at("mn", frames.binding_acknowledgement, sent=False), "the answer", mark)
    eventually(lambda: is_answered(network.ping("cn", HOME, count=1)), "the mobile node is reached")
    assert not capture.matching(frames.at("ha1", says(forwarding.START), sent=True), mark), "nothing is delegated yet"
    assert status_of(agents["ha2"])["entries"] == 0

    traffic = Traffic(network, [HOME], RATE).start()
    try:
        traffic.wait_until_it_flows()
        capture.wait_for(frames.at("ha1", says(forwarding.START), sent=True), "the primary delegates", mark)
        accepted = capture.wait_for(
            frames.at("ha2", says(forwarding.START_ACKNOWLEDGEMENT), sent=True), "the secondary accepts", mark
        )
        tunnels = frames.at("ha2", frames.tunnelled, sent=True)
        first = capture.wait_for(tunnels, "the secondary tunnels", mark)
        after = capture.mark()
        traffic.wait_for_packets(2 * RATE)
        own = frames.at("ha1", frames.tunnelled, sent=True)
        eventually(
            lambda: traffic.wait_for_packets(RATE) or not capture.matching(own, capture.mark() - RATE),
            "the primary has stopped",
        )
        ways = traffic.stop()
    finally:
        traffic.close()
    assert [way.lost for way in ways] == [0, 0], [str(way) for way in ways]
    assert frames.source(first) == plan.HOME_AGENTS["ha1"], "the outer source is the primary's address"
    announced = capture.matching(frames.at("ha2", frames.advertisement(HOME), sent=True), mark)
    assert announced, "the secondary says that the home address is with it"
    assert frames.advertised_mac(announced[0]) == plan.MACS["ha2"]
    before = [seen for seen in capture.matching(own, mark) if seen.time < accepted.time]
    assert before, "until the acknowledgement the primary tunnels"
    assert capture.matching(tunnels, after)
    sources = {frames.source(seen) for seen in capture.matching(frames.at("mn", frames.tunnelled, sent=False), mark)}
    assert sources == {plan.HOME_AGENTS["ha1"]}, "the mobile node sees one home agent"


def test_secondary_added_by_reload_takes_its_share_of_who_is_registered(
    network: Network, agents: dict[str, HomeAgent]
) -> None:
    """S-49, N-33, N-09: mobile nodes that are registered are spread evenly, and notice nothing."""
    primary = agents["ha1"]
    primary.settings["delegation"]["policy"] = "equal"
    reload(primary)
    start_mobile_nodes(network, CROWD, "--home-agent", primary.address, first=FIRST)
    eventually(lambda: _bindings(primary) >= CROWD, "all are bound")
    stream = EchoStream(network, "cn", CROWD_ADDRESSES)
    try:
        stream.wait_for_rounds(10)
        eventually(lambda: not stream.last_lost(0.5), "all are answered before the test begins")
        eventually(lambda: _spread(agents, "ha1", "ha2") <= 1, "ha1 and ha2 have equal shares")
        assert status_of(agents["ha3"])["entries"] == 0

        primary.settings["delegation"]["secondaries"] = [plan.HOME_AGENTS["ha2"], plan.HOME_AGENTS["ha3"]]
        reload(primary)

        eventually(lambda: _spread(agents, "ha1", "ha2", "ha3") <= 1, "all three have equal shares")
        stream.wait_for_rounds(20)
        assert stream.stop() == []
    finally:
        stream.stop()


def _spread(agents: dict[str, HomeAgent], *names: str) -> int:
    """By how many mobile nodes the shares of these home agents differ; all are registered at ha1."""
    shares = {name: status_of(agents[name])["entries"] for name in names}
    shares["ha1"] = _bindings(agents["ha1"]) - status_of(agents["ha1"])["delegated"]
    return max(shares.values()) - min(shares.values())


def _bindings(agent: HomeAgent) -> int:
    text = (Path(agent.settings["statePath"]) / "status.json").read_text()
    return int(json.loads(text)["bindings"])
