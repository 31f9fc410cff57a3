"""`./roost bench drain`: a home agent with 1,000 mobile nodes under traffic is drained, then stopped.

In Mininet: all are registered at one home agent of three, and packets flow both ways.  Draining it has the others
tunnel for all of them.  Wanted: all moved, nothing lost, neither then nor when the home agent is stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

from roostnet import plan
from roostnet.crowd import MOST, Crowd
from roostnet.delegation import controller_delegation, start_home_agents, transmitted
from roostnet.lab import Lab, prime_router
from roostnet.polling import eventually

DRAINED = "ha1"
QUIET_RATE = 50
"""Packets a second of a home agent that tunnels for nobody: advertisements, and the protocol's own."""


def main(arguments: list[str]) -> int:
    """Run it; the last line is one JSON object, the status 1 when anything was lost or left."""
    parser = argparse.ArgumentParser(prog="roost bench drain", description=__doc__.split("\n\n")[0])
    parser.add_argument("--nodes", type=int, default=1000, help=f"mobile nodes (default 1000, at most {MOST})")
    parser.add_argument("--rate", type=float, default=5000, help="packets a second each way (default 5000)")
    parser.add_argument("--at-once", type=int, default=32, help="mobile nodes on their way at one time (default 32)")
    options = parser.parse_args(arguments)
    print(f"{options.nodes} mobile nodes of one home agent, {options.rate:,.0f} packets a second each way")
    lab = Lab("bench-drain", watched=("gen",), delegation=controller_delegation(movesAtOnce=options.at_once))
    try:
        result = _measure(lab, options)
    except BaseException:
        print(f"logs: {lab.keep_logs()}")
        raise
    finally:
        lab.close()
    print(json.dumps({"bench": "drain", **result}))
    return 0 if result["lost"] == 0 else 1


def _measure(lab: Lab, options: argparse.Namespace) -> dict[str, object]:
    drained = plan.HOME_AGENTS[DRAINED]
    agents = {agent.name: agent for agent in start_home_agents(lab)}
    prime_router(lab)
    crowd = Crowd(lab, options.nodes, "--home-agent", drained)
    traffic = crowd.traffic(crowd.home_addresses, options.rate)
    began = time.monotonic()
    status, body = lab.rest.status_of(f"/wm/roost/home-agents/{drained}/drain", "POST", b"")
    assert status in (200, 202), f"{status}: {body}"
    eventually(lambda: not crowd.shares()[drained], "all are moved", every=0.1)
    seconds = time.monotonic() - began
    shares = dict(crowd.shares())
    print(f"   all moved in {seconds:.1f} s: {shares}")
    eventually(lambda: _rate(lab, DRAINED) < QUIET_RATE, "it tunnels nothing any more")
    quiet = time.monotonic() - began
    moved = traffic.look()
    assert agents[DRAINED].process.stop() in (0, 143), "it ends cleanly"
    print(f"   it tunnelled nothing any more after {quiet:.1f} s, and was stopped")
    traffic.wait_for_packets(round(10 * options.rate))
    ways = dict(zip(("to the mobile nodes", "from the mobile nodes"), traffic.stop(), strict=True))
    for name, way in ways.items():
        print(f"   {name:<22} {way}")
    return {
        "mobileNodes": options.nodes,
        "seconds": round(seconds, 2),
        "movesPerSecond": round(options.nodes / seconds, 1),
        "sent": sum(way.sent for way in ways.values()),
        "sentUntilStopped": sum(way.sent for way in moved),
        "lost": sum(way.lost for way in ways.values()),
        "duplicated": sum(way.duplicated for way in ways.values()),
        "longestGapMilliseconds": max(way.longest_gap for way in ways.values()),
        "homeAgents": shares,
    }


def _rate(lab: Lab, name: str, seconds: float = 1.0) -> float:
    """Packets a second that a home agent's interface sends, measured for so long."""
    began, before = time.monotonic(), transmitted(lab)[name]
    time.sleep(seconds)
    return (transmitted(lab)[name] - before) / (time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
