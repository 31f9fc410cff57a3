"""Home agents that do not speak the forwarding protocol: never delegated to, and what draining them does."""

from __future__ import annotations

import pytest
from roostnet import frames, plan
from roostnet.daemons import HomeAgent, MobileNode
from roostnet.delegation import controller_delegation, forwarder_of, order, start_home_agents
from roostnet.lab import Lab, prime_router
from roostnet.polling import eventually
from roostnet.topology import is_answered

HOME = plan.home_address()
UNMODIFIED, OTHER = plan.HOME_AGENTS["ha1"], plan.HOME_AGENTS["ha2"]


@pytest.fixture(scope="module")
def lab(labs) -> Lab:
    """ha1 does not speak the protocol, and is preferred; ha2 does. The mobile node is bound at ha1."""
    running = labs.make(delegation=controller_delegation(unmodifiedHomeAgents="leave"))
    HomeAgent(running.network, "ha1", preference=30).start()
    start_home_agents(running, "ha2", preference=10)
    eventually(lambda: {UNMODIFIED, OTHER} <= running.listed(), "both home agents are listed")
    prime_router(running)
    MobileNode(running.network).start()
    running.network.attach("mn", "l3")
    eventually(lambda: forwarder_of(running, HOME) == UNMODIFIED, "the mobile node is bound at ha1")
    eventually(lambda: is_answered(running.network.ping("cn", HOME, count=1)), "the mobile node is reached")
    return running


def drain(lab: Lab, verb: str = "drain") -> None:
    status, body = lab.rest.status_of(f"/wm/roost/home-agents/{UNMODIFIED}/{verb}", "POST", b"")
    assert status in (200, 202), body


def test_its_mobile_nodes_are_not_ordered_away(lab: Lab) -> None:
    status, answer = order(lab, HOME, OTHER)

    assert status == 409, answer
    assert forwarder_of(lab, HOME) == UNMODIFIED


def test_drained_it_keeps_whom_it_has(lab: Lab) -> None:
    """`leave`: who is bound stays."""
    mark = lab.capture.mark()
    drain(lab)

    assert OTHER == lab.discover(700)[0]
    assert is_answered(lab.network.ping("cn", HOME))
    assert forwarder_of(lab, HOME) == UNMODIFIED
    assert not lab.capture.matching(frames.at("mn", frames.binding_acknowledgement, sent=False), mark)
    drain(lab, "undrain")
    eventually(lambda: UNMODIFIED in lab.listed(), "it is back")


def test_drained_it_is_left_by_those_that_are_told_to_register_again(lab: Lab) -> None:
    """`reregister`: an acknowledgement of status 130 in its name sends the mobile node to another home agent."""
    lab.controller.settings["homeNetworks"][0]["delegation"]["unmodifiedHomeAgents"] = "reregister"
    status, body = lab.controller.reload()
    assert status == 200, body
    mark = lab.capture.mark()

    drain(lab)

    told = lab.capture.wait_for(
        frames.at("mn", frames.binding_acknowledgement, sent=False), "the mobile node is told", mark
    )
    assert frames.source(told) == UNMODIFIED
    assert frames.acknowledgement_of(told).status == 130
    eventually(lambda: forwarder_of(lab, HOME) == OTHER, "the mobile node is bound at ha2")
    eventually(lambda: is_answered(lab.network.ping("cn", HOME, count=1)), "the mobile node is reached")
