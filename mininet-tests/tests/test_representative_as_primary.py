"""A binding update to the representative itself, the last entry of every list: it accepts, and others forward."""

from __future__ import annotations

import pytest
from roostnet import frames, plan
from roostnet.daemons import HomeAgent, MobileNode
from roostnet.delegation import controller_delegation, forwarder_of, migrate, start_home_agents
from roostnet.lab import Lab, prime_router
from roostnet.polling import eventually
from roostnet.topology import is_answered
from roostnet.traffic import Traffic
from scapy.layers.inet6 import ICMPv6PacketTooBig

HOME = plan.home_address()
IPV6_AND_ECHO = 48
"""Octets of the headers before what a ping carries."""
REFUSED = 130
"""Insufficient resources (RFC 6275, 6.1.8): a mobile node goes to the next home agent."""


@pytest.fixture(scope="module")
def lab(labs) -> Lab:
    return labs.make(delegation=controller_delegation(representative="serve", authentication="none"))


def test_registration_is_refused_while_nobody_would_forward(lab: Lab) -> None:
    prime_router(lab)

    answer = lab.register(500, plan.home_address(500), plan.REPRESENTATIVE, 1)

    assert frames.acknowledgement_of(answer).status == REFUSED
    assert lab.rest.binding(plan.home_address(500)) is None


@pytest.fixture(scope="module")
def agents(lab: Lab) -> dict[str, HomeAgent]:
    """Two home agents that speak the protocol, and the mobile node bound at the representative."""
    running = {agent.name: agent for agent in start_home_agents(lab, "ha1", "ha2")}
    MobileNode(lab.network, homeAgent=plan.REPRESENTATIVE).start()
    lab.network.attach("mn", "l3")
    eventually(lambda: forwarder_of(lab, HOME), "the mobile node is bound")
    eventually(lambda: is_answered(lab.network.ping("cn", HOME, count=1)), "the mobile node is reached")
    return running


def test_mobile_node_is_served_by_a_home_agent_in_the_representatives_name(
    lab: Lab, agents: dict[str, HomeAgent]
) -> None:
    mark = lab.capture.mark()
    output = lab.network.ping("cn", HOME)

    assert is_answered(output), output
    binding = lab.rest.binding(HOME)
    assert binding["homeAgent"] == plan.REPRESENTATIVE
    assert binding["forwarder"] in {agent.address for agent in agents.values()}
    tunnelled = lab.capture.matching(frames.at("mn", frames.tunnelled, sent=False), mark)
    assert {frames.source(seen) for seen in tunnelled} == {plan.REPRESENTATIVE}
    sent = lab.capture.matching(frames.at("mn", frames.tunnelled, sent=True), mark)
    assert sent and {frames.destination(seen) for seen in sent} == {plan.REPRESENTATIVE}


def test_its_forwarding_moves_without_loss(lab: Lab, agents: dict[str, HomeAgent]) -> None:
    traffic = Traffic(lab.network, [HOME], 400).start()
    try:
        traffic.wait_until_it_flows()
        for _ in range(3):
            target = next(agent.address for agent in agents.values() if agent.address != forwarder_of(lab, HOME))
            migrate(lab, HOME, target)
            traffic.wait_for_packets(400)
        ways = traffic.stop()
    finally:
        traffic.close()
    assert [way.lost for way in ways] == [0, 0], [str(way) for way in ways]


def test_packet_too_big_on_the_tunnels_way_reaches_the_sender(lab: Lab, agents: dict[str, HomeAgent]) -> None:
    """S-41, A-36: the router tells the outer source, which is the representative; whoever tunnels tells the sender."""
    lab.network.shell("rf", "ip", "link", "set", "rf-l3", "mtu", "1400")
    try:
        lab.network.shell("cn", "ip", "-6", "route", "flush", "cache")
        mark = lab.capture.mark()
        output = lab.network.ping("cn", HOME, "-M", "do", "-s", str(1440 - IPV6_AND_ECHO), count=5)
        told = lab.capture.matching(
            lambda seen: seen.host == "cn" and not seen.is_from_host and seen.icmp_type == frames.ICMPV6_PACKET_TOO_BIG,
            mark,
        )
        assert {seen.packet[ICMPv6PacketTooBig].mtu for seen in told} == {1360}, output
    finally:
        lab.network.shell("rf", "ip", "link", "set", "rf-l3", "mtu", "1500")
        for name in (*plan.HOME_AGENTS, "cn"):
            lab.network.shell(name, "ip", "-6", "route", "flush", "cache")


def test_killed_forwarder_is_replaced(lab: Lab, agents: dict[str, HomeAgent]) -> None:
    holder = next(agent for agent in agents.values() if agent.address == forwarder_of(lab, HOME))
    holder.process.kill()

    eventually(lambda: forwarder_of(lab, HOME) != holder.address, "another one forwards")
    eventually(lambda: is_answered(lab.network.ping("cn", HOME, count=1)), "the mobile node is reached")
    holder.start()


def test_restarted_controller_is_still_the_primary(lab: Lab, agents: dict[str, HomeAgent]) -> None:
    """kill -9: the forwarder goes on, and a binding update is understood again."""
    holder = forwarder_of(lab, HOME)
    lab.controller.process.kill()
    assert is_answered(lab.network.ping("cn", HOME))
    lab.controller.start()
    eventually(lab.controller.has_switches, "both switches are back")
    eventually(lambda: forwarder_of(lab, HOME) == holder, "the binding is known")
    mark = lab.capture.mark()

    lab.network.attach("mn", "l4")

    answered = frames.at("mn", frames.binding_acknowledgement, sent=False)
    answer = lab.capture.wait_for(answered, "the new care-of address is acknowledged", mark)
    assert frames.acknowledgement_of(answer).status == 0
    assert frames.source(answer) == plan.REPRESENTATIVE
    eventually(lambda: is_answered(lab.network.ping("cn", HOME, count=1)), "the mobile node is reached")


def test_return_home_ends_everything(lab: Lab, agents: dict[str, HomeAgent]) -> None:
    lab.network.attach("mn", "s1")

    eventually(lambda: lab.rest.binding(HOME) is None, "the binding is gone")
    eventually(lambda: not lab.steering_rules(HOME), "the rules are gone")
    lab.network.shell("h", "ip", "-6", "neigh", "flush", "dev", "eth0")
    eventually(lambda: is_answered(lab.network.ping("h", HOME, count=1)), "h reaches it at home")
