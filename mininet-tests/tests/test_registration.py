"""The product's own home agents and mobile node, from first sight to return home."""

from __future__ import annotations

import itertools

import pytest
from roostnet import frames, plan
from roostnet.capture import Seen
from roostnet.lab import Lab
from roostnet.polling import eventually
from roostnet.sequence import STEPS, Sequence, Step
from roostnet.topology import is_answered
from scapy.layers.inet6 import ICMPv6PacketTooBig, IPv6

HOME = plan.home_address()


@pytest.fixture(scope="module")
def lab(labs) -> Lab:
    return labs.make()


@pytest.fixture(scope="module")
def steps(lab: Lab) -> list[Step]:
    """What the sequence told."""
    return []


@pytest.fixture(scope="module")
def registered(lab: Lab, steps: list[Step]) -> str:
    """The main sequence has run; the name of the mobile node's home agent."""
    Sequence(lab.network, lab.controller, lab.capture, steps.append).run()
    return next(step.whom for step in steps if step.number == 115)


def test_main_sequence(lab: Lab, steps: list[Step], registered: str) -> None:
    """S-01: each question has one answer. On a slow machine a question is asked again, which is a new one."""
    assert sorted({step.number for step in steps}) == list(STEPS)
    solicitations = lab.capture.matching(frames.at("r", frames.solicitation(plan.ANYCAST), sent=True))
    answers = lab.capture.matching(frames.at("r", frames.advertisement(plan.ANYCAST), sent=False))
    # What the router could not deliver for want of a neighbor it has dropped: only what it forwarded was asked.
    requests = lab.capture.matching(frames.at("r", frames.discovery_request, sent=True))
    replies = lab.capture.matching(frames.at("mn", frames.discovery_reply, sent=False))
    assert len(answers) == len(solicitations)
    # RFC 4861, 10: RETRANS_TIMER. Sooner would mean that an answer was there and not believed.
    times = [seen.time for seen in solicitations]
    assert all(later - earlier > 0.9 for earlier, later in itertools.pairwise(times)), times
    assert sorted(map(frames.discovery_identifier, requests)) == sorted(map(frames.discovery_identifier, replies))
    assert registered == "ha1", "the highest preference is named first"


def test_home_address_is_steered_to_its_home_agent(lab: Lab, registered: str) -> None:
    """S-01: a rule for the home address alone, pointing at the group that rewrites to the home agent's MAC."""
    rules = eventually(lambda: len(lab.steering_rules(HOME)) == 2 and lab.steering_rules(HOME), "both switches steer")
    for rule in rules:
        switch = rule.split(":", 1)[0]
        group = rule.rsplit("group:", 1)[1].split(",")[0]
        buckets = [line for line in lab.network.groups(switch) if f"group_id={group}," in line]
        assert len(buckets) == 1
        assert f"set_field:{plan.MACS[registered]}->eth_dst" in buckets[0]
    wanted = {
        (flow["switch"], flow["homeAddress"]) for flow in lab.rest.get("flows") if flow.get("homeAddress") == HOME
    }
    assert {switch[-2:] for switch, _address in wanted} == {"01", "02"}


def test_correspondent_beyond_the_router_reaches_the_mobile_node(lab: Lab, registered: str) -> None:
    mark = lab.capture.mark()
    output = lab.network.ping("cn", HOME, count=5)

    assert is_answered(output), output
    # Both ways through the home agent: nothing from the home address appears bare on the foreign link.
    bare = lab.capture.matching(lambda seen: seen.host == "mn" and frames.source(seen) == HOME, mark)
    assert not [seen for seen in bare if seen.is_from_host]


def test_router_and_hosts_are_told_the_constant_address_for_the_home_address(lab: Lab, registered: str) -> None:
    """A neighbor solicitation for a bound home address is answered; whoever asks reaches the home agent."""
    lab.network.shell("h", "ip", "-6", "neigh", "flush", "dev", "eth0")
    output = lab.network.ping("h", HOME)

    assert is_answered(output), output


def test_large_packet_is_answered_with_packet_too_big_or_fragments(lab: Lab, registered: str) -> None:
    """S-41: 1500 octets from the correspondent do not vanish in the tunnel."""
    mark = lab.capture.mark()
    output = lab.network.ping("cn", HOME, "-M", "do", "-s", str(1500 - 48), count=5)
    too_big = lab.capture.matching(
        lambda seen: seen.host == "cn" and not seen.is_from_host and seen.icmp_type == frames.ICMPV6_PACKET_TOO_BIG,
        mark,
    )
    if too_big:
        assert too_big[0].packet[ICMPv6PacketTooBig].mtu == 1460
        # The correspondent's kernel has learnt it: fragments of its own making pass.
        again = lab.network.ping("cn", HOME, "-s", str(1500 - 48))
        assert is_answered(again), again
    else:
        assert is_answered(output), output


def test_move_to_another_foreign_link_keeps_home_agent_and_rules(lab: Lab, registered: str) -> None:
    """S-19."""
    rules = lab.steering_rules(HOME)
    mark = lab.capture.mark()

    lab.network.attach("mn", "l4")

    update = lab.capture.wait_for(frames.at("mn", frames.binding_update, sent=True), "a new binding update", mark)
    care_of_address = frames.care_of_address_of(update)
    assert care_of_address.startswith("2001:db8:4:")
    assert frames.destination(update) == plan.HOME_AGENTS[registered]

    def moved() -> bool:
        binding = lab.rest.binding(HOME)
        return binding is not None and binding["careOfAddress"] == care_of_address

    def answered() -> bool:
        return is_answered(lab.network.ping("cn", HOME, count=1))

    eventually(moved, "the controller knows the new care-of address")
    # The home agent tunnels as soon as it has acknowledged; the mobile node still has the acknowledgement to read.
    eventually(answered, "the mobile node is reached at its new care-of address")
    mark = lab.capture.mark()
    output = lab.network.ping("cn", HOME)
    assert is_answered(output), output

    def tunnelled_to_it(seen: Seen) -> bool:
        return frames.tunnelled(seen) and frames.destination(seen) == care_of_address

    lab.capture.wait_for(frames.at(registered, tunnelled_to_it, sent=True), "the tunnel's new end", mark)
    assert lab.steering_rules(HOME) == rules
    assert not lab.capture.matching(frames.at("mn", frames.discovery_request, sent=True), mark)


def test_return_home(lab: Lab, registered: str) -> None:
    """S-20."""
    mark = lab.capture.mark()

    lab.network.attach("mn", "s1")

    update = lab.capture.wait_for(frames.at("mn", frames.binding_update, sent=True), "the deregistration", mark)
    assert frames.update_of(update).mhtime == 0
    assert frames.source(update) == HOME
    eventually(lambda: lab.rest.binding(HOME) is None, "the binding is gone")
    eventually(lambda: not lab.steering_rules(HOME), "the rules are gone")

    lab.capture.wait_for(frames.at("mn", frames.advertisement(HOME), sent=True), "mn claims its address", mark)

    def answered_at_home() -> bool:
        return is_answered(lab.network.ping("h", HOME, count=1))

    eventually(answered_at_home, "h reaches mn on the home link")
    mark = lab.capture.mark()
    lab.network.shell("h", "ip", "-6", "neigh", "flush", "dev", "eth0")
    assert answered_at_home()
    lab.capture.wait_for(frames.at("h", frames.advertisement(HOME), sent=False), "mn answers for itself", mark)
    answers = lab.capture.matching(frames.at("h", frames.advertisement(HOME), sent=False), mark)
    assert {frames.advertised_mac(answer) for answer in answers} == {plan.MACS["mn"]}, "nobody else answers for mn"
    passed = lab.capture.matching(frames.at(registered, lambda seen: frames.destination(seen) == HOME), mark)
    assert not [seen for seen in passed if frames.echo_request(seen)], "the home agent is out of the way"


def test_daemons_end_cleanly_and_remove_what_they_installed(lab: Lab, registered: str) -> None:
    """SIGTERM: gone within 5 s, no rule, route or table left in the host."""
    for process in lab.network.processes():
        if process.name in ("ha1", "ha2", "ha3", "mn"):
            assert process.stop(5) in (0, 143), f"{process.name}: {process.text()[-500:]}"
    for host in ("ha1", "ha2", "ha3", "mn"):
        assert "seg6" not in lab.network.shell(host, "ip", "-6", "route", "show", "table", "all")
        assert lab.network.shell(host, "nft", "list", "ruleset").strip() == ""
        rules = lab.network.shell(host, "ip", "-6", "rule").splitlines()
        assert [rule.split(":")[0] for rule in rules] == ["0", "32766"], rules


def test_packet_headers(lab: Lab, registered: str) -> None:
    """Every discovery reply fits RFC 6275, 6.6: hop limit above 0, source a unicast address of the representative."""
    for reply in lab.capture.matching(frames.at("mn", frames.discovery_reply, sent=False)):
        assert reply.packet[IPv6].hlim > 0
        assert frames.source(reply) == plan.REPRESENTATIVE
