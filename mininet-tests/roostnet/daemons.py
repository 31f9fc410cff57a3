"""Home agents and mobile nodes, started in the network as an operator would start them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from roostnet import plan
from roostnet.processes import Supervised
from roostnet.sandbox import RUN_DIRECTORY
from roostnet.topology import Network

QUICK_START = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"]
"""Several virtual machines start at once on few cores: the quick start counts, not the top speed."""
LEAVE_NO_FILES = ["-XX:-UsePerfData", f"-Djava.io.tmpdir={RUN_DIRECTORY}", f"-Djna.tmpdir={RUN_DIRECTORY}"]


def repository() -> Path:
    """The root of the repository."""
    return Path(os.environ.get("ROOST_ROOT") or Path(__file__).resolve().parents[2])


def java_command(*arguments: str, is_quick: bool = True) -> list[str]:
    """The command that runs a virtual machine."""
    java = os.environ.get("ROOST_JAVA") or shutil.which("java") or "java"
    return [java, *(QUICK_START if is_quick else []), *LEAVE_NO_FILES, *arguments]


def jar_command(jar: str, *arguments: str) -> list[str]:
    """The command that runs one of the product's jars, by its path below the root of the repository."""
    return java_command("-jar", str(repository() / jar), *arguments)


class HomeAgent:
    """One home agent daemon on its host."""

    JAR = "home-agent/target/home-agent.jar"

    def __init__(self, network: Network, name: str, preference: int = 10, **more: Any) -> None:
        """Not started yet; `more` adds or replaces keys of its configuration."""
        self._network = network
        self.name = name
        self.address = plan.HOME_AGENTS[name]
        self.link_local = plan.link_local(plan.MACS[name])
        self.settings: dict[str, Any] = {
            "interface": "eth0",
            "address": f"{self.address}/64",
            "preference": preference,
            "lifetime": 1800,
            "routerAdvertisementInterval": 1.0,
            "statePath": str(network.logs / f"{name}-state"),
            "authentication": "none",
            **more,
        }
        self._process: Supervised | None = None

    def start(self) -> HomeAgent:
        """Start it with its present settings; returns at once."""
        file = self._network.logs / f"{self.name}.yaml"
        file.write_text(json.dumps(self.settings, indent=2))
        command = jar_command(self.JAR, "--config", str(file))
        self._process = self._network.spawn(self.name, command, host=self.name)
        return self

    @property
    def process(self) -> Supervised:
        """The running program."""
        assert self._process is not None, f"{self.name} was not started"
        return self._process


class MobileNode:
    """One mobile node daemon on its host."""

    JAR = "mobile-node/target/mobile-node.jar"

    def __init__(self, network: Network, name: str = "mn", number: int = 0, **more: Any) -> None:
        """Not started yet; `more` adds or replaces keys of its configuration."""
        self._network = network
        self.name = name
        self.home_address = plan.home_address(number)
        self.settings: dict[str, Any] = {
            "interface": "eth0",
            "homeAddress": f"{self.home_address}/64",
            "lifetime": 600,
            "authentication": "none",
            **more,
        }
        self._process: Supervised | None = None

    def start(self) -> MobileNode:
        """Start it with its present settings; returns at once."""
        file = self._network.logs / f"{self.name}.yaml"
        file.write_text(json.dumps(self.settings, indent=2))
        command = jar_command(self.JAR, "--config", str(file))
        self._process = self._network.spawn(self.name, command, host=self.name)
        return self

    @property
    def process(self) -> Supervised:
        """The running program."""
        assert self._process is not None, f"{self.name} was not started"
        return self._process


def start_mobile_nodes(
    network: Network, count: int, *options: str, first: int = 0, care_of_prefix: str = plan.FOREIGN_PREFIXES[0]
) -> Supervised:
    """Many mobile nodes in one process on host gen, home addresses from number `first` of `plan.home_address` on."""
    command = jar_command(
        MobileNode.JAR,
        *("--many", str(count), "--interface", "eth0", "--data-plane"),
        *("--home-prefix", plan.HOME_PREFIX, "--first-home-address", plan.home_address(first)),
        *("--care-of-prefix", care_of_prefix, *options),
    )
    return network.spawn("mobile-nodes", command, host="gen")
