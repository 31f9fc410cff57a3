"""`./roost bench baseline`: where mobile nodes register without Roost, and with it.

The same network, home agents and mobile nodes twice, the home agents unmodified: each owns the
anycast address and answers discovery requests itself.

1. Prior art (FIG. 24 and 25 of the patent): the switches are plain learning switches.
2. With Roost: the switches are Roost's.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from roostnet import picture, plan
from roostnet.capture import Capture
from roostnet.lab import Lab, prime_router
from roostnet.played import PlayedMobileNodes, Wire
from roostnet.polling import eventually
from roostnet.prior_art import PriorArtHomeAgent, Registrations, peak_over_mean, shares
from roostnet.sandbox import RUN_DIRECTORY
from roostnet.topology import SILENT_HOSTS, Network

NODES = 300
FIRST_NODE = 1_000
"""Their numbers: home addresses from 2001:db8:1::4e8, which nobody else in the network has."""
HOME_AGENTS = {host: f"2001:db8:1::2{number}" for number, host in enumerate(SILENT_HOSTS, start=1)}


def main(arguments: list[str]) -> int:
    """Run both; the last line is one JSON object."""
    parser = argparse.ArgumentParser(prog="roost bench baseline", description=__doc__.split("\n\n")[0])
    parser.add_argument("--nodes", type=int, default=NODES, help=f"mobile nodes (default {NODES})")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the result as SVG")
    options = parser.parse_args(arguments)
    print(f"{options.nodes} mobile nodes register, one after the other; three home agents of equal preference")
    before = without_roost(options.nodes)
    _tell("1. each home agent owns the anycast address (prior art)", before)
    after = with_roost(options.nodes)
    _tell("2. the same home agents behind Roost", after)
    if options.picture:
        options.picture.write_text(
            picture.bars(
                f"{options.nodes} mobile nodes register: how many each home agent gets",
                {"without Roost: each owns the anycast address": before, "with Roost": after},
            )
        )
    result = {
        name: {"homeAgents": counts, "peakOverMean": round(peak_over_mean(counts), 3)}
        for name, counts in (("without", before), ("with", after))
    }
    print(json.dumps({"bench": "baseline", "mobileNodes": options.nodes, **result}))
    return 0


def without_roost(nodes: int) -> dict[str, int]:
    """Mobile nodes of each home agent when nobody is the representative."""
    with Network(RUN_DIRECTORY / "baseline-without") as network:
        network.forward_plainly()
        wires = {host: Wire(network, host) for host in HOME_AGENTS}
        played = PlayedMobileNodes(network)
        with Capture({"gen": network.ports["gen"]}) as capture:
            agents = _home_agents(wires)
            registered = Registrations(played, capture, FIRST_NODE).run(nodes)
        for wire in (*wires.values(), played.wire):
            wire.close()
    return _counted(registered, agents)


def with_roost(nodes: int) -> dict[str, int]:
    """Mobile nodes of each home agent when Roost is the representative."""
    lab = Lab("baseline-with", watched=("gen",))
    try:
        agents = _home_agents({host: lab.wire(host) for host in HOME_AGENTS})
        lab.join(*agents)
        prime_router(lab)
        registered = Registrations(lab.mobile_nodes, lab.capture, FIRST_NODE).run(nodes)
        assert not any(agent.anycast_frames for agent in agents), "no home agent sees a question to the anycast address"
    finally:
        lab.close()
    return _counted(registered, agents)


def _home_agents(wires: dict[str, Wire]) -> list[PriorArtHomeAgent]:
    """Unmodified home agents that have heard of one another."""
    agents = [PriorArtHomeAgent(wires[host], plan.MACS[host], address) for host, address in HOME_AGENTS.items()]
    for agent in agents:
        agent.run()
    eventually(
        lambda: all(len(agent.others) == len(agents) - 1 for agent in agents),
        "each home agent has heard the others",
        meanwhile=lambda: [agent.advertise() for agent in agents],
    )
    return agents


def _counted(registered: list[str], agents: list[PriorArtHomeAgent]) -> dict[str, int]:
    counts = shares(registered, [agent.address for agent in agents])
    held = {agent.address: len(agent.bindings) for agent in agents}
    assert counts == held, f"acknowledged: {counts}, held by the home agents: {held}"
    return counts


def _tell(head: str, counts: dict[str, int]) -> None:
    print(head)
    for address, count in counts.items():
        print(f"   {address:<16} {count:>4}  {count / sum(counts.values()):>6.1%}")
    print(f"   peak over mean {peak_over_mean(counts):.2f}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
