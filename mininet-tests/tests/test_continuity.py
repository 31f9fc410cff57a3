"""Restarts under traffic: 20 mobile nodes on three home agents, pinged without pause from the correspondent."""

from __future__ import annotations

import collections
import itertools
import json
import time
from collections.abc import Iterator
from ipaddress import IPv6Address

import pytest
from roostnet import frames, plan
from roostnet.capture import Seen
from roostnet.controllers import OPENFLOW_PORT
from roostnet.daemons import HomeAgent, start_mobile_nodes
from roostnet.echoes import EchoStream
from roostnet.lab import Lab, prime_router
from roostnet.openflow import GROUP_MOD, Channel
from roostnet.polling import eventually
from roostnet.topology import HOME_SWITCHES

NODES = 20
HOME_ADDRESSES = [plan.home_address(number) for number in range(NODES)]


@pytest.fixture(scope="module")
def lab(labs) -> Lab:
    """Three home agent daemons, and 20 mobile nodes in one process with their tunnels in the kernel."""
    running = labs.make(watched=("r", "gen"))
    for name in plan.HOME_AGENTS:
        HomeAgent(running.network, name).start()
    eventually(lambda: set(plan.HOME_AGENTS.values()) <= running.listed(), "three home agents are listed")
    prime_router(running)
    start_mobile_nodes(running.network, NODES)
    eventually(lambda: len(running.rest.get("mobile-nodes")) == NODES, "all are bound")
    eventually(lambda: len(rules(running)) == 2 * NODES, "all are steered")
    chosen = collections.Counter(entry["homeAgent"] for entry in running.rest.get("mobile-nodes"))
    assert len(chosen) == len(plan.HOME_AGENTS) and min(chosen.values()) >= 4, f"they are spread: {chosen}"
    return running


@pytest.fixture
def stream(lab: Lab) -> Iterator[EchoStream]:
    """Pings to all 20, already flowing, ended in any case."""
    running = EchoStream(lab.network, "cn", HOME_ADDRESSES)
    running.wait_for_rounds(10)
    eventually(lambda: not running.last_lost(0.5), "all are answered before the test begins")
    yield running
    running.stop()


def rules(lab: Lab) -> set[str]:
    """Every steering rule of every mobile node."""
    return {
        f"{switch}: {rule}"
        for switch in HOME_SWITCHES
        for rule in lab.network.flows(switch)
        if "group:" in rule and "ipv6_dst=2001:db8:1::1" in rule
    }


def deletions(lab: Lab, mark: int, others: tuple[str, ...] = ()) -> int:
    """How many OpenFlow messages since `mark` delete groups, or rules of a mobile node, `others` among them."""
    channel = Channel(OPENFLOW_PORT)
    channel.feed(lab.capture.frames(mark))
    home_addresses = [IPv6Address(address).packed for address in (*HOME_ADDRESSES, *others)]
    return sum(
        message.kind == GROUP_MOD or any(address in message.body for address in home_addresses)
        for message in channel.deletions()
    )


@pytest.mark.parametrize("how", ["SIGTERM", "kill -9"])
def test_controller_restart_loses_no_packet(lab: Lab, stream: EchoStream, how: str) -> None:
    """S-31."""
    before = rules(lab)
    bindings = {entry["homeAddress"]: entry["homeAgent"] for entry in lab.rest.get("mobile-nodes")}
    mark = lab.capture.mark()

    if how == "SIGTERM":
        assert lab.controller.process.stop(5) in (0, 143)
    else:
        lab.controller.process.kill()
    stream.wait_for_rounds(20)
    lab.controller.start()
    eventually(lab.controller.has_switches, "both switches are back")
    stream.wait_for_rounds(40)

    assert {entry["homeAddress"]: entry["homeAgent"] for entry in lab.rest.get("mobile-nodes")} == bindings
    assert rules(lab) == before
    assert deletions(lab, mark) == 0
    assert stream.stop() == []
    assert stream.duplicates == 0
    eventually(lambda: set(plan.HOME_AGENTS.values()) <= lab.listed(), "the home agents are listed")
    assert plan.REPRESENTATIVE in lab.discover(200)


@pytest.fixture
def hasty_router(lab: Lab) -> Iterator[None]:
    """Router r doubts its neighbors after a second or so instead of half a minute (RFC 4861, 7.3)."""

    def sysctl(*arguments: str) -> str:
        return lab.network.shell("r", "sysctl", *arguments)

    times = [f"net.ipv6.neigh.eth0.{name}" for name in ("base_reachable_time_ms", "delay_first_probe_time")]
    usual = sysctl(*times).replace(" = ", "=").split()
    sysctl("-q", "-w", f"{times[0]}=1000", f"{times[1]}=1")
    yield
    sysctl("-q", "-w", *usual)


def test_controller_that_stays_away_loses_no_packet(lab: Lab, stream: EchoStream, hasty_router: None) -> None:
    """The router goes on to ask whether it still reaches the mobile nodes, and home agents answer."""
    lab.controller.process.kill()
    eventually(lambda: not lab.controller.process.is_running(), "the controller is gone")
    mark = lab.capture.mark()

    def confirmations() -> dict[str, list[Seen]]:
        """What the router alone was told of each home address since."""
        found: dict[str, list[Seen]] = {address: [] for address in HOME_ADDRESSES}
        for seen in lab.capture.matching(frames.at("r", frames.neighbor_advertisement, sent=False), mark):
            target = str(IPv6Address(seen.frame[62:78]))
            if target in found and not seen.frame.startswith(b"\x33\x33"):
                found[target].append(seen)
        return found

    def settled() -> bool:
        return bool(stream.last_lost()) or all(len(answers) >= 2 for answers in confirmations().values())

    try:
        eventually(settled, "the router was told twice that it reaches each mobile node", every=0.5)
        assert not stream.last_lost(), "the router has lost mobile nodes"
        told = confirmations()
    finally:
        lab.controller.start()
        eventually(lab.controller.has_switches, "both switches are back")
    stream.wait_for_rounds(40)

    for answers in told.values():
        assert len({answer.packet.src for answer in answers}) == 1, "one alone answers"
        assert {frames.advertised_mac(answer) for answer in answers} == {None}, "the router keeps what it has"
    assert stream.stop() == []
    assert stream.duplicates == 0


def bindings_at(lab: Lab, name: str) -> int:
    """How many a home agent says that it has; it says it once a second."""
    status = lab.logs / f"{name}-state" / "status.json"
    return int(json.loads(status.read_text())["bindings"])


def test_binding_that_was_refreshed_unseen_outlasts_its_lifetime(lab: Lab) -> None:
    """S-31: the controller is away for longer than two bindings last, of which one is refreshed meanwhile."""
    refreshed, left = plan.home_address(NODES), plan.home_address(NODES + 1)
    sequences = itertools.count(40_001)

    def register(number: int, home_address: str, lifetime: int = 8) -> None:
        lab.register(number, home_address, plan.HOME_AGENTS["ha1"], next(sequences), lifetime)

    def refresh() -> None:
        register(300, refreshed)

    before = sum(entry["homeAgent"] == plan.HOME_AGENTS["ha1"] for entry in lab.rest.get("mobile-nodes"))
    eventually(
        lambda: len(lab.steering_rules(refreshed)) == len(lab.steering_rules(left)) == 2,
        "both are steered",
        meanwhile=lambda: (refresh(), register(301, left)),
    )
    rules_of_refreshed = lab.steering_rules(refreshed)
    eventually(lambda: bindings_at(lab, "ha1") == before + 2, "the home agent has both", meanwhile=refresh)
    mark = lab.capture.mark()

    register(301, left)
    lab.controller.process.kill()
    # The one that is over is the one that the controller has seen last, so by then both are by what it has seen.
    eventually(lambda: bindings_at(lab, "ha1") == before + 1, "one is over at the home agent", meanwhile=refresh)
    lab.controller.start()
    eventually(lab.controller.has_switches, "both switches are back")

    assert lab.steering_rules(refreshed) == rules_of_refreshed
    shown = {entry["homeAddress"]: entry["remainingLifetime"] for entry in lab.rest.get("mobile-nodes")}
    assert shown[refreshed] > 0
    eventually(lambda: not lab.steering_rules(left), "the other one is released", meanwhile=refresh)
    assert lab.steering_rules(refreshed) == rules_of_refreshed
    assert deletions(lab, mark, (refreshed,)) == 0

    register(300, refreshed, lifetime=0)
    eventually(lambda: not lab.steering_rules(refreshed), "it is released when it says so")


def test_switch_reconnect_loses_no_packet(lab: Lab, stream: EchoStream) -> None:
    """S-30: both switches lose their connection, and find the controller again later."""
    before = rules(lab)
    mark = lab.capture.mark()

    lab.network.disconnect()
    eventually(lambda: not lab.rest.health()["switches"], "the controller has lost both switches")
    stream.wait_for_rounds(20)
    lab.controller.take_switches()
    stream.wait_for_rounds(40)

    assert rules(lab) == before
    assert deletions(lab, mark) == 0
    assert stream.stop() == []
    assert stream.duplicates == 0


@pytest.mark.parametrize("away", HOME_SWITCHES)
def test_switch_that_is_away_alone_goes_on_forwarding(lab: Lab, stream: EchoStream, away: str) -> None:
    """S-30: the other one still has the controller, and is told nothing that cuts the way across this one."""
    before = rules(lab)
    lab.network.disconnect((away,))
    eventually(lambda: lab.rest.health()["switches"] == 1, "the controller has lost one switch")
    stream.wait_for_rounds(60)
    lab.controller.take_switches()
    stream.wait_for_rounds(40)

    assert rules(lab) == before
    assert stream.stop() == []
    assert stream.duplicates == 0


def test_switch_that_forgot_its_rules_has_them_back_within_two_seconds(lab: Lab) -> None:
    """S-30: Open vSwitch wipes its tables when its last controller is removed from its configuration."""
    before = rules(lab)
    lab.network.remove_controller()
    eventually(lambda: not rules(lab), "the switches have forgotten")
    eventually(lambda: not lab.rest.health()["switches"], "the controller has lost both switches")
    lab.network.connect(lab.controller.target)
    eventually(lab.controller.has_switches, "both switches are connected", every=0.01)

    eventually(lambda: rules(lab) == before, "all rules are back", 2, every=0.01)


def test_restarted_switch_has_its_rules_back_within_two_seconds(lab: Lab, stream: EchoStream) -> None:
    """S-30: ovs-vswitchd is killed and started again, with an empty flow table."""
    before = rules(lab)
    groups = {switch: len(lab.network.groups(switch)) for switch in HOME_SWITCHES}

    lab.network.openvswitch.kill_daemon()
    eventually(lambda: not lab.rest.health()["switches"], "the controller has lost both switches")
    lab.network.openvswitch.start_daemon()
    eventually(lab.controller.has_switches, "both switches are connected", every=0.01)
    connected = time.monotonic()
    eventually(lambda: rules(lab) == before, "all rules are back", 2, every=0.01)
    assert {switch: len(lab.network.groups(switch)) for switch in HOME_SWITCHES} == groups
    print(f"all rules back {time.monotonic() - connected:.2f} s after the connection")

    back = time.monotonic()

    def flows_again() -> bool:
        """Nothing is lost of two seconds' requests."""
        since = max(back, time.monotonic() - 2.5)
        return time.monotonic() > back + 2.5 and not stream.lost_since(since)

    eventually(flows_again, "traffic flows again", 10)


def test_rules_deleted_behind_the_controllers_back_come_back(lab: Lab) -> None:
    """The reconciler compares what is installed with what is wanted."""
    before = rules(lab)
    lab.network.delete_flows("s1")

    eventually(lambda: rules(lab) == before, "all rules are back")
