"""`./roost bench migration`: a mobile node under traffic is moved among three home agents, and what it costs.

In Mininet: 5,000 packets a second from a correspondent to the mobile node and as many back, paced without
bursts, while an operator's orders move the mobile node from home agent to home agent.  Wanted: nothing lost,
at most 0.1 % duplicated, and in the mobile node's own recording one and the same outer address throughout.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import json
import sys
import time
from collections.abc import Iterator

from roostnet import plan
from roostnet.daemons import MobileNode
from roostnet.delegation import controller_delegation, migrate, start_home_agents, transmitted
from roostnet.lab import Lab, prime_router
from roostnet.polling import eventually
from roostnet.recording import TunnelRecording
from roostnet.topology import is_answered
from roostnet.traffic import Direction, Traffic

DUPLICATES_ALLOWED = 0.001
HOME = plan.home_address()


def main(arguments: list[str]) -> int:
    """Run it; the last line is one JSON object, the status 1 when a bound is missed."""
    parser = argparse.ArgumentParser(prog="roost bench migration", description=__doc__.split("\n\n")[0])
    parser.add_argument("--migrations", type=int, default=100, help="how often it is moved (default 100)")
    parser.add_argument("--rate", type=float, default=5000, help="packets a second each way (default 5000)")
    parser.add_argument("--packets", type=int, default=500_000, help="packets each way, evenly between them (default 500000)")
    options = parser.parse_args(arguments)
    print(
        f"a mobile node under {options.rate:,.0f} packets a second each way, "
        f"{options.migrations} migrations among {len(plan.HOME_AGENTS)} home agents"
    )
    lab = Lab("bench-migration", watched=("gen",), delegation=controller_delegation())
    try:
        result = _measure(lab, options)
    except BaseException:
        print(f"logs: {lab.keep_logs()}")
        raise
    finally:
        lab.close()
    is_good = result.pop("good")
    print(json.dumps({"bench": "migration", **result}))
    return 0 if is_good else 1


def _measure(lab: Lab, options: argparse.Namespace) -> dict[str, object]:
    primary = _bind(lab)
    recording = TunnelRecording(lab.network, "mn")
    traffic = Traffic(lab.network, [HOME], options.rate).start()
    traffic.wait_until_it_flows()
    before = transmitted(lab)
    apart = options.packets // max(1, options.migrations)
    times = []
    for target in _targets(primary, options.migrations):
        began = time.monotonic()
        migrate(lab, HOME, target)
        times.append((time.monotonic() - began) * 1e3)
        traffic.wait_for_packets(apart)
    if not times:
        traffic.wait_for_packets(options.packets)
    shares = {name: count - before[name] for name, count in transmitted(lab).items()}
    ways = dict(zip(("to the mobile node", "from the mobile node"), traffic.stop(), strict=True))
    outer = recording.stop(sum(way.received for way in ways.values()))
    for name, way in ways.items():
        print(f"   {name:<21} {way}")
    return _result(primary, ways, outer, shares, sorted(times))


def _bind(lab: Lab) -> str:
    """Home agents, mobile node, binding, first packets; the address of the primary."""
    start_home_agents(lab)
    prime_router(lab)
    MobileNode(lab.network).start()
    lab.network.attach("mn", "l3")
    primary = str(eventually(lambda: lab.rest.binding(HOME), "the controller knows the binding")["homeAgent"])
    eventually(lambda: is_answered(lab.network.ping("cn", HOME, count=1)), "the mobile node is reached")
    return primary


def _targets(primary: str, count: int) -> Iterator[str]:
    """Round and round, the primary among them."""
    others = [address for address in plan.HOME_AGENTS.values() if address != primary]
    return itertools.islice(itertools.cycle([*others, primary]), count)


def _result(
    primary: str,
    ways: dict[str, Direction],
    outer: collections.Counter[tuple[str, str]],
    shares: dict[str, int],
    times: list[float],
) -> dict[str, object]:
    sent = sum(way.sent for way in ways.values())
    lost = sum(way.lost for way in ways.values())
    duplicated = sum(way.duplicated for way in ways.values())
    ends = {address for pair in outer for address in pair}
    foreign = {address for address in ends if not address.startswith(plan.HOME_PREFIX.removesuffix(":/64"))}
    home = sorted(ends - foreign)
    median, longest = (times[len(times) // 2], times[-1]) if times else (0.0, 0.0)
    print(f"   lost {lost} of {sent:,}, duplicated {duplicated} ({duplicated / sent:.4%})")
    print(f"   in the mobile node's own recording of {outer.total():,} tunnelled packets: home agent {', '.join(home)}")
    print(f"   packets put on the link by {', '.join(f'{name}: {count:,}' for name, count in shares.items())}")
    print(f"   a migration took {median:.0f} ms (median; from the order to the rule), {longest:.0f} ms at most")
    return {
        "good": lost == 0 and duplicated <= DUPLICATES_ALLOWED * sent and home == [primary] and len(foreign) == 1,
        "migrations": len(times),
        "sent": sent,
        "lost": lost,
        "duplicated": duplicated,
        "reordered": sum(way.reordered for way in ways.values()),
        "longestGapMilliseconds": max(way.longest_gap for way in ways.values()),
        "senderLateMilliseconds": max(way.latest for way in ways.values()),
        "outerAddresses": home,
        "medianMilliseconds": round(median, 1),
        "longestMilliseconds": round(longest, 1),
        "homeAgents": shares,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
