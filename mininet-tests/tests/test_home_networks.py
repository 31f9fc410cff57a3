"""Several home networks on one link, and home networks that come and go while the controller runs."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest
from roostnet import frames, plan
from roostnet.controllers import OPENFLOW_PORT
from roostnet.lab import Lab, prime_router
from roostnet.openflow import Channel
from roostnet.played import PlayedHomeAgent
from roostnet.polling import eventually

SECOND = plan.SECOND_HOME_NETWORK
SECOND_REPRESENTATIVE = SECOND["representative"]["address"]
SECOND_MAC = SECOND["representative"]["linkLayerAddress"]
SECOND_HOME_AGENT = "2001:db8:6::22"
HOME = plan.home_address(9)


@pytest.fixture(scope="module")
def lab(labs) -> Lab:
    running = labs.make()
    prime_router(running)
    return running


@pytest.fixture(scope="module")
def first(lab: Lab) -> PlayedHomeAgent:
    """A home agent of the first home network, with a mobile node bound."""
    agent = lab.played("p1", 0x21)
    lab.join(agent)
    lab.register(9, HOME, agent.address, sequence=1)
    eventually(lambda: len(lab.steering_rules(HOME)) == 2, "the mobile node is steered")
    return agent


def reload(lab: Lab, *networks: dict[str, object]) -> dict[str, list[str]]:
    """Have exactly these home networks; what the controller says has come of each."""
    lab.controller.settings["homeNetworks"] = copy.deepcopy(list(networks))
    status, body = lab.controller.reload()
    assert status == 200, body
    return body


def original(lab: Lab) -> dict[str, object]:
    """The first home network's configuration."""
    return next(network for network in lab.controller.settings["homeNetworks"] if network["name"] == "home")


@pytest.fixture
def second(lab: Lab, first: PlayedHomeAgent) -> Iterator[PlayedHomeAgent]:
    """A home agent of the second home network, which is there from now on."""
    reload(lab, original(lab), SECOND)
    agent = lab.played("p3", 0x22)
    agent.address = SECOND_HOME_AGENT
    lab.join(agent)
    yield agent
    reload(lab, original(lab))


def test_each_home_network_has_its_own_list(lab: Lab, first: PlayedHomeAgent, second: PlayedHomeAgent) -> None:
    """S-15: the anycast addresses share one multicast group; the target says which is meant."""
    lab.network.shell("r", "ip", "-6", "neigh", "flush", "dev", "eth0")
    mark = lab.capture.mark()

    assert lab.discover(1) == [first.address, plan.REPRESENTATIVE]
    assert lab.discover(2, anycast=plan.SECOND_ANYCAST) == [SECOND_HOME_AGENT, SECOND_REPRESENTATIVE]

    for anycast, mac in ((plan.ANYCAST, plan.REPRESENTATIVE_MAC), (plan.SECOND_ANYCAST, SECOND_MAC)):
        asked = lab.capture.matching(frames.at("r", frames.solicitation(anycast), sent=True), mark)
        answers = lab.capture.matching(frames.at("r", frames.advertisement(anycast), sent=False), mark)
        assert {frames.destination(seen) for seen in asked} == {"ff02::1:ffff:fffe"}
        assert {frames.advertised_mac(seen) for seen in answers} == {mac}
        assert len(answers) == len(asked)


def test_bindings_of_one_home_network_are_none_of_the_others(
    lab: Lab, first: PlayedHomeAgent, second: PlayedHomeAgent
) -> None:
    """S-15: a home address is steered within its own home network only."""
    lab.register(30, "2001:db8:6::100", SECOND_HOME_AGENT, sequence=1)
    eventually(lambda: lab.rest.binding("2001:db8:6::100"), "the controller knows the binding")
    assert lab.rest.binding("2001:db8:6::100")["homeNetwork"] == SECOND["name"]
    assert lab.rest.binding(HOME)["homeNetwork"] == "home"
    eventually(lambda: len(lab.steering_rules("2001:db8:6::100")) == 2, "it is steered")


def test_one_home_agent_serves_two_home_networks(lab: Lab, first: PlayedHomeAgent) -> None:
    """H-120: it advertises both prefixes at once, is listed in both, and what is sent to either home address reaches it."""
    reload(lab, original(lab), SECOND)
    one, other = lab.played("p2", 0x31), lab.played("p2", 0x31 + 1)
    other.mac, other.address = one.mac, "2001:db8:6::31"
    networks = {"home": (one, plan.ANYCAST), SECOND["name"]: (other, plan.SECOND_ANYCAST)}

    def advertise() -> None:
        lab.wire("p2").send(one.advertisement(more_prefixes=(other.address,)))

    def entries() -> dict[str, list[str]]:
        return {
            entry["homeNetwork"]: entry["addresses"]
            for entry in lab.rest.home_agents()
            if entry["linkLocalAddress"] == one.link_local
        }

    eventually(lambda: entries().keys() == networks.keys(), "it is listed in both", meanwhile=advertise)
    eventually(
        lambda: {one.address, other.address} <= lab.followed(), "registrations with both are seen", every=0.05
    )
    for number, (name, (agent, anycast)) in enumerate(networks.items(), start=40):
        named = {one.address, other.address} & set(lab.discover(number, anycast=anycast))
        assert named == {agent.address}, "by its address in that home network, and that alone"
        home = f"{agent.address.rpartition('::')[0]}::{number}"
        lab.register(number, home, agent.address, sequence=1)
        eventually(lambda home=home: len(lab.steering_rules(home)) == 2, "the mobile node is steered")
        assert lab.rest.binding(home)["homeNetwork"] == name

        mark = lab.capture.mark()
        lab.network.ping("cn", home, count=1)

        care_of = lab.mobile_nodes.care_of_address(number)
        lab.capture.wait_for(
            frames.at("gen", lambda seen, to=care_of: frames.destination(seen) == to, sent=False),
            f"what cn sends to {home} comes through the tunnel",
            mark,
        )
        assert agent.delivered, "through the home agent in that home network"
    lab.wire("p2").send(one.advertisement(more_prefixes=(other.address,), is_home_agent=False))
    eventually(lambda: not {one.address, other.address} & lab.listed(), "it has left both")
    reload(lab, original(lab))


def test_anycast_address_of_a_home_network_that_is_not_served_is_not_answered(lab: Lab, first: PlayedHomeAgent) -> None:
    """S-16: who serves one home network leaves the others' anycast addresses to whoever has them."""
    lab.network.shell("r", "ip", "-6", "neigh", "flush", "dev", "eth0")
    mark = lab.capture.mark()
    nodes = lab.mobile_nodes

    nodes.wire.send(nodes.discovery_request(3, 0x3333, anycast=plan.SECOND_ANYCAST))
    wanted = frames.at("r", frames.solicitation(plan.SECOND_ANYCAST), sent=True)
    lab.capture.wait_for(wanted, "the router asks for it", mark)

    assert lab.quiet_after(frames.advertisement(plan.SECOND_ANYCAST), mark) == []
    # And whoever has it hears the question: the shield is for what is served only.
    lab.capture.wait_for(
        frames.at("ha1", frames.solicitation(plan.SECOND_ANYCAST), sent=False), "others hear the question", mark
    )


def test_renumbering_serves_both_prefixes_until_the_old_one_ends(lab: Lab, first: PlayedHomeAgent) -> None:
    """S-35: the new home network beside the old one, then the new one alone; nobody's rules are touched meanwhile."""
    old = original(lab)
    rules = lab.steering_rules(HOME)
    mark = lab.capture.mark()

    told = reload(lab, old, SECOND)

    assert (told["added"], told["untouched"]) == ([SECOND["name"]], ["home"])
    agent = lab.played("p3", 0x22)
    agent.address = SECOND_HOME_AGENT
    lab.join(agent)
    assert lab.discover(4) == [first.address, plan.REPRESENTATIVE]
    assert lab.discover(5, anycast=plan.SECOND_ANYCAST) == [SECOND_HOME_AGENT, SECOND_REPRESENTATIVE]
    assert lab.steering_rules(HOME) == rules
    channel = Channel(OPENFLOW_PORT)
    channel.feed(lab.capture.frames(mark))
    assert not channel.deletions()

    assert reload(lab, SECOND)["removed"] == ["home"]

    eventually(lambda: not lab.steering_rules(HOME), "the old home network's rules are gone")
    assert lab.discover(6, anycast=plan.SECOND_ANYCAST) == [SECOND_HOME_AGENT, SECOND_REPRESENTATIVE]
    lab.network.shell("r", "ip", "-6", "neigh", "flush", "dev", "eth0")
    mark = lab.capture.mark()
    lab.mobile_nodes.wire.send(lab.mobile_nodes.discovery_request(7, 0x7777))
    lab.capture.wait_for(frames.at("r", frames.solicitation(plan.ANYCAST), sent=True), "the router asks", mark)
    lab.discover(8, anycast=plan.SECOND_ANYCAST)
    assert not lab.capture.matching(frames.advertisement(plan.ANYCAST), mark)


def test_configuration_with_a_mistake_changes_nothing(lab: Lab) -> None:
    """Refused as a whole, with all that is wrong with it; the rules stay as they are."""
    before = [lab.network.flows("s1"), lab.rest.get("home-networks")]
    good = lab.controller.settings["homeNetworks"]
    lab.controller.settings["homeNetworks"] = [*good, {"name": "wrong", "prefix": "2001:db8:8::/129"}]

    status, body = lab.controller.reload()

    lab.controller.settings["homeNetworks"] = good
    assert status == 400
    assert len(body["problems"]) >= 2, "the prefix, and the representative that is missing"
    assert [lab.network.flows("s1"), lab.rest.get("home-networks")] == before
