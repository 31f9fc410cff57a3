"""The controller in the network, in either of its hosts: on its own, or as a module of Floodlight.

What a test does with a controller is the same in both: start it, point the switches to it, ask
its REST interface, stop it.  A `Host` knows what differs: the command.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from roostnet import plan
from roostnet.daemons import java_command, repository
from roostnet.polling import eventually
from roostnet.processes import EndedEarly, Supervised
from roostnet.rest import Rest
from roostnet.topology import HOME_SWITCHES, Network

OPENFLOW_PORT = 6653
REST_PORT = 8080

STANDALONE = "standalone"
FLOODLIGHT = "floodlight"
FLOODLIGHT_JAR = "FLOODLIGHT_JAR"
"""The environment variable with the path of a Floodlight, all it needs in one jar."""


class Host(Protocol):
    """What the controller runs in."""

    dashboard: str
    """Path of the dashboard."""

    def command(self, configuration: Path, *, is_quick: bool) -> list[str]:
        """The command that runs the controller with this configuration; called once before each start."""


class Standalone:
    """The product's own server."""

    JAR = "controller-app/standalone/target/controller.jar"
    dashboard = "/"

    def command(self, configuration: Path, *, is_quick: bool) -> list[str]:
        """`java -jar controller.jar controller --config FILE`."""
        jar = str(repository() / self.JAR)
        return java_command("-jar", jar, "controller", "--config", str(configuration), is_quick=is_quick)


class Floodlight:
    """A Floodlight with the product's module, its properties those that ship with the module."""

    MODULE = "controller-app/floodlight"
    MAIN = "net.floodlightcontroller.core.Main"
    dashboard = "/wm/roost/ui/"

    def __init__(self, properties: Mapping[str, str] | None = None) -> None:
        """`properties` replaces or adds lines of the properties file."""
        self._properties = dict(properties or {})

    def command(self, configuration: Path, *, is_quick: bool) -> list[str]:
        """`java -cp floodlight.jar:roost-floodlight.jar ... -cf FILE`; the properties file stands beside the YAML."""
        file = configuration.with_suffix(".properties")
        file.write_text(self.properties(configuration))
        jars = f"{floodlight_jar()}:{module_jar()}"
        return java_command("-cp", jars, self.MAIN, "-cf", str(file), is_quick=is_quick)

    def properties(self, configuration: Path) -> str:
        """The shipped file, with our configuration, ports and whatever the test wants otherwise."""
        shipped = repository() / self.MODULE / "src/main/resources/roost-floodlight.properties"
        changes = {
            "dev.roost.floodlight.HomeAgentModule.config": str(configuration),
            "net.floodlightcontroller.core.internal.OFSwitchManager.openFlowPort": str(OPENFLOW_PORT),
            "net.floodlightcontroller.restserver.RestApiServer.httpPort": str(REST_PORT),
            **self._properties,
        }
        # Floodlight 1.2 lacks some of the modules; what they do is in others there.
        lines = [line for line in shipped.read_text().splitlines() if not lacks_module(line)]
        kept = [line for line in lines if line.partition("=")[0].strip() not in changes]
        return "\n".join([*kept, *(f"{name}={value}" for name, value in changes.items())]) + "\n"


def floodlight_jar() -> Path | None:
    """The Floodlight of the environment, if there is one."""
    named = os.environ.get(FLOODLIGHT_JAR)
    return Path(named) if named else None


def lacks_module(line: str) -> bool:
    """Whether a line of the properties names a module that the Floodlight of the environment does not have."""
    jar = floodlight_jar()
    if jar is None or not line.startswith("net.floodlightcontroller.") or not line.endswith(",\\"):
        return False
    with zipfile.ZipFile(jar) as classes:
        return line.removesuffix(",\\").replace(".", "/") + ".class" not in classes.NameToInfo


def module_jar() -> Path:
    """The product's jar for Floodlight's class path."""
    folder = repository() / Floodlight.MODULE / "target"
    found = sorted(folder.glob("roost-floodlight-*.jar"))
    assert found, f"no roost-floodlight-*.jar in {folder}"
    return found[-1]


def host_of(host: str | Host) -> Host:
    """The host of that name, as it is when nothing special is wanted of it."""
    return {STANDALONE: Standalone, FLOODLIGHT: Floodlight}[host]() if isinstance(host, str) else host


class Controller:
    """The controller, its configuration and its REST interface."""

    def __init__(
        self, network: Network, host: Host | None = None, *, is_quick: bool = True, **home_network: Any
    ) -> None:
        """Not started yet; `home_network` adds keys to the home network's configuration.

        `is_quick` starts it fast rather than letting it run fast.
        """
        self.host = host or Standalone()
        self._is_quick = is_quick
        self._network = network
        self.rest = Rest(f"http://127.0.0.1:{REST_PORT}")
        self.target = f"tcp:127.0.0.1:{OPENFLOW_PORT}"
        self._file = network.logs / "controller.yaml"
        self.settings: dict[str, Any] = json.loads(configuration(network.logs / "controller-state", **home_network))
        """Its configuration; a change counts from `reload` on."""
        self._file.write_text(json.dumps(self.settings, indent=2))
        self._process: Supervised | None = None

    def start(self) -> Controller:
        """Start it; returns once REST answers."""
        command = self.host.command(self._file, is_quick=self._is_quick)
        self._process = self._network.spawn("controller", command)
        eventually(self._is_up, f"the controller answers; its log: {self._process.log}")
        return self

    def reload(self) -> tuple[int, Any]:
        """Write the settings as they are now, and have them read; status and body of the answer."""
        self._file.write_text(json.dumps(self.settings, indent=2))
        return self.rest.status_of("/wm/roost/config/reload", "POST", b"")

    @property
    def process(self) -> Supervised:
        """The running program."""
        assert self._process is not None, "the controller was not started"
        return self._process

    def take_switches(self) -> None:
        """Connect both home switches; returns once both are taken and the link between them is known."""
        self._network.connect(self.target)
        eventually(self.has_switches, "both switches are taken")
        eventually(self.knows_the_link, "the link between the switches is known")

    def has_switches(self) -> bool:
        """Whether all is well and both home switches are taken (what Open vSwitch says of it is seconds old)."""
        health = self.rest.health()
        return bool(health["healthy"]) and health["switches"] == len(HOME_SWITCHES)

    def knows_the_link(self) -> bool:
        """Whether both switches have the rule that is for ports towards other switches."""
        flows = self.rest.get("flows")
        ours = {flow["switch"] for flow in flows if flow["purpose"] == "link-advertisement" and flow["installed"]}
        return len(ours) == len(HOME_SWITCHES)

    def _is_up(self) -> bool:
        if not self.process.is_running():
            raise EndedEarly(f"the controller ended:\n{self.process.text()[-3000:]}")
        return self.rest.is_up()


def configuration(
    state: Path,
    openflow_port: int = OPENFLOW_PORT,
    rest_port: int = REST_PORT,
    *,
    load: dict[str, Any] | None = None,
    **more: Any,
) -> str:
    """A controller configuration (JSON is YAML, too); what else is given are keys of the home network.

    Of `load`, where it is read from belongs to the controller, and what is made of it to the home network.
    """
    sources = {key: value for key, value in (load or {}).items() if key in {"source", "period", "snmp"}}
    measures = {key: value for key, value in (load or {}).items() if key not in sources}
    return json.dumps(
        {
            "openflow": {"listen": f"127.0.0.1:{openflow_port}"},
            "rest": {"listen": f"127.0.0.1:{rest_port}"},
            "statePath": str(state),
            **({"load": sources} if sources else {}),
            "homeNetworks": [
                {
                    "name": "home",
                    "prefix": plan.HOME_PREFIX,
                    "representative": {
                        "address": plan.REPRESENTATIVE,
                        "linkLayerAddress": plan.REPRESENTATIVE_MAC,
                    },
                    **({"load": measures} if measures else {}),
                    **more,
                }
            ],
        },
        indent=2,
    )
