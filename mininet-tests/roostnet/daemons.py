"""The product's programs, started in the network as an operator would start them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from roostnet import plan
from roostnet.polling import eventually
from roostnet.processes import EndedEarly, Supervised
from roostnet.rest import Rest
from roostnet.sandbox import RUN_DIRECTORY
from roostnet.topology import Network

OPENFLOW_PORT = 6653
REST_PORT = 8080

QUICK_START = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"]
"""Several virtual machines start at once on few cores: the quick start counts, not the top speed."""
LEAVE_NO_FILES = ["-XX:-UsePerfData", f"-Djava.io.tmpdir={RUN_DIRECTORY}", f"-Djna.tmpdir={RUN_DIRECTORY}"]


def jar_command(jar: str, *arguments: str, is_quick: bool = True) -> list[str]:
    """The command that runs one of the product's jars, by its path below the root of the repository."""
    java = os.environ.get("ROOST_JAVA") or shutil.which("java") or "java"
    root = Path(os.environ.get("ROOST_ROOT") or Path(__file__).resolve().parents[2])
    return [java, *(QUICK_START if is_quick else []), *LEAVE_NO_FILES, "-jar", str(root / jar), *arguments]


class Controller:
    """The standalone controller, its configuration and its REST interface."""

    JAR = "controller-app/standalone/target/controller.jar"

    def __init__(self, network: Network, *, is_quick: bool = True, **home_network: Any) -> None:
        """Not started yet; `home_network` adds keys to the home network's configuration.

        `is_quick` starts it fast rather than letting it run fast.
        """
        self._is_quick = is_quick
        self._network = network
        self.rest = Rest(f"http://127.0.0.1:{REST_PORT}")
        self.target = f"tcp:127.0.0.1:{OPENFLOW_PORT}"
        self._file = network.logs / "controller.yaml"
        self._file.write_text(configuration(network.logs / "controller-state", **home_network))
        self._process: Supervised | None = None

    def start(self) -> Controller:
        """Start it; returns once REST answers."""
        command = jar_command(self.JAR, "controller", "--config", str(self._file), is_quick=self._is_quick)
        self._process = self._network.spawn("controller", command)
        eventually(self._is_up, f"the controller answers; its log: {self._process.log}", 30)
        return self

    @property
    def process(self) -> Supervised:
        """The running program."""
        assert self._process is not None, "the controller was not started"
        return self._process

    def take_switches(self) -> None:
        """Connect both home switches; returns once both are taken and the link between them is known."""
        self._network.connect(self.target)
        eventually(self._network.is_connected, "both switches are connected")
        eventually(lambda: self.rest.health()["healthy"], "the controller is healthy")
        eventually(self._knows_the_link, "the link between the switches is known", 15)

    def _knows_the_link(self) -> bool:
        """Both switches have the rule that is for ports towards other switches."""
        flows = self.rest.get("flows")
        return {flow["switch"][-2:] for flow in flows if flow["purpose"] == "link-advertisement"} == {"01", "02"}

    def _is_up(self) -> bool:
        if not self.process.is_running():
            raise EndedEarly(f"the controller ended:\n{self.process.text()[-3000:]}")
        return self.rest.is_up()


def configuration(state: Path, openflow_port: int = OPENFLOW_PORT, rest_port: int = REST_PORT, **more: Any) -> str:
    """A controller configuration (JSON is YAML, too)."""
    return json.dumps(
        {
            "openflow": {"listen": f"127.0.0.1:{openflow_port}"},
            "rest": {"listen": f"127.0.0.1:{rest_port}"},
            "statePath": str(state),
            "homeNetworks": [
                {
                    "name": "home",
                    "prefix": plan.HOME_PREFIX,
                    "representative": {
                        "address": plan.REPRESENTATIVE,
                        "linkLayerAddress": plan.REPRESENTATIVE_MAC,
                    },
                    **more,
                }
            ],
        },
        indent=2,
    )


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


def start_mobile_nodes(network: Network, count: int) -> Supervised:
    """Many mobile nodes in one process on host gen, home addresses as `plan.home_address` numbers them."""
    command = jar_command(
        MobileNode.JAR,
        *("--many", str(count), "--interface", "eth0", "--data-plane"),
        *("--home-prefix", plan.HOME_PREFIX, "--first-home-address", plan.home_address()),
        *("--care-of-prefix", plan.FOREIGN_PREFIXES[0]),
    )
    return network.spawn("mobile-nodes", command, host="gen")
