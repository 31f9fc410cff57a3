"""Load and bindings as a home agent tells them itself, by SNMP, to a controller with an address on the home link."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from roostnet import plan
from roostnet.daemons import HomeAgent, MobileNode
from roostnet.lab import Lab
from roostnet.polling import eventually
from roostnet.sandbox import RUN_DIRECTORY

MANAGER = "2001:db8:1::fff0"
"""The controller's own address on the home link, at the local port of s1."""
HOME = plan.home_address()


def user(*names: str) -> dict[str, str]:
    """The SNMPv3 user with its two key files."""
    keys = {"user": "roost"}
    for name in names:
        file = RUN_DIRECTORY / f"snmp-{name}"
        file.write_text(f"{name} passphrase\n")
        file.chmod(0o600)
        keys[f"{name}KeyFile"] = str(file)
    return keys


@pytest.fixture(scope="module")
def lab(labs) -> Lab:
    keys = user("authentication", "privacy")
    snmp = {**keys, "notifications": "[::]:162", "tablePeriod": 5}
    running = labs.make(load={"source": "snmp", "snmp": snmp})
    for command in (
        "sysctl -qw net.ipv6.conf.s1.disable_ipv6=0 net.ipv6.conf.s1.accept_ra=0",
        f"ip -6 address add {MANAGER}/64 dev s1 nodad",
        "ip link set s1 up",
    ):
        subprocess.run(command.split(), check=True)
    served = {**keys, "listen": f"[{plan.HOME_AGENTS['ha1']}]:161", "notify": [f"[{MANAGER}]:162"]}
    HomeAgent(running.network, "ha1", snmp=served).start()
    return running


def load_of(lab: Lab) -> dict[str, Any]:
    """What the controller says of the load of ha1."""
    entry = lab.rest.home_agent(plan.HOME_AGENTS["ha1"])
    return dict(entry["load"]) if entry else {}


def test_load_is_the_home_agents_own(lab: Lab) -> None:
    eventually(lambda: load_of(lab).get("source") == "snmp", "the load of ha1 comes from itself")

    load = load_of(lab)
    assert load["bindings"] == 0
    eventually(lambda: load_of(lab)["sampledAt"] > load["sampledAt"], "it is asked again")


def test_binding_is_told_by_the_home_agent_and_counted(lab: Lab) -> None:
    lab.network.attach("mn", "l3")
    MobileNode(lab.network).start()

    def told() -> bool:
        nodes = [node for node in lab.rest.get("mobile-nodes") if node["homeAddress"] == HOME]
        return [node["evidence"] for node in nodes] == ["agent"]

    eventually(told, "the binding is known from the home agent")
    eventually(lambda: load_of(lab)["bindings"] == 1, "one binding is counted")
