"""A mobile node whose forwarding is moved among home agents by the controller: late mode, the product's own daemons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from ipaddress import IPv6Address
from typing import Any

import pytest
from roostnet import forwarding, frames, plan
from roostnet.capture import Seen
from roostnet.daemons import HomeAgent, MobileNode
from roostnet.delegation import (
    KEY,
    controller_delegation,
    counted,
    forwarder_of,
    message_of,
    migrate,
    order,
    says,
    speaks,
    start_home_agents,
    status_of,
)
from roostnet.lab import Lab, prime_router
from roostnet.openvswitch import run
from roostnet.polling import eventually
from roostnet.topology import is_answered, is_ours
from roostnet.traffic import Traffic
from scapy.layers.inet import UDP
from scapy.layers.inet6 import MIP6MH_BA, ICMPv6PacketTooBig, IPv6, IPv6ExtHdrRouting
from scapy.layers.l2 import Ether
from scapy.utils import wrpcap

HOME = plan.home_address()
PRIMARY = "ha1"
"""The highest preference: the mobile node registers there."""
IPV6_AND_ECHO = 48
"""Octets of the headers before what a ping carries."""
DISCOVERY_REPLY = 145
"""The ICMPv6 type (RFC 6275, 6.6)."""
GRACE = 3.0
"""Seconds for which who is left goes on."""
RATE = 400
PACKETS = 400
"""Packets each way between two events under traffic."""


@pytest.fixture(scope="module")
def lab(labs) -> Lab:
    """Three home agent daemons, a mobile node on a foreign link, bound at ha1."""
    running = labs.make(delegation=controller_delegation())
    return running


@pytest.fixture(scope="module")
def agents(lab: Lab) -> dict[str, HomeAgent]:
    """The home agents by name, once the mobile node is bound at ha1 and reached."""
    first = start_home_agents(lab, PRIMARY, preference=30)
    others = start_home_agents(lab, "ha2", "ha3", preference=20)
    prime_router(lab)
    MobileNode(lab.network).start()
    lab.network.attach("mn", "l3")
    eventually(lambda: forwarder_of(lab, HOME) == plan.HOME_AGENTS[PRIMARY], "the mobile node is bound at ha1")
    eventually(lambda: is_answered(lab.network.ping("cn", HOME, count=1)), "the mobile node is reached")
    return {agent.name: agent for agent in (*first, *others)}


@pytest.fixture
def traffic(lab: Lab, agents: dict[str, HomeAgent]) -> Iterator[Traffic]:
    """Packets both ways, flowing, ended in any case."""
    running = Traffic(lab.network, [HOME], RATE).start()
    running.wait_until_it_flows()
    yield running
    running.close()


def _entries(agent: HomeAgent) -> int:
    """For how many mobile nodes a home agent forwards as a secondary."""
    return int(status_of(agent)["entries"])


def outer_sources(lab: Lab, mark: int) -> set[str]:
    """From whom the mobile node has had tunnelled packets since `mark`, in its own recording."""
    seen = lab.capture.matching(frames.at("mn", frames.tunnelled, sent=False), mark)
    return {frames.source(one) for one in seen}


def tunnelled_by(lab: Lab, name: str, mark: int) -> list[Seen]:
    """Packets to the mobile node's home address that a home agent has tunnelled since `mark`."""
    seen = lab.capture.matching(frames.at(name, frames.tunnelled, sent=True), mark)
    return [one for one in seen if one.frame[78:94] == IPv6Address(HOME).packed]


def datagrams(lab: Lab, mark: int = 0) -> list[Seen]:
    """The forwarding protocol's packets at the ports of home agents, as they were sent."""
    return lab.capture.matching(lambda seen: seen.is_from_host and message_of(seen) is not None, mark)


def go_home_to(lab: Lab, name: str) -> None:
    """Whoever forwards for the mobile node, it is to be this home agent now."""
    eventually(lambda: speaks(lab, plan.HOME_AGENTS[name]), f"{name} speaks the protocol")
    if forwarder_of(lab, HOME) != plan.HOME_AGENTS[name]:
        migrate(lab, HOME, plan.HOME_AGENTS[name])


def test_migrations_under_traffic_lose_nothing_and_show_one_outer_address(lab: Lab, traffic: Traffic) -> None:
    """To both others, between them, and back to the primary; N-15, N-27, and A-38's budget for duplicates."""
    mark = lab.capture.mark()
    for target in ("ha2", "ha3", "ha2", "ha1", "ha3", "ha1"):
        before = lab.capture.mark()
        migrate(lab, HOME, plan.HOME_AGENTS[target])
        traffic.wait_for_packets(PACKETS)
        assert tunnelled_by(lab, target, before), f"{target} has forwarded"

    ways = traffic.stop()

    assert [way.lost for way in ways] == [0, 0], [str(way) for way in ways]
    assert all(way.duplicated <= 0.001 * way.sent + 1 for way in ways), [str(way) for way in ways]
    assert outer_sources(lab, mark) == {plan.HOME_AGENTS[PRIMARY]}


def test_controller_tells_home_agent_and_forwarder_apart(lab: Lab, agents: dict[str, HomeAgent]) -> None:
    go_home_to(lab, "ha2")

    binding = lab.rest.binding(HOME)
    assert binding is not None
    assert (binding["homeAgent"], binding["forwarder"]) == (plan.HOME_AGENTS["ha1"], plan.HOME_AGENTS["ha2"])


def test_signalling_stays_with_the_primary_when_the_mobile_node_moves(lab: Lab, agents: dict[str, HomeAgent]) -> None:
    """N-02, N-18: the binding update goes to the primary, the new care-of address to the forwarder."""
    go_home_to(lab, "ha2")
    mark = lab.capture.mark()

    lab.network.attach("mn", "l4")

    update = lab.capture.wait_for(frames.at("ha1", frames.binding_update, sent=False), "the update is at ha1", mark)
    care_of_address = frames.care_of_address_of(update)
    assert care_of_address.startswith("2001:db8:4:")
    eventually(lambda: is_answered(lab.network.ping("cn", HOME, count=1)), "the mobile node is reached again")
    assert forwarder_of(lab, HOME) == plan.HOME_AGENTS["ha2"]
    mark = lab.capture.mark()
    assert is_answered(lab.network.ping("cn", HOME))
    packets = tunnelled_by(lab, "ha2", mark)
    assert packets and {frames.destination(seen) for seen in packets} == {care_of_address}
    assert not tunnelled_by(lab, "ha1", mark)
    lab.network.attach("mn", "l3")
    eventually(lambda: lab.rest.binding(HOME)["careOfAddress"].startswith("2001:db8:3:"), "it is back")
    eventually(lambda: is_answered(lab.network.ping("cn", HOME, count=1)), "the mobile node is reached")


@pytest.mark.parametrize("forwarder", ["ha2", "ha1"], ids=["after a move", "after the way back"])
def test_packet_too_big_reaches_the_sender(lab: Lab, agents: dict[str, HomeAgent], forwarder: str) -> None:
    """S-41: the tunnel's errors go to the outer source, which is the primary, and yet the sender is told."""
    go_home_to(lab, forwarder)

    assert told_to_be_too_big(lab, 1500) == {1460}
    again = lab.network.ping("cn", HOME, "-s", str(1500 - IPV6_AND_ECHO))
    assert is_answered(again), again


@pytest.mark.parametrize("forwarder", ["ha2", "ha1"], ids=["after a move", "after the way back"])
def test_packet_too_big_on_the_tunnels_way_reaches_the_sender(
    lab: Lab, agents: dict[str, HomeAgent], forwarder: str
) -> None:
    """S-41, A-36: the router tells the outer source, which is the primary, and that one tells the sender."""
    go_home_to(lab, forwarder)
    lab.network.shell("rf", "ip", "link", "set", "rf-l3", "mtu", "1400")
    try:
        assert told_to_be_too_big(lab, 1440) == {1360}
    finally:
        lab.network.shell("rf", "ip", "link", "set", "rf-l3", "mtu", "1500")
        for name in (*plan.HOME_AGENTS, "cn"):
            lab.network.shell(name, "ip", "-6", "route", "flush", "cache")


def told_to_be_too_big(lab: Lab, octets: int) -> set[int]:
    """The sizes that the correspondent is told when it sends packets of so many octets to the mobile node."""
    lab.network.shell("cn", "ip", "-6", "route", "flush", "cache")
    mark = lab.capture.mark()
    output = lab.network.ping("cn", HOME, "-M", "do", "-s", str(octets - IPV6_AND_ECHO), count=5)
    told = lab.capture.matching(
        lambda seen: seen.host == "cn" and not seen.is_from_host and seen.icmp_type == frames.ICMPV6_PACKET_TOO_BIG,
        mark,
    )
    assert told, output
    return {seen.packet[ICMPv6PacketTooBig].mtu for seen in told}


@pytest.mark.parametrize(
    ("home_address", "body", "expected"),
    [
        (plan.home_address(77), {"homeAgent": plan.HOME_AGENTS["ha2"]}, 404),
        (HOME, {"homeAgent": "2001:db8:1::77"}, 404),
        (HOME, {}, 400),
        (HOME, {"homeAgent": 7}, 400),
        (HOME, {"homeAgent": "ha2"}, 400),
        ("nobody", {"homeAgent": plan.HOME_AGENTS["ha2"]}, 400),
    ],
    ids=["unknown mobile node", "unknown home agent", "no home agent", "a number", "a name", "no address"],
)
def test_order_that_makes_no_sense_is_refused(
    lab: Lab, agents: dict[str, HomeAgent], home_address: str, body: dict[str, Any], expected: int
) -> None:
    before = forwarder_of(lab, HOME)

    status, answer = lab.rest.status_of(
        f"/wm/roost/mobile-nodes/{home_address}/forwarder", "POST", json.dumps(body).encode()
    )

    assert status == expected, answer
    assert answer["error"] and answer["message"]
    assert forwarder_of(lab, HOME) == before


def test_protocol_on_the_wire_is_genuine_and_read_by_others(lab: Lab, agents: dict[str, HomeAgent]) -> None:
    """Each datagram has the authenticator that Python computes, and no session says the same number twice."""
    go_home_to(lab, "ha2")
    go_home_to(lab, "ha3")
    seen = datagrams(lab)
    assert len(seen) > 20

    said = by_tshark(lab, seen)
    numbers = set()
    types = set()
    for one, told in zip(seen, said, strict=True):
        octets = bytes(one.packet[UDP].payload)
        assert forwarding.is_genuine(octets, KEY, frames.source(one), frames.destination(one)), octets.hex()
        message = forwarding.parse(octets)
        types.add(message.type)
        assert told == [
            "", str(message.type), str(message.identifier), str(message.sequence), str(message.status),
            message.home_address or "", message.address(forwarding.FORWARDER) or "",
        ]  # fmt: skip
        number = (frames.source(one), frames.destination(one), message.sender_session, message.sequence)
        assert number not in numbers, number
        numbers.add(number)
    assert {
        forwarding.START, forwarding.START_ACKNOWLEDGEMENT, forwarding.STOP, forwarding.STOP_ACKNOWLEDGEMENT,
        forwarding.ORDER_ACKNOWLEDGEMENT, forwarding.REPORT, forwarding.HELLO_ACKNOWLEDGEMENT,
    } <= types  # fmt: skip


def by_tshark(lab: Lab, seen: list[Seen]) -> list[list[str]]:
    """What tshark, with the dissector that comes with the document, reads in these frames; first what is malformed."""
    file = lab.logs / "forwarding.pcap"
    wrpcap(str(file), [one.packet for one in seen])
    names = ("type", "identifier", "sequence", "status", "home_address", "forwarder")
    fields = [word for name in names for word in ("-e", f"roost.forwarding.{name}")]
    told = run(
        "tshark", "-X", f"lua_script:{forwarding.DISSECTOR}", "-n", "-r", str(file),
        "-T", "fields", "-e", "_ws.malformed", *fields,
    )  # fmt: skip
    return [line.split("\t") for line in told.splitlines()]


@pytest.mark.parametrize("how", ["wrong key", "unknown key", "replayed", "truncated", "wrong version", "oversized"])
def test_bad_datagram_is_counted_and_changes_nothing(lab: Lab, agents: dict[str, HomeAgent], how: str) -> None:
    """Sent in a home agent's name, to another one, while nothing else happens."""
    go_home_to(lab, "ha2")
    genuine = next(
        seen
        for seen in reversed(datagrams(lab))
        if seen.host == "ha1" and frames.destination(seen) == plan.HOME_AGENTS["ha2"] and says(forwarding.START)(seen)
    )
    octets = bytes(genuine.packet[UDP].payload)
    message = forwarding.parse(octets)
    ends = (plan.HOME_AGENTS["ha1"], plan.HOME_AGENTS["ha2"])
    forged, word = {
        "wrong key": (message.octets(forwarding.Key(1, b"a key of somebody else"), *ends), "ignoredAuthentication"),
        "unknown key": (message.octets(forwarding.Key(9, KEY.secret), *ends), "ignoredUnknownKey"),
        "replayed": (octets, "ignoredReplay"),
        "truncated": (octets[:-1], "ignoredMalformed"),
        "wrong version": (b"\x02" + octets[1:], "ignoredVersion"),
        "oversized": (octets + bytes(1300 - len(octets)), "ignoredMalformed"),
    }[how]
    before = counted(agents["ha2"], word)
    entries = _entries(agents["ha2"])
    mark = lab.capture.mark()
    frame = genuine.packet.copy()
    del frame[IPv6].plen, frame[UDP].len, frame[UDP].chksum
    frame[UDP].remove_payload()

    lab.wire("p1").send(frame / forged)

    eventually(lambda: counted(agents["ha2"], word) > before, f"{word} is counted")
    assert _entries(agents["ha2"]) == entries
    answers = [message_of(seen) for seen in datagrams(lab, mark) if seen.host == "ha2"]
    assert message.identifier not in {answer.identifier for answer in answers}
    assert is_answered(lab.network.ping("cn", HOME))


def test_controller_killed_in_the_middle_of_a_migration(
    lab: Lab, agents: dict[str, HomeAgent], traffic: Traffic
) -> None:
    """Nobody stops before the switch is known to be flipped, whenever the controller is back: nothing is lost."""
    go_home_to(lab, "ha2")
    mark = lab.capture.mark()
    status, body = order(lab, HOME, plan.HOME_AGENTS["ha3"])
    assert status == 202, body
    lab.capture.wait_for(frames.at("ha1", says(forwarding.START), sent=True), "the primary has begun", mark)

    lab.controller.process.kill()
    traffic.wait_for_packets(PACKETS)
    lab.controller.start()
    eventually(lab.controller.has_switches, "both switches are back")

    eventually(lambda: _agree(lab, agents), "one home agent forwards, no other, and the switches steer to it")
    traffic.wait_for_packets(PACKETS)
    ways = traffic.stop()
    assert [way.lost for way in ways] == [0, 0], [str(way) for way in ways]


def _agree(lab: Lab, agents: dict[str, HomeAgent]) -> bool:
    """Whether the controller, the primary and the secondaries say the same of who forwards."""
    forwarder = forwarder_of(lab, HOME)
    entries = {agent.address for agent in agents.values() if _entries(agent)}
    if forwarder == plan.HOME_AGENTS[PRIMARY]:
        return not entries and status_of(agents[PRIMARY])["delegated"] == 0
    return entries == {forwarder} and status_of(agents[PRIMARY])["delegated"] == 1


def test_killed_forwarder_is_replaced(lab: Lab, agents: dict[str, HomeAgent]) -> None:
    """kill -9 of a secondary: the primary takes back, the switches follow."""
    go_home_to(lab, "ha2")
    agents["ha2"].process.kill()

    eventually(lambda: forwarder_of(lab, HOME) not in (plan.HOME_AGENTS["ha2"], None), "another one forwards")
    eventually(lambda: is_answered(lab.network.ping("cn", HOME, count=1)), "the mobile node is reached")
    agents["ha2"].start()
    eventually(lambda: _entries(agents["ha2"]) == 0, "it forwards nothing any more")


def test_killed_primary_goes_on_where_it_was(lab: Lab, agents: dict[str, HomeAgent], traffic: Traffic) -> None:
    """kill -9 of the primary and a new start: the forwarder never stops, and nothing is lost."""
    go_home_to(lab, "ha3")
    agents["ha1"].process.kill()
    traffic.wait_for_packets(PACKETS)
    agents["ha1"].start()
    traffic.wait_for_packets(PACKETS)

    assert forwarder_of(lab, HOME) == plan.HOME_AGENTS["ha3"]
    ways = traffic.stop()
    assert [way.lost for way in ways] == [0, 0], [str(way) for way in ways]
    eventually(lambda: status_of(agents["ha1"])["delegated"] == 1, "the primary still knows")


def test_return_home_ends_everything(lab: Lab, agents: dict[str, HomeAgent]) -> None:
    """N-19, N-30: the mobile node deregisters at the primary; no entry and no rule stays anywhere."""
    go_home_to(lab, "ha2")
    mark = lab.capture.mark()

    lab.network.attach("mn", "s1")

    eventually(lambda: lab.rest.binding(HOME) is None, "the binding is gone")
    eventually(lambda: not lab.steering_rules(HOME), "the rules are gone")
    eventually(lambda: not any(_entries(agent) for agent in agents.values()), "nobody forwards for it")
    stops = lab.capture.matching(frames.at("ha1", says(forwarding.STOP, HOME), sent=True), mark)
    assert plan.HOME_AGENTS["ha2"] in {frames.destination(seen) for seen in stops}
    lab.network.shell("h", "ip", "-6", "neigh", "flush", "dev", "eth0")
    eventually(lambda: is_answered(lab.network.ping("h", HOME, count=1)), "h reaches it at home")
    left = [rule for switch in ("s1", "s2") for rule in lab.network.flows(switch) if HOME in rule and is_ours(rule)]
    assert not left


def test_mobile_node_of_a_dead_primary_registers_elsewhere_by_itself(lab: Lab, agents: dict[str, HomeAgent]) -> None:
    """The primary stops for good; the forwarder goes on until every switch steers to the new home agent, and longer.

    That the primary does not answer is told the mobile node by a status 130 in its name, so that nobody has to wait
    until the lifetime is nearly over.  It changes its end of the tunnel when it has the answer, and the switches
    theirs when the controller has seen it pass: what comes between the two, from the one end or to the other, does
    not fit.
    """
    lab.network.attach("mn", "l3")
    eventually(lambda: forwarder_of(lab, HOME) == plan.HOME_AGENTS["ha1"], "the mobile node is bound at ha1")
    eventually(lambda: is_answered(lab.network.ping("cn", HOME, count=1)), "the mobile node is reached")
    reply = lab.capture.matching(lambda seen: seen.host == "mn" and seen.icmp_type == DISCOVERY_REPLY)[-1]
    last = next(
        name for address in reversed(frames.listed_addresses(reply)) for name in ("ha2", "ha3")
        if plan.HOME_AGENTS[name] == address
    )  # fmt: skip
    go_home_to(lab, last)
    traffic = Traffic(lab.network, [HOME], RATE).start()
    try:
        traffic.wait_until_it_flows()
        _outlive_the_primary(lab, agents, last, traffic)
        ways = traffic.stop()
    finally:
        traffic.close()
    assert ways[1].lost == 0, str(ways[1])
    assert ways[0].lost < RATE / 10, str(ways[0])


def _outlive_the_primary(lab: Lab, agents: dict[str, HomeAgent], forwarder: str, traffic: Traffic) -> None:
    """The mobile node goes on to a home agent before this forwarder in its list."""
    assert agents["ha1"].process.stop() in (0, 143)
    eventually(lambda: not speaks(lab, plan.HOME_AGENTS["ha1"]), "the primary is known to be silent")
    traffic.wait_for_packets(PACKETS)
    assert forwarder_of(lab, HOME) == plan.HOME_AGENTS[forwarder]
    update = lab.capture.matching(frames.at("mn", frames.binding_update, sent=True))[-1]
    mark = lab.capture.mark()

    lab.wire("p1").send(
        Ether(src=plan.MACS["ha1"], dst=plan.MACS["r"])
        / IPv6(src=plan.HOME_AGENTS["ha1"], dst=frames.care_of_address_of(update))
        / IPv6ExtHdrRouting(type=2, segleft=1, addresses=[HOME])
        / MIP6MH_BA(status=130, seq=frames.update_of(update).seq, mhtime=0)
    )

    eventually(lambda: lab.rest.binding(HOME)["homeAgent"] != plan.HOME_AGENTS["ha1"], "it is bound elsewhere")
    stop = lab.capture.wait_for(
        frames.at(forwarder, says(forwarding.STOP, HOME), sent=False), "the forwarder is told to stop", mark
    )
    eventually(lambda: _entries(agents[forwarder]) == 0, "nobody forwards for the dead one")
    traffic.wait_for_packets(PACKETS)
    answer = lab.capture.matching(frames.at("mn", frames.binding_acknowledgement, sent=False), mark)[-1]
    assert stop.time - answer.time >= GRACE, "the forwarder stops long after"
