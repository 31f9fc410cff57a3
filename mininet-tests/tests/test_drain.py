"""Planned maintenance: a home agent is drained under traffic, and then it is not there any more."""

from __future__ import annotations

import collections
from collections.abc import Iterator

import pytest
from roostnet import frames, plan
from roostnet.daemons import HomeAgent, start_mobile_nodes
from roostnet.delegation import controller_delegation, start_home_agents
from roostnet.echoes import EchoStream
from roostnet.lab import Lab, prime_router
from roostnet.polling import eventually
from roostnet.topology import HOME_SWITCHES

NODES = 20
HOME_ADDRESSES = [plan.home_address(number) for number in range(NODES)]
DRAINED = plan.HOME_AGENTS["ha1"]


@pytest.fixture(scope="module")
def lab(labs) -> Lab:
    return labs.make(watched=("r", "gen"), delegation=controller_delegation("drain"))


@pytest.fixture(scope="module")
def agents(lab: Lab) -> dict[str, HomeAgent]:
    """Three daemons, and 20 mobile nodes spread over them."""
    running = {agent.name: agent for agent in start_home_agents(lab)}
    prime_router(lab)
    start_mobile_nodes(lab.network, NODES)
    eventually(lambda: len(lab.rest.get("mobile-nodes")) == NODES, "all are bound")
    eventually(lambda: all(len(lab.steering_rules(address)) == 2 for address in HOME_ADDRESSES), "all are steered")
    return running


@pytest.fixture
def stream(lab: Lab, agents: dict[str, HomeAgent]) -> Iterator[EchoStream]:
    """Pings to all 20, already flowing, ended in any case."""
    running = EchoStream(lab.network, "cn", HOME_ADDRESSES)
    running.wait_for_rounds(10)
    eventually(lambda: not running.last_lost(0.5), "all are answered before the test begins")
    yield running
    running.stop()


def shares(lab: Lab) -> collections.Counter[str]:
    """How many mobile nodes each home agent tunnels for."""
    return collections.Counter(entry["forwarder"] for entry in lab.rest.get("mobile-nodes"))


def drain(lab: Lab, verb: str = "drain") -> None:
    """Say it as an operator does."""
    status, body = lab.rest.status_of(f"/wm/roost/home-agents/{DRAINED}/{verb}", "POST", b"")
    assert status in (200, 202), body


def test_drained_home_agent_is_left_by_all_and_can_be_stopped(
    lab: Lab, agents: dict[str, HomeAgent], stream: EchoStream
) -> None:
    """S-24: new ones avoid it, the present ones are moved, nothing is lost; then it is switched off, and nothing is."""
    before = shares(lab)
    assert before[DRAINED] >= 4, before

    drain(lab)

    eventually(lambda: not shares(lab)[DRAINED], "nobody is forwarded by it")
    after = shares(lab)
    others = [after[address] for name, address in plan.HOME_AGENTS.items() if name != "ha1"]
    assert sum(others) == NODES and max(others) - min(others) <= 2, after
    assert DRAINED not in lab.discover(900)[:-1], "who asks now is not sent there"
    stream.wait_for_rounds(20)
    eventually(lambda: _moves_are_settled(lab), "nothing is on its way any more")

    assert agents["ha1"].process.stop() in (0, 143)
    stream.wait_for_rounds(40)

    assert stream.stop() == []


def _moves_are_settled(lab: Lab) -> bool:
    migrations = lab.rest.get("migrations")
    return not [one for one in migrations if one["state"] not in ("done", "failed")]


def test_home_agent_that_comes_back_takes_new_ones_again(lab: Lab, agents: dict[str, HomeAgent]) -> None:
    agents["ha1"].start()
    drain(lab, "undrain")
    eventually(lambda: DRAINED in lab.listed(), "it is listed")
    eventually(lambda: DRAINED in lab.discover(901), "it is named")
    rules = [rule for switch in HOME_SWITCHES for rule in lab.network.flows(switch) if "ipv6_dst=2001:db8:1::1" in rule]
    steered = {rule.split("ipv6_dst=")[1].split(",")[0].split(" ")[0] for rule in rules if "group:" in rule}
    assert steered >= set(HOME_ADDRESSES)
    assert not lab.capture.matching(frames.at("gen", frames.binding_acknowledgement, sent=True))
