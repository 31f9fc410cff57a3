"""Strict mode (FIG. 3 of the delegation patent), and a secondary on its own: the other end is scapy and Python's hmac.

ha1 is a primary that accepts a registration only when p1 or p2, or in the end itself, forwards; ha2 is a
secondary for a primary that is played on p3.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from ipaddress import IPv6Address
from typing import Any

import pytest
from roostnet import forwarding, frames, plan
from roostnet.capture import Seen
from roostnet.daemons import HomeAgent
from roostnet.delegation import (
    KEY,
    controller_delegation,
    counted,
    forwarder_of,
    home_agent_delegation,
    message_of,
    says,
    start_home_agents,
)
from roostnet.forwarding import Message
from roostnet.lab import Lab, prime_router
from roostnet.played_forwarding import PlayedForwarder, played_forwarder
from roostnet.polling import eventually
from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6
from scapy.layers.l2 import Ether

PRIMARY, SECONDARY = plan.HOME_AGENTS["ha1"], plan.HOME_AGENTS["ha2"]
numbers = itertools.count(100)
"""Mobile nodes that nobody has heard of."""


@pytest.fixture(scope="module")
def lab(labs) -> Lab:
    return labs.make(delegation=controller_delegation())


@pytest.fixture(scope="module")
def played(lab: Lab) -> list[PlayedForwarder]:
    """Two secondaries for ha1, and a primary for ha2, all listed by the controller."""
    agents = [
        played_forwarder(lab.wire(host), number, preference=1, key=KEY)
        for host, number in (("p1", 0x21), ("p2", 0x22), ("p3", 0x23))
    ]
    for agent in agents:
        agent.run()
    lab.join(*agents)
    return agents


@pytest.fixture(scope="module")
def primary(lab: Lab, played: list[PlayedForwarder]) -> HomeAgent:
    """ha1, in strict mode, that delegates to p1 and p2 alike."""
    secondaries = [agent.address for agent in played[:2]]
    delegation = home_agent_delegation(mode="strict", policy="equal", secondaries=secondaries, gracePeriod=0.5)
    agent = start_home_agents(lab, "ha1", delegation=delegation)[0]
    prime_router(lab)
    return agent


@pytest.fixture(scope="module")
def secondary(lab: Lab) -> HomeAgent:
    return start_home_agents(lab, "ha2")[0]


@pytest.fixture
def secondaries(primary: HomeAgent, played: list[PlayedForwarder]) -> Iterator[list[PlayedForwarder]]:
    """p1 and p2, as they are when a test wants nothing special of them."""
    yield played[:2]
    for agent in played[:2]:
        agent.refusal, agent.is_silent, agent.answers_to_lose, agent.repeats = forwarding.ACCEPTED, False, 0, 1


def held(sender: PlayedForwarder) -> int:
    """For how many mobile nodes ha2 forwards in the name of a played primary, by its own word."""
    answer = sender.request(SECONDARY, Message(forwarding.HELLO, flags=forwarding.PRIMARY_ROLE))
    return int.from_bytes(answer.option(forwarding.ENTRIES) or b"", "big")


def said(lab: Lab, host: str, kind: int, home_address: str, mark: int) -> list[Seen]:
    """Datagrams of a type about a home address that a host has sent since `mark`, as they passed its port."""
    return lab.capture.matching(frames.at(host, says(kind, home_address), sent=True), mark)


def register(lab: Lab, number: int, sequence: int = 1, lifetime: int = 600) -> tuple[str, Seen]:
    """Register a new mobile node at ha1; its home address, and the acknowledgement."""
    home_address = plan.home_address(number)
    answer = lab.register(number, home_address, PRIMARY, sequence, lifetime)
    assert frames.acknowledgement_of(answer).status == 0
    return home_address, answer


def reaches(lab: Lab, home_address: str, care_of_address: str, by: str, outer_source: str) -> None:
    """A packet to the home address comes out of the tunnel of `by`, with that outer source."""
    mark = lab.capture.mark()
    packet = IPv6(src=plan.TERMINAL, dst=home_address) / ICMPv6EchoRequest(id=7)

    def tunnelled(seen: Seen) -> bool:
        return (
            seen.host == by
            and seen.is_from_host
            and frames.tunnelled(seen)
            and seen.frame[78:94] == IPv6Address(home_address).packed
        )

    eventually(
        lambda: lab.capture.matching(tunnelled, mark),
        f"{by} tunnels for {home_address}",
        meanwhile=lambda: lab.wire("h").send(Ether(src=plan.MACS["h"], dst=plan.REPRESENTATIVE_MAC) / packet),
    )
    for seen in lab.capture.matching(tunnelled, mark):
        assert (frames.source(seen), frames.destination(seen)) == (outer_source, care_of_address)


# A registration waits for a secondary


def test_registration_is_acknowledged_after_the_secondary_and_retransmission_does_it(
    lab: Lab, secondaries: list[PlayedForwarder]
) -> None:
    """S-45: three acknowledgements to Start are lost; the fourth counts, and only then is the mobile node told."""
    for agent in secondaries:
        agent.answers_to_lose = 3
    mark = lab.capture.mark()

    home_address, answer = register(lab, number := next(numbers))

    asked = next(agent for agent in secondaries if agent.heard_of(forwarding.START, home_address))
    host = {0x21: "p1", 0x22: "p2"}[int(asked.address.rsplit(":", 1)[1], 16)]
    starts = said(lab, "ha1", forwarding.START, home_address, mark)
    messages = [message_of(seen) for seen in starts]
    assert len({message.identifier for message in messages}) == 1
    assert len({message.sequence for message in messages}) == len(messages) == 4
    accepted = said(lab, host, forwarding.START_ACKNOWLEDGEMENT, home_address, mark)
    left = lab.capture.wait_for(frames.at("ha1", frames.binding_acknowledgement, sent=True), "the answer leaves", mark)
    assert left.time > accepted[0].time
    entry = asked.entries[home_address]
    assert entry.address(forwarding.TUNNEL_SOURCE) == PRIMARY
    assert entry.address(forwarding.CARE_OF_ADDRESS) == lab.mobile_nodes.care_of_address(number)
    assert 0 < entry.duration <= 600
    reaches(lab, home_address, lab.mobile_nodes.care_of_address(number), host, PRIMARY)
    eventually(lambda: forwarder_of(lab, home_address) == asked.address, "the controller knows the forwarder")
    assert lab.rest.binding(home_address)["homeAgent"] == PRIMARY


def test_acknowledgement_that_comes_twice_is_one(lab: Lab, secondaries: list[PlayedForwarder]) -> None:
    for agent in secondaries:
        agent.repeats = 3
    mark = lab.capture.mark()

    home_address, _answer = register(lab, next(numbers))

    eventually(lambda: forwarder_of(lab, home_address) in {agent.address for agent in secondaries}, "it is delegated")
    assert len(said(lab, "ha1", forwarding.START, home_address, mark)) == 1
    assert len(lab.capture.matching(frames.at("gen", frames.binding_acknowledgement, sent=False), mark)) == 1


@pytest.mark.parametrize("trouble", ["refuses", "is silent"])
def test_next_secondary_is_asked(lab: Lab, secondaries: list[PlayedForwarder], trouble: str) -> None:
    """S-48: one does not want to, or says nothing: the other one does it."""
    unwilling, willing = secondaries
    for _ in range(4):
        if trouble == "refuses":
            unwilling.refusal = forwarding.INSUFFICIENT_RESOURCES
        else:
            unwilling.is_silent = True
        home_address, _answer = register(lab, next(numbers))
        eventually(lambda: forwarder_of(lab, home_address) == willing.address, "the willing one")  # noqa: B023
        if unwilling.heard_of(forwarding.START, home_address):
            return
    raise AssertionError("whoever does not want to was never asked")


def test_primary_forwards_itself_when_nobody_will(lab: Lab, secondaries: list[PlayedForwarder]) -> None:
    """S-48: a registration is never lost for want of a secondary."""
    for agent in secondaries:
        agent.refusal = forwarding.REFUSED

    number = next(numbers)
    home_address, _answer = register(lab, number)

    assert all(agent.heard_of(forwarding.START, home_address) for agent in secondaries)
    eventually(lambda: forwarder_of(lab, home_address) == PRIMARY, "the controller knows that the primary forwards")
    reaches(lab, home_address, lab.mobile_nodes.care_of_address(number), "ha1", PRIMARY)


def test_release_stops_the_secondary(lab: Lab, secondaries: list[PlayedForwarder]) -> None:
    """N-19: Stop until it is acknowledged; N-20."""
    number = next(numbers)
    home_address, _answer = register(lab, number)
    holder = eventually(
        lambda: next((agent for agent in secondaries if home_address in agent.entries), None), "somebody forwards"
    )
    holder.answers_to_lose = 2
    mark = lab.capture.mark()

    lab.register(number, home_address, PRIMARY, 2, lifetime=0)

    eventually(lambda: home_address not in holder.entries, "it has stopped")
    eventually(lambda: len(said(lab, "ha1", forwarding.STOP, home_address, mark)) == 3, "Stop is repeated")
    eventually(lambda: lab.rest.binding(home_address) is None, "the binding is gone")
    assert not lab.steering_rules(home_address)


def test_new_care_of_address_is_told_to_the_secondary(lab: Lab, secondaries: list[PlayedForwarder]) -> None:
    """N-18, N-23: with a newer epoch; the acknowledgement comes after that of the secondary."""
    number = next(numbers)
    home_address, _answer = register(lab, number)
    holder = eventually(
        lambda: next((agent for agent in secondaries if home_address in agent.entries), None), "somebody forwards"
    )
    before = holder.entries[home_address]
    moved = lab.mobile_nodes.care_of_address(number + 5000)

    answer = lab.register(number, home_address, PRIMARY, 2, lifetime=300, care_of_address=moved)

    assert frames.acknowledgement_of(answer).status == 0
    after = holder.entries[home_address]
    assert after.address(forwarding.CARE_OF_ADDRESS) == moved
    assert after.epoch > before.epoch
    assert 0 < after.duration <= 300


# A secondary, by what a primary says to it


def start(home_address: str, epoch: int = 1, **changes: Any) -> Message:
    """A Start for it, with p3 as the primary."""
    message = forwarding.start(home_address, "2001:db8:5::1234", "2001:db8:1::23", epoch)
    return dataclasses.replace(message, **changes)


def test_secondary_forwards_until_the_duration_ends(
    lab: Lab, secondary: HomeAgent, played: list[PlayedForwarder]
) -> None:
    """S-47, N-21: no Stop comes, and nothing stays; N-07 and N-29: it says that the home address is with it."""
    home_address = plan.home_address(next(numbers))
    mark = lab.capture.mark()

    answer = played[2].request(SECONDARY, start(home_address, duration=4))

    assert answer.status == forwarding.ACCEPTED
    assert held(played[2]) == 1
    announced = frames.at("ha2", frames.advertisement(home_address), sent=True)
    eventually(lambda: len(lab.capture.matching(announced, mark)) >= 2, "it announces itself, and again")
    eventually(lambda: held(played[2]) == 0, "it has stopped by itself")
    first = lab.capture.matching(announced, mark)[0]
    assert (frames.destination(first), frames.advertised_mac(first)) == ("ff02::1", plan.MACS["ha2"])
    eventually(lambda: counted(secondary, "forwardingExpired") >= 1, "it is counted")


def test_stop_ends_the_entry_and_comes_as_often_as_it_likes(
    lab: Lab, secondary: HomeAgent, played: list[PlayedForwarder]
) -> None:
    home_address = plan.home_address(next(numbers))
    assert played[2].request(SECONDARY, start(home_address, epoch=5)).status == forwarding.ACCEPTED

    assert played[2].request(SECONDARY, forwarding.stop(home_address, 4)).status == forwarding.ACCEPTED
    assert held(played[2]) == 1, "a Stop older than the Start changes nothing"
    for _ in range(2):
        assert played[2].request(SECONDARY, forwarding.stop(home_address, 5)).status == forwarding.ACCEPTED
    eventually(lambda: held(played[2]) == 0, "it has stopped")


def test_start_that_comes_again_is_acknowledged_again(
    lab: Lab, secondary: HomeAgent, played: list[PlayedForwarder]
) -> None:
    """Idempotent by home address and epoch."""
    home_address = plan.home_address(next(numbers))
    for _ in range(3):
        answer = played[2].request(SECONDARY, start(home_address, epoch=7))
        assert (answer.status, answer.epoch) == (forwarding.ACCEPTED, 7)
    assert held(played[2]) == 1
    played[2].request(SECONDARY, forwarding.stop(home_address, 7))


def without(message: Message, kind: int) -> Message:
    """The message without an option."""
    return dataclasses.replace(message, options=tuple(one for one in message.options if one[0] != kind))


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (start("2001:db8:9::100"), forwarding.NOT_HOME_PREFIX),
        (start(plan.home_address(90), duration=0), forwarding.ZERO_DURATION),
        (start(plan.home_address(90), encapsulation=55), forwarding.ENCAPSULATION),
        (start(SECONDARY), None),
        (without(start(plan.home_address(90)), forwarding.CARE_OF_ADDRESS), forwarding.MISSING_OPTION),
        (
            dataclasses.replace(start(plan.home_address(90)), options=((forwarding.HOME_ADDRESS, b"\xc0\0\2\1"),)),
            forwarding.ADDRESS_FAMILY,
        ),
        (forwarding.start(plan.home_address(90), "ff02::1", "2001:db8:1::23", 1), None),
    ],
    ids=["outside", "duration 0", "encapsulation", "own address", "no care-of address", "IPv4", "multicast"],
)
def test_impossible_start_is_refused(
    lab: Lab, secondary: HomeAgent, played: list[PlayedForwarder], message: Message, status: int | None
) -> None:
    """Each with its reason (None: any refusal), and nothing is forwarded."""
    before = held(played[2])

    answer = played[2].request(SECONDARY, message)

    assert answer.status >= forwarding.REFUSED if status is None else answer.status == status, answer
    assert held(played[2]) == before


def test_older_start_is_refused_and_told_the_newer_epoch(
    lab: Lab, secondary: HomeAgent, played: list[PlayedForwarder]
) -> None:
    home_address = plan.home_address(next(numbers))
    assert played[2].request(SECONDARY, start(home_address, epoch=100)).status == forwarding.ACCEPTED

    answer = played[2].request(SECONDARY, start(home_address, epoch=99))

    assert (answer.status, answer.epoch) == (forwarding.STALE_EPOCH, 100)
    played[2].request(SECONDARY, forwarding.stop(home_address, 100))


def test_unknown_option_is_skipped(lab: Lab, secondary: HomeAgent, played: list[PlayedForwarder]) -> None:
    home_address = plan.home_address(next(numbers))
    message = start(home_address)
    strange = dataclasses.replace(message, options=((200, b"what is this?"), *message.options, (255, b"")))

    assert played[2].request(SECONDARY, strange).status == forwarding.ACCEPTED
    played[2].request(SECONDARY, forwarding.stop(home_address, 1))


@pytest.mark.parametrize("how", ["wrong key", "unknown key", "another sender", "replayed", "truncated", "unknown type"])
def test_datagram_that_is_not_genuine_is_met_with_silence(
    lab: Lab, secondary: HomeAgent, played: list[PlayedForwarder], how: str
) -> None:
    sender = played[2]
    home_address = plan.home_address(next(numbers))
    assert sender.request(SECONDARY, start(home_address, epoch=3)).status == forwarding.ACCEPTED
    before = held(sender)
    word = {
        "wrong key": "ignoredAuthentication",
        "unknown key": "ignoredUnknownKey",
        "another sender": "ignoredAuthentication",
        "replayed": "ignoredReplay",
        "truncated": "ignoredMalformed",
        "unknown type": "ignoredUnknownType",
    }[how]
    count = counted(secondary, word)
    mark = len(sender.heard)
    stop = dataclasses.replace(forwarding.stop(home_address, 3), identifier=0x7777)

    if how == "wrong key":
        sender.say(SECONDARY, stop, key=forwarding.Key(KEY.identifier, b"a key of somebody else"))
    elif how == "unknown key":
        sender.say(SECONDARY, stop, key=forwarding.Key(77, KEY.secret))
    elif how == "unknown type":
        sender.say(SECONDARY, dataclasses.replace(stop, type=99))
    elif how == "another sender":
        played[1].put(SECONDARY, sender.say(SECONDARY, dataclasses.replace(stop, type=forwarding.HELLO)))
    elif how == "replayed":
        again = sender.say(SECONDARY, dataclasses.replace(stop, type=forwarding.HELLO))
        eventually(lambda: sender.heard_of(forwarding.HELLO_ACKNOWLEDGEMENT, since=mark), "the first one is answered")
        mark = len(sender.heard)
        sender.put(SECONDARY, again)
    else:
        sender.put(SECONDARY, sender.say(SECONDARY, dataclasses.replace(stop, type=forwarding.HELLO))[:-3])

    eventually(lambda: counted(secondary, word) > count, f"{word} is counted")
    assert held(sender) == before
    if how in ("wrong key", "unknown key", "unknown type", "replayed"):
        assert not [message for message in sender.heard[mark:] if message.identifier == 0x7777]
    sender.request(SECONDARY, forwarding.stop(home_address, 3))


def test_no_listener_has_failed(lab: Lab, played: list[PlayedForwarder]) -> None:
    """What the played home agents heard was all of the protocol, and genuine."""
    for host in ("p1", "p2", "p3"):
        assert not lab.wire(host).failures
    assert not [datagram for agent in played for datagram in agent.forged]
