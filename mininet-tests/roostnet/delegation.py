"""Home agents that delegate forwarding to one another, and a controller that moves mobile nodes among them."""

from __future__ import annotations

import json
import os
import signal
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from roostnet import plan
from roostnet.capture import Seen
from roostnet.daemons import HomeAgent
from roostnet.forwarding import PORT, Key, Message, parse
from roostnet.lab import Lab
from roostnet.polling import eventually
from roostnet.sandbox import RUN_DIRECTORY

KEY = Key(1, b"what all home agents of the lab share")
UDP_PROTOCOL = 17


def key_file(key: Key = KEY) -> str:
    """The path of a file with this key, as the programs want it."""
    file = Path(RUN_DIRECTORY) / f"forwarding-{key.identifier}.key"
    file.write_bytes(key.secret)
    file.chmod(0o600)
    return str(file)


def keys(*these: Key) -> list[dict[str, Any]]:
    """The `keys` of a configuration; the first one signs."""
    return [{"id": key.identifier, "keyFile": key_file(key)} for key in these or (KEY,)]


def controller_delegation(mode: str = "drain", **more: Any) -> dict[str, Any]:
    """The `delegation` block of a home network."""
    return {"mode": mode, "keys": keys(), **more}


def home_agent_delegation(**more: Any) -> dict[str, Any]:
    """The `delegation` block of a home agent; `more` may replace its keys, or take one out (None)."""
    block = {"keys": keys(), "representative": plan.REPRESENTATIVE, **more}
    return {key: value for key, value in block.items() if value is not None}


def start_home_agents(lab: Lab, *names: str, delegation: dict[str, Any] | None = None, **more: Any) -> list[HomeAgent]:
    """Start these daemons (all, when none is named), and wait until the controller speaks the protocol with each."""
    agents = [
        HomeAgent(lab.network, name, delegation=delegation or home_agent_delegation(), **more).start()
        for name in names or plan.HOME_AGENTS
    ]
    for agent in agents:
        eventually(lambda: speaks(lab, agent.address), f"{agent.name} speaks the protocol")  # noqa: B023
    return agents


def speaks(lab: Lab, address: str) -> bool:
    """Whether the controller lists this home agent, and has had an answer of the protocol from it."""
    entry = lab.rest.home_agent(address)
    return entry is not None and bool((entry.get("delegation") or {}).get("speaks"))


def is_up(agent: HomeAgent) -> bool:
    """Whether it has said something of itself."""
    return (Path(agent.settings["statePath"]) / "status.json").exists()


def reload(agent: HomeAgent) -> None:
    """Write the settings as they are now, and have the home agent read them."""
    file = Path(agent.settings["statePath"]).parent / f"{agent.name}.yaml"
    file.write_text(json.dumps(agent.settings, indent=2))
    os.kill(agent.process.pid, signal.SIGHUP)


def status_of(agent: HomeAgent) -> dict[str, Any]:
    """What a home agent says of its part in the forwarding protocol; it says it once a second."""
    text = (Path(agent.settings["statePath"]) / "status.json").read_text()
    return dict(json.loads(text)["delegation"])


def counted(agent: HomeAgent, word: str) -> int:
    """A counter of the forwarding protocol at a home agent."""
    return int(status_of(agent)["counters"].get(word, 0))


def message_of(seen: Seen) -> Message | None:
    """The forwarding protocol's message in a frame, if it is a whole one."""
    if seen.frame[20] != UDP_PROTOCOL or seen.frame[56:58] != PORT.to_bytes(2, "big"):
        return None
    try:
        return parse(seen.frame[62:])
    except (AssertionError, struct.error):
        return None


def says(kind: int, home_address: str | None = None) -> Callable[[Seen], bool]:
    """The forwarding protocol's messages of a type, about a home address when given."""

    def wanted(seen: Seen) -> bool:
        message = message_of(seen)
        return message is not None and message.type == kind and home_address in (None, message.home_address)

    return wanted


def forwarder_of(lab: Lab, home_address: str) -> str | None:
    """Who tunnels for a mobile node, as the controller knows it; None when it knows of no binding."""
    binding = lab.rest.binding(home_address)
    return None if binding is None else str(binding["forwarder"])


def order(lab: Lab, home_address: str, home_agent: str) -> tuple[int, Any]:
    """An operator's order; status and body of the answer."""
    body = json.dumps({"homeAgent": home_agent}).encode()
    return lab.rest.status_of(f"/wm/roost/mobile-nodes/{home_address}/forwarder", "POST", body)


def transmitted(lab: Lab) -> dict[str, int]:
    """Packets that each home agent's interface has sent since it is there."""
    file = "/sys/class/net/eth0/statistics/tx_packets"
    return {name: int(lab.network.shell(name, "cat", file)) for name in plan.HOME_AGENTS}


def migrate(lab: Lab, home_address: str, home_agent: str) -> None:
    """Order, and wait until the controller has the mobile node steered there; AssertionError when it is refused."""
    status, body = order(lab, home_address, home_agent)
    assert status == 202, f"{status}: {body}"
    eventually(
        lambda: forwarder_of(lab, home_address) == home_agent,
        f"{home_address} is forwarded by {home_agent}",
    )
