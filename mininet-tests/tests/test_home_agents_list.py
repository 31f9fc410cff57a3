"""The home agents list (routine 60) and discovery, with scapy alone as home agents and mobile nodes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from roostnet import frames, plan
from roostnet.capture import Seen
from roostnet.lab import Lab, prime_router
from roostnet.played import PlayedHomeAgent, many_home_agents
from roostnet.polling import Pressure, eventually
from roostnet.topology import radvd_command
from scapy.layers.inet6 import IPv6


@pytest.fixture(scope="module")
def lab(labs) -> Lab:
    running = labs.make()
    prime_router(running)
    return running


@pytest.fixture
def three(lab: Lab) -> Iterator[list[PlayedHomeAgent]]:
    """Three equal home agents on three ports of two switches."""
    agents = [lab.played(host, number) for host, number in (("p1", 0x21), ("p2", 0x22), ("p3", 0x23))]
    lab.join(*agents)
    yield agents
    lab.retire(*agents)


def test_no_home_agent_alive_gives_the_representative_alone(lab: Lab) -> None:
    """S-12."""
    assert lab.discover() == [plan.REPRESENTATIVE]


def test_reply_names_all_home_agents_and_the_representative_last(lab: Lab, three: list[PlayedHomeAgent]) -> None:
    reply = lab.discover_frame(1)

    listed = frames.listed_addresses(reply)
    assert listed[-1] == plan.REPRESENTATIVE
    assert sorted(listed[:-1]) == sorted(agent.address for agent in three)
    assert frames.source(reply) == plan.REPRESENTATIVE
    assert frames.destination(reply) == lab.mobile_nodes.care_of_address(1)


def test_home_agent_without_information_option_counts_by_its_router_lifetime(lab: Lab) -> None:
    """S-02, with radvd as the home agent's daemon."""
    file = lab.logs / "radvd-ha2.conf"
    file.write_text(
        f"""interface eth0 {{
          AdvSendAdvert on; AdvHomeAgentFlag on; MinRtrAdvInterval 0.5; MaxRtrAdvInterval 1.0;
          MinDelayBetweenRAs 0.1; AdvDefaultLifetime 77;
          prefix {plan.HOME_AGENTS["ha2"]}/64 {{ AdvRouterAddr on; }};
        }};
        """
    )
    mark = lab.capture.mark()
    radvd = lab.network.spawn("radvd-ha2", radvd_command(file), host="ha2")
    seen = lab.capture.wait_for(frames.at("ha2", frames.home_agent_advertisement, sent=True), "radvd's RA", mark)
    preference, _lifetime, address = frames.advertised_home_agent(seen)
    assert (preference, address) == (None, plan.HOME_AGENTS["ha2"]), "radvd sends no home agent information option"

    entry = eventually(lambda: lab.rest.home_agent(plan.HOME_AGENTS["ha2"]), "ha2 is listed")

    assert entry["preference"] == 0
    assert 70 < entry["remainingLifetime"] <= 77
    assert plan.HOME_AGENTS["ha2"] in lab.discover(2)
    radvd.stop()
    lab.retire(PlayedHomeAgent(lab.wire("ha2"), plan.MACS["ha2"], plan.HOME_AGENTS["ha2"]))


def test_home_agent_bit_off_takes_it_off_the_list_at_that_advertisement(
    lab: Lab, three: list[PlayedHomeAgent]
) -> None:
    """S-03, as far as the list goes: who is bound there stays steered to it."""
    leaver = three[0]
    home_address = plan.home_address(3)
    lab.register(3, home_address, leaver.address, sequence=1)
    eventually(lambda: len(lab.steering_rules(home_address)) == 2, "both switches steer the mobile node")
    rules = lab.steering_rules(home_address)

    mark = lab.capture.mark()
    leaver.advertise(is_home_agent=False)

    eventually(lambda: leaver.address not in lab.listed(), "it is off the list", 1)
    for number in range(4, 10):
        assert leaver.address not in lab.discover(number)
    assert lab.steering_rules(home_address) == rules
    assert not lab.capture.matching(frames.at("gen", frames.binding_acknowledgement), mark)
    lab.join(leaver)
    lab.register(3, home_address, leaver.address, sequence=2, lifetime=0)
    eventually(lambda: not lab.steering_rules(home_address), "the rule is gone")


def test_lifetime_zero_deletes(lab: Lab, three: list[PlayedHomeAgent]) -> None:
    """S-04, first half."""
    three[1].advertise(lifetime=0)

    eventually(lambda: three[1].address not in lab.listed(), "it is off the list", 1)
    assert three[1].address not in lab.discover(11)


def test_home_agent_that_stops_with_lifetime_left_is_probed_and_gone(lab: Lab, three: list[PlayedHomeAgent]) -> None:
    """S-04, second half: its Router Lifetime falls to 0, with a lifetime left in its home agent information option."""
    three[1].advertise(router_lifetime=1800)
    three[1].is_reachable = False
    mark = lab.capture.mark()
    three[1].advertise(router_lifetime=0)

    eventually(lambda: three[1].address not in lab.listed(), "it is not named any more", 1)
    eventually(lambda: lab.rest.home_agent(three[1].address) is None, "it is forgotten", 1)
    assert len(probes(lab, three[1], mark)) == 3
    assert three[1].address not in lab.discover(12)
    three[1].advertise(router_lifetime=1800)
    eventually(lambda: three[1].address in lab.listed(), "it is named again")


def test_home_agent_whose_host_answers_is_named_again_once_it_advertises_itself(
    lab: Lab, three: list[PlayedHomeAgent]
) -> None:
    """S-04: a host answers whatever became of its daemon, so the daemon is asked; it may be no default router."""
    three[1].advertise(router_lifetime=1800)
    mark = lab.capture.mark()
    three[1].advertise(router_lifetime=0)

    lab.capture.wait_for(frames.at("p2", frames.router_solicitation), "it is asked to advertise itself", mark)
    assert three[1].address not in lab.discover(14)
    three[1].advertise(router_lifetime=0)
    eventually(lambda: three[1].address in lab.listed(), "it is named again")
    assert three[1].address in lab.discover(15)


def probes(lab: Lab, agent: PlayedHomeAgent, mark: int) -> list[Seen]:
    """The representative's solicitations for a home agent's own address, sent to it alone."""
    asked = lab.capture.matching(frames.at("p2", frames.solicitation(agent.link_local), sent=False), mark)
    return [seen for seen in asked if seen.packet.dst == agent.mac and frames.source(seen) == plan.REPRESENTATIVE]


def test_entry_disappears_when_its_lifetime_ends_and_not_before(lab: Lab) -> None:
    """S-05."""
    lifetime = 3
    agent = lab.played("p1", 0x31, lifetime=lifetime)
    mark = lab.capture.mark()
    pressure = Pressure()
    agent.advertise()
    wanted = frames.at("p1", frames.home_agent_advertisement, sent=True)
    sent = lab.capture.wait_for(wanted, "its advertisement", mark).time
    eventually(lambda: agent.address in lab.listed(), "it is listed")

    asked = last_asked = time.time()

    def is_gone() -> bool:
        nonlocal asked, last_asked
        last_asked, asked = asked, time.time()
        return agent.address not in lab.listed()

    eventually(is_gone, "it is off the list", every=0.005)
    told = time.time()
    # Whenever the list was looked at, that was after the question and before the answer.
    assert told > sent + lifetime - 0.1, "it was gone too early"
    assert last_asked < sent + lifetime + 0.1 + pressure.seconds(), "it was still there"


def test_prefix_without_router_address_gives_no_address(lab: Lab, three: list[PlayedHomeAgent]) -> None:
    """S-06."""
    agent = lab.played("p1", 0x32)
    agent.advertise(is_router_address=False)

    entry = eventually(lambda: lab.rest.home_agent(agent.link_local), "it is known")

    assert entry["addresses"] == []
    assert agent.address not in lab.discover(13)
    agent.advertise(is_home_agent=False)


def test_new_preference_counts_from_the_next_reply(lab: Lab, three: list[PlayedHomeAgent]) -> None:
    """S-07."""
    three[2].advertise(preference=200)
    eventually(lambda: (lab.rest.home_agent(three[2].address) or {})["preference"] == 200, "the preference is taken", 1)

    for number in range(20, 26):
        assert lab.discover(number)[0] == three[2].address

    three[2].advertise(preference=10)
    three[0].advertise(preference=65535)
    eventually(lambda: (lab.rest.home_agent(three[0].address) or {})["preference"] == 65535, "unsigned, 16 bits", 1)
    assert lab.discover(26)[0] == three[0].address


def test_list_is_given_again_until_its_first_home_agent_is_gone(lab: Lab, three: list[PlayedHomeAgent]) -> None:
    """S-13: the same care-of address asks again, while others are named in another order."""
    given = lab.discover(900)
    others = {tuple(lab.discover(number)) for number in range(901, 912)}
    assert len(others) > 1, "others are named in another order"

    assert [lab.discover(900) for _ in range(5)] == [given] * 5

    dead = next(agent for agent in three if agent.address == given[0])
    dead.advertise(lifetime=0)
    eventually(lambda: dead.address not in lab.listed(), "the first of the list is gone")
    fresh = lab.discover(900)
    assert sorted(fresh) == sorted(set(given) - {dead.address})
    lab.join(dead)


def test_burst_between_two_load_samples_spreads_evenly(lab: Lab, three: list[PlayedHomeAgent]) -> None:
    """300 care-of addresses within a second, no bindings yet: each home agent first 100 times, give or take 5."""
    firsts = lab.first_named(1_000, 300, seconds=1.0)

    assert set(firsts) == {agent.address for agent in three}
    assert all(95 <= count <= 105 for count in firsts.values()), firsts


def test_equal_preference_shares_a_thousand_requests(lab: Lab, three: list[PlayedHomeAgent]) -> None:
    """S-08."""
    firsts = lab.first_named(2_000, 1_000, seconds=3.0)

    assert set(firsts) == {agent.address for agent in three}
    assert all(abs(count - 1000 / 3) <= 1000 / 3 * 0.05 for count in firsts.values()), firsts


def test_reply_to_a_hundred_home_agents_fills_1280_bytes_with_the_best(lab: Lab) -> None:
    """S-11."""
    agents = many_home_agents(lab.wire("p2"), 100, first=0x2000)
    for number, agent in enumerate(agents):
        agent.preference = 1000 + number
    lab.join(*agents)

    reply = lab.discover_frame(30)

    listed = frames.listed_addresses(reply)
    assert len(listed) == 77
    assert len(reply.packet[IPv6]) == 1280
    best = [agent.address for agent in sorted(agents, key=lambda agent: -agent.preference)]
    assert listed == [*best[:76], plan.REPRESENTATIVE]
    lab.retire(*agents)
