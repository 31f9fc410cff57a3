"""What only the host Floodlight has: its own modules beside ours, its REST, its properties file."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from roostnet import plan
from roostnet.controllers import Floodlight, configuration
from roostnet.echoes import EchoStream
from roostnet.lab import Lab
from roostnet.openvswitch import run
from roostnet.polling import PATIENCE, eventually
from roostnet.sequence import Sequence
from roostnet.topology import APPLICATION, HOME_SWITCHES, is_answered, is_ours

pytestmark = pytest.mark.needs_floodlight

HOME = plan.home_address()
STEERING = 30000
"""Priority of the rules that lead to a mobile node's home agent (docs/pipeline.md)."""
PRIORITY = re.compile(r"priority=(\d+)")
IDLE_SECONDS = 5.0
"""After which Forwarding's own rules expire, so that it decides anew."""


@pytest.fixture(scope="module")
def lab(labs) -> Lab:
    """The main sequence has run in Floodlight, beside Forwarding, DeviceManager and LinkDiscovery.

    OpenFlow 1.0 is offered, too, as in the shipped file: without it a switch that has nothing else is turned away
    before it can say its name.
    """
    versions = "net.floodlightcontroller.core.internal.OFSwitchManager.supportedOpenFlowVersions"
    running = labs.make(host=Floodlight({versions: "1.0, 1.3"}))
    loaded = json.loads(running.rest.text("/wm/core/module/loaded/json"))
    for module in ("Forwarding", "DeviceManagerImpl", "LinkDiscoveryManager"):
        assert any(name.endswith(module) for name in loaded), f"{module} is not among {sorted(loaded)}"
    Sequence(running.network, running.controller, running.capture, lambda _step: None).run()
    return running


def foreign_rules(lab: Lab) -> list[str]:
    """The rules of both switches that are not ours."""
    rules = ((switch, rule) for switch in HOME_SWITCHES for rule in lab.network.flows(switch))
    return [f"{switch}: {rule}" for switch, rule in rules if not is_ours(rule)]


@pytest.fixture
def stream(lab: Lab) -> Iterator[EchoStream]:
    """Pings from the correspondent to the mobile node and to an ordinary host."""
    targets = [HOME, plan.TERMINAL]
    for target in targets:
        eventually(lambda target=target: is_answered(lab.network.ping("cn", target, count=1)), f"{target} answers")
    running = EchoStream(lab.network, "cn", targets)
    yield running
    running.stop()


def test_forwarding_never_carries_a_mobile_nodes_traffic_past_our_rules(lab: Lab, stream: EchoStream) -> None:
    """S-52: for three times as long as Forwarding's rules live."""
    seen: set[str] = set()
    rounds = int(IDLE_SECONDS / 0.05)
    goal = stream.sent + 3 * rounds * 2

    def watched_long_enough() -> bool:
        seen.update(foreign_rules(lab))
        return stream.sent >= goal

    eventually(watched_long_enough, "three times the life of a rule", 4 * IDLE_SECONDS + PATIENCE)

    assert stream.stop() == []
    assert stream.duplicates == 0
    assert any(plan.TERMINAL in rule for rule in seen), "Forwarding is at work for the ordinary host"
    assert not [rule for rule in seen if f"ipv6_dst={HOME}" in rule]
    priorities = [int(found[1]) for rule in seen if (found := PRIORITY.search(rule))]
    assert priorities
    assert max(priorities) < STEERING


def test_tunnels_are_no_flows_of_forwardings(lab: Lab, stream: EchoStream) -> None:
    """What the router and home agents send each other has rules of ours, so it goes on without Floodlight.

    Those that Forwarding had before it was known who the router is expire while there is traffic.
    """
    pairs = [(plan.MACS["r"], plan.MACS[name]) for name in plan.HOME_AGENTS]

    def of_forwarding() -> list[str]:
        return [rule for rule in foreign_rules(lab) if any(all(mac in rule for mac in pair) for pair in pairs)]

    eventually(lambda: not of_forwarding(), "Forwarding has nothing between router and home agents", 6 * IDLE_SECONDS)
    stream.wait_for_rounds(int(IDLE_SECONDS / 0.05))

    assert of_forwarding() == []
    assert stream.stop() == []
    purposes = {flow["purpose"] for flow in lab.rest.get("flows") if flow["installed"]}
    assert {"to-router", "from-router"} <= purposes


def test_ordinary_hosts_reach_one_another(lab: Lab) -> None:
    """S-52: on one switch, from one to the other, beyond the router; also after Forwarding's rules have expired."""
    for host, address in (("h", plan.ROUTER), ("h", plan.HOME_AGENTS["ha3"]), ("cn", plan.TERMINAL)):
        eventually(
            lambda host=host, address=address: is_answered(lab.network.ping(host, address, count=1)),
            f"{host} reaches {address}",
        )
        assert is_answered(lab.network.ping(host, address, count=5))
    eventually(lambda: not [rule for rule in foreign_rules(lab) if plan.TERMINAL in rule], "rules have expired")
    assert is_answered(lab.network.ping("cn", plan.TERMINAL))


def test_our_rules_stand_in_floodlights_rest(lab: Lab) -> None:
    """Under our cookie, as many as the switches have."""
    installed = {
        f"{number:02x}": sum(is_ours(rule) for rule in lab.network.flows(switch))
        for number, switch in enumerate(HOME_SWITCHES, start=1)
    }

    def told() -> bool:
        tables = json.loads(lab.rest.text("/wm/core/switch/all/flow/json"))
        counted = {
            switch[-2:]: sum(int(str(flow["cookie"]), 0) >> 48 == APPLICATION for flow in table["flows"])
            for switch, table in tables.items()
        }
        assert counted == installed
        return True

    eventually(told, "Floodlight tells our rules")
    assert all(count > 0 for count in installed.values())


def test_switch_with_openflow_1_0_is_named_and_disturbs_nobody(lab: Lab) -> None:
    """It is said in the health report; mobile nodes and discovery go on."""
    old = "00:00:00:00:00:00:00:63"
    run(
        "ovs-vsctl", "add-br", "s99", "--", "set", "bridge", "s99", "datapath_type=netdev", "protocols=OpenFlow10",
        "other-config:datapath-id=0000000000000063", "--", "set-controller", "s99", lab.controller.target,
    )  # fmt: skip
    try:
        eventually(
            lambda: any(old in problem for problem in lab.rest.health()["problems"]),
            "the switch is named in the health report",
        )
        assert not lab.rest.health()["healthy"]
        assert lab.rest.health()["switches"] == len(HOME_SWITCHES)
        assert is_answered(lab.network.ping("cn", HOME))
        assert plan.REPRESENTATIVE in lab.discover(300)
    finally:
        run("ovs-vsctl", "del-br", "s99")
    eventually(lab.controller.has_switches, "all is well again")


def test_tables_that_floodlight_clears_get_our_rules_back(lab: Lab) -> None:
    """Floodlight's own default: it wipes flows and groups of every switch that connects."""
    before = {switch: sum(is_ours(rule) for rule in lab.network.flows(switch)) for switch in HOME_SWITCHES}
    manager = "net.floodlightcontroller.core.internal.OFSwitchManager."
    moments = ("clearTablesOnInitialHandshakeAsMaster", "clearTablesOnEachTransitionToMaster")
    clearing = {manager + moment: "YES" for moment in moments}
    shipped = lab.controller.host
    lab.controller.process.stop(5)
    lab.controller.host = Floodlight(clearing)
    try:
        lab.controller.start()
        eventually(lab.controller.has_switches, "both switches are back")

        def restored() -> bool:
            found = {switch: sum(is_ours(rule) for rule in lab.network.flows(switch)) for switch in HOME_SWITCHES}
            return found == before and all(flow["installed"] for flow in lab.rest.get("flows"))

        eventually(restored, "all rules are back")
        assert "Clearing flow tables" in lab.controller.process.text()
        eventually(lambda: is_answered(lab.network.ping("cn", HOME, count=1)), "the mobile node answers")
    finally:
        lab.controller.process.stop(5)
        lab.controller.host = shipped
        lab.controller.start()
        eventually(lab.controller.has_switches, "both switches are back")


@pytest.mark.parametrize("is_there", [True, False], ids=["wrong", "missing"])
def test_configuration_that_cannot_be_used_is_one_clear_message(is_there: bool, tmp_path: Path) -> None:
    file = tmp_path / "controller.yaml"
    if is_there:
        good = json.loads(configuration(tmp_path / "state"))
        good["homeNetworks"][0]["prefix"] = "2001:db8:1::/129"
        good["homeNetworks"][0]["representativ"] = good["homeNetworks"][0].pop("representative")
        file.write_text(json.dumps(good))
    command = Floodlight().command(file, is_quick=True)

    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, cwd=tmp_path)

    said = done.stdout + done.stderr
    assert done.returncode != 0
    for words in ("2001:db8:1::/129", "representativ") if is_there else (str(file),):
        assert words in said, said
    assert "\tat " not in said, said
