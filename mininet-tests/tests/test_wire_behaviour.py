"""What the controller says on the wire, and to what it says nothing; scapy alone plays the others."""

from __future__ import annotations

import random

import pytest
from roostnet import frames, plan
from roostnet.capture import Seen
from roostnet.controllers import OPENFLOW_PORT
from roostnet.lab import Lab, prime_router
from roostnet.openflow import Channel
from roostnet.played import ALL_NODES_MAC, PlayedHomeAgent, advertisement_frame
from roostnet.polling import eventually
from roostnet.topology import is_answered
from scapy.layers.inet6 import (
    ICMPv6EchoRequest,
    ICMPv6HAADRequest,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6NDOptSrcLLAddr,
    IPv6,
)
from scapy.layers.l2 import Ether

SOLICITED_NODE_MAC = "33:33:ff:ff:ff:fe"
SOLICITED_NODE = "ff02::1:ffff:fffe"


@pytest.fixture(scope="module")
def lab(labs) -> Lab:
    running = labs.make()
    prime_router(running)
    return running


@pytest.fixture(scope="module")
def agents(lab: Lab) -> list[PlayedHomeAgent]:
    """Two unmodified home agents, which also answer for the anycast address themselves."""
    played = [
        lab.played("p1", 0x21, answers_anycast=True),
        lab.played("p3", 0x23, answers_anycast=True),
    ]
    lab.join(*played)
    return played


def test_anycast_shield(lab: Lab, agents: list[PlayedHomeAgent]) -> None:
    """Unmodified home agents never see the questions, and what they say of themselves for it never arrives."""
    mark = lab.capture.mark()
    for number in range(50):
        lab.discover(100 + number)
    lab.network.shell("r", "ip", "-6", "neigh", "flush", "dev", "eth0")
    lab.discover(151)
    # And unasked: the rogue half of an unmodified home agent's behaviour.
    for agent in agents:
        agent.wire.send(
            Ether(src=agent.mac, dst=ALL_NODES_MAC)
            / IPv6(src=agent.link_local, dst="ff02::1", hlim=255)
            / ICMPv6ND_NA(R=1, S=0, O=1, tgt=plan.ANYCAST)
        )
    lab.discover(152)

    assert [agent.anycast_frames for agent in agents] == [[], []]
    solicitations = lab.capture.matching(frames.at("r", frames.solicitation(plan.ANYCAST), sent=True), mark)
    answers = lab.capture.matching(frames.at("r", frames.advertisement(plan.ANYCAST), sent=False), mark)
    assert len(answers) == len(solicitations) >= 1
    for answer in answers:
        assert frames.advertised_mac(answer) == plan.REPRESENTATIVE_MAC
        assert frames.advertised_flags(answer) == "R=1 S=1 O=0"
        assert answer.packet[IPv6].hlim == 255
    neighbor = lab.network.shell("r", "ip", "-6", "neigh", "show", plan.ANYCAST, "dev", "eth0")
    assert plan.REPRESENTATIVE_MAC in neighbor


def test_address_detection_for_the_anycast_address_is_answered_to_all(lab: Lab) -> None:
    """RFC 4861, 7.2.4: to a solicitation from the unspecified address, S is 0 and all nodes get the answer."""
    mark = lab.capture.mark()
    lab.wire("p2").send(
        Ether(src=plan.MACS["p2"], dst=SOLICITED_NODE_MAC)
        / IPv6(src="::", dst=SOLICITED_NODE, hlim=255)
        / ICMPv6ND_NS(tgt=plan.ANYCAST)
    )

    seen = lab.capture.wait_for(frames.at("p2", frames.advertisement(plan.ANYCAST), sent=False), "the answer", mark)

    assert frames.destination(seen) == "ff02::1"
    assert frames.advertised_flags(seen) == "R=1 S=0 O=0"


def test_representative_answers_ping(lab: Lab) -> None:
    output = lab.network.ping("h", plan.REPRESENTATIVE)

    assert is_answered(output), output
    neighbor = lab.network.shell("h", "ip", "-6", "neigh", "show", plan.REPRESENTATIVE)
    assert plan.REPRESENTATIVE_MAC in neighbor


def test_binding_update_to_the_representative_is_refused_with_130(lab: Lab, agents: list[PlayedHomeAgent]) -> None:
    seen = lab.register(5, plan.home_address(5), plan.REPRESENTATIVE, sequence=9)

    assert frames.acknowledgement_of(seen).status == 130
    assert frames.source(seen) == plan.REPRESENTATIVE
    assert frames.home_address_of(seen) == plan.home_address(5)


def test_binding_is_believed_once_its_home_agent_has_acknowledged(lab: Lab, agents: list[PlayedHomeAgent]) -> None:
    """A home agent that is nothing but its packets: bound, steered, delivered, released."""
    holder = agents[1]
    home_address = plan.home_address(6)

    lab.register(6, home_address, holder.address, sequence=20)

    binding = eventually(lambda: lab.rest.binding(home_address), "the controller knows the binding")
    assert binding["careOfAddress"] == lab.mobile_nodes.care_of_address(6)
    assert binding["homeAgent"] == holder.address
    assert binding["sequence"] == 20
    eventually(
        lambda: holder.delivered,
        "a packet to the home address reached its home agent",
        meanwhile=lambda: lab.network.shell("cn", "ping", "-6", "-c", "1", "-W", "1", home_address, check=False),
    )
    lab.register(6, home_address, holder.address, sequence=21, lifetime=0)
    eventually(lambda: lab.rest.binding(home_address) is None, "the binding is released")
    assert not holder.wire.failures


def test_acknowledgement_is_believed_from_the_port_of_its_home_agent_only(lab: Lab) -> None:
    home_address = plan.home_address(7)
    care_of_address = lab.mobile_nodes.care_of_address(7)
    named = lab.played("p3", 0x24, acknowledges=False)
    lab.join(named)
    mark = lab.capture.mark()
    lab.mobile_nodes.wire.send(lab.mobile_nodes.binding_update(7, home_address, named.address, 5, 600))
    lab.capture.wait_for(frames.at("p3", frames.binding_update, sent=False), "the update at its home agent", mark)
    acknowledgement = named.acknowledgement(home_address, care_of_address, 5, 150)

    lab.wire("p2").send(acknowledgement)
    lab.discover(71)
    assert lab.rest.binding(home_address) is None

    lab.wire("p3").send(acknowledgement)
    eventually(lambda: lab.rest.binding(home_address), "the true one is believed")
    lab.retire(named)


BAD_SOURCES = {
    "unspecified": "::",
    "multicast": "ff02::1",
    "multicast, wider": "ff0e::1234",
    "link-local": "fe80::1234",
    "loopback": "::1",
    "home prefix": "2001:db8:1::99",
    "the representative": plan.REPRESENTATIVE,
    "the anycast address": plan.ANYCAST,
}


@pytest.mark.parametrize("source", BAD_SOURCES.values(), ids=BAD_SOURCES.keys())
def test_discovery_request_from_a_source_that_must_not_be_answered(lab: Lab, source: str) -> None:
    """S-29: no reply to anybody, and it is counted."""
    ignored = lab.counter("roost_ignored_total")
    mark = lab.capture.mark()
    lab.wire("p2").send(
        Ether(src=plan.MACS["p2"], dst=plan.REPRESENTATIVE_MAC)
        / IPv6(src=source, dst=plan.ANYCAST, hlim=64)
        / ICMPv6HAADRequest(id=0xBEEF)
    )

    def to_it(seen: Seen) -> bool:
        return frames.discovery_reply(seen) and frames.discovery_identifier(seen) == 0xBEEF

    assert lab.quiet_after(to_it, mark) == []
    eventually(lambda: lab.counter("roost_ignored_total") > ignored, "it is counted")


BAD_ADVERTISEMENTS = {
    "hop limit 254": {"hop_limit": 254},
    "global source": {"link_local": "2001:db8:1::77"},
    "unspecified source": {"link_local": "::"},
}


@pytest.mark.parametrize("change", BAD_ADVERTISEMENTS.values(), ids=BAD_ADVERTISEMENTS.keys())
def test_advertisement_that_rfc_4861_refuses_is_not_learnt(lab: Lab, change: dict[str, object]) -> None:
    settings: dict[str, object] = {"link_local": "fe80::77", "prefix": "2001:db8:1::77", **change}
    lab.wire("p2").send(advertisement_frame("02:00:00:00:00:77", **settings))  # type: ignore[arg-type]

    assert "2001:db8:1::77" not in lab.discover(70)
    assert lab.rest.home_agent("2001:db8:1::77") is None


def malformed(agent: PlayedHomeAgent) -> list[bytes]:
    """Frames that begin like ours and are wrong somewhere: cut, with lengths that lie, with bits flipped."""
    request = bytes(
        Ether(src=plan.MACS["p2"], dst=plan.REPRESENTATIVE_MAC)
        / IPv6(src="2001:db8:5::1", dst=plan.ANYCAST)
        / ICMPv6HAADRequest(id=1)
    )
    solicitation = bytes(
        Ether(src=plan.MACS["p2"], dst=SOLICITED_NODE_MAC)
        / IPv6(src=plan.link_local(plan.MACS["p2"]), dst=SOLICITED_NODE, hlim=255)
        / ICMPv6ND_NS(tgt=plan.ANYCAST)
        / ICMPv6NDOptSrcLLAddr(lladdr=plan.MACS["p2"])
    )
    advertisement = bytes(agent.advertisement())
    echo = bytes(
        Ether(src=plan.MACS["p2"], dst=plan.REPRESENTATIVE_MAC)
        / IPv6(src="2001:db8:1::4", dst=plan.REPRESENTATIVE)
        / ICMPv6EchoRequest(data=b"x" * 32)
    )
    good = (request, solicitation, advertisement, echo)
    frames_cut = [whole[:length] for whole in good for length in range(14, len(whole))]
    zero_option = bytearray(solicitation)
    zero_option[-7] = 0
    seed = 20_26
    chance = random.Random(seed)
    print(f"seed {seed}")
    flipped = []
    for whole in good:
        for _ in range(250):
            one = bytearray(whole)
            one[chance.randrange(14, len(one))] ^= 1 << chance.randrange(8)
            flipped.append(bytes(one))
    return [*frames_cut, bytes(zero_option), *flipped]


def test_malformed_frames_are_dropped_and_the_switch_stays_connected(
    lab: Lab, agents: list[PlayedHomeAgent]
) -> None:
    """S-37: a reason is counted, nobody falls over, and the next good request is answered."""
    connections = _connections(lab)
    counted = lab.counter("roost_packets_malformed_total")

    for frame in malformed(agents[0]):
        lab.wire("p2").send(frame.ljust(14, b"\0"))

    eventually(lambda: lab.counter("roost_packets_malformed_total") > counted, "malformed frames are counted")
    # Open vSwitch drops packet-ins while many wait: what answers has caught up.
    prime_router(lab)
    lab.join(*agents)
    assert plan.REPRESENTATIVE in lab.discover(80)
    assert _connections(lab) == connections
    assert lab.rest.health()["healthy"]


def _connections(lab: Lab) -> set[tuple[int, bool]]:
    """The TCP connections of the switches seen so far."""
    channel = Channel(OPENFLOW_PORT)
    channel.feed(lab.capture.matching(lambda seen: seen.host == "openflow"))
    return {(message.connection, message.is_to_controller) for message in channel.messages}


def test_router_still_finds_the_representative_after_all_this(lab: Lab, agents: list[PlayedHomeAgent]) -> None:
    prime_router(lab)
    assert set(lab.discover(90)) >= {agent.address for agent in agents}
