"""`./roost bench level`: a hot home agent is levelled by moving few of its mobile nodes.

In Mininet: mobile nodes are spread evenly over three home agents, but one of these has three times the
traffic of each other, 80 % of it with a tenth of its mobile nodes.  Wanted of balance mode: within 30 s the
busiest home agent tunnels at most 1.15 of the mean, no mobile node is moved twice, and nothing is lost.
"""

from __future__ import annotations

import argparse
import collections
import json
import random
import sys
import time

from roostnet import plan
from roostnet.crowd import MOST, Crowd
from roostnet.delegation import controller_delegation, start_home_agents, transmitted
from roostnet.lab import Lab, prime_router
from roostnet.prior_art import peak_over_mean

HOT = "ha1"
HOT_SHARE = 0.8
HOT_NODES = 0.1
WANTED = 1.15
SECONDS = 30.0
WINDOW = 5.0
"""Seconds over which what a home agent tunnels is measured."""


class Watch:
    """What the home agents tunnel, and who is moved, second by second."""

    def __init__(self, lab: Lab, crowd: Crowd) -> None:
        self._lab = lab
        self._crowd = crowd
        self.began = time.monotonic()
        self._samples = [(self.began, transmitted(lab))]
        self._forwarders = crowd.forwarders()
        self.moves: collections.Counter[str] = collections.Counter()

    def look(self) -> float:
        """Take a sample; the busiest home agent's packets of the last few seconds over the mean."""
        self._samples.append((time.monotonic(), transmitted(self._lab)))
        now = self._crowd.forwarders()
        self.moves.update(address for address, forwarder in now.items() if forwarder != self._forwarders[address])
        self._forwarders = now
        return peak_over_mean(self.rates())

    def rates(self) -> dict[str, int]:
        """Packets a second of each home agent."""
        last, counts = self._samples[-1]
        at, before = next(
            sample for sample in self._samples if sample[0] >= last - WINDOW or sample is self._samples[-2]
        )
        return {name: round((count - before[name]) / (last - at)) for name, count in counts.items()}


def main(arguments: list[str]) -> int:
    """Run it; the last line is one JSON object, the status 1 when a bound is missed."""
    parser = argparse.ArgumentParser(prog="roost bench level", description=__doc__.split("\n\n")[0])
    parser.add_argument("--nodes", type=int, default=300, help=f"mobile nodes (default 300, at most {MOST})")
    parser.add_argument("--rate", type=float, default=3000, help="packets a second each way (default 3000)")
    options = parser.parse_args(arguments)
    lab = Lab("bench-level", watched=("gen",), delegation=controller_delegation("balance"), load={"rateWindow": 3})
    try:
        result = _measure(lab, options)
    except BaseException:
        print(f"logs: {lab.keep_logs()}")
        raise
    finally:
        lab.close()
    is_good = result.pop("good")
    print(json.dumps({"bench": "level", **result}))
    return 0 if is_good else 1


def _measure(lab: Lab, options: argparse.Namespace) -> dict[str, object]:
    start_home_agents(lab)
    prime_router(lab)
    crowd = Crowd(lab, options.nodes)
    home_agents = {address: name for name, address in plan.HOME_AGENTS.items()}
    members = collections.defaultdict(list)
    for entry in crowd.bindings():
        members[home_agents[entry["homeAgent"]]].append(entry["homeAddress"])
    hot = sorted(members[HOT])[: max(1, round(len(members[HOT]) * HOT_NODES))]
    print(
        f"{options.nodes} mobile nodes, {options.rate:,.0f} packets a second each way; "
        f"{HOT} has {len(members[HOT])} of them, and {HOT_SHARE:.0%} of its traffic is that of {len(hot)}"
    )
    traffic = crowd.traffic(schedule(dict(members), hot), options.rate)
    watch = Watch(lab, crowd)
    levelled_after = None
    first = None
    while time.monotonic() < watch.began + SECONDS:
        time.sleep(1.0)
        ratio = watch.look()
        first = first or ratio
        seconds = time.monotonic() - watch.began
        if ratio > WANTED:
            levelled_after = None
        elif levelled_after is None:
            levelled_after = seconds
        rates = "  ".join(f"{name} {rate:>6,}" for name, rate in watch.rates().items())
        moved = watch.moves.total()
        print(f"   {seconds:5.1f} s  packets a second: {rates}  peak over mean {ratio:.3f}  moved {moved}")
    ways = traffic.stop()
    lost = sum(way.lost for way in ways)
    most = max(watch.moves.values(), default=0)
    print(
        f"   {f'levelled after {levelled_after:.0f} s' if levelled_after else 'not levelled'}: "
        f"{len(watch.moves)} of {options.nodes} mobile nodes moved, none of them more than {most} times; "
        f"lost {lost} of {sum(way.sent for way in ways):,}"
    )
    return {
        "good": levelled_after is not None and most == 1 and lost == 0,
        "mobileNodes": options.nodes,
        "peakOverMeanBefore": round(first or 0.0, 3),
        "peakOverMean": round(ratio, 3),
        "levelledAfterSeconds": round(levelled_after, 1) if levelled_after else None,
        "moved": len(watch.moves),
        "mostMovesOfOne": most,
        "sent": sum(way.sent for way in ways),
        "lost": lost,
        "duplicated": sum(way.duplicated for way in ways),
    }


def schedule(members: dict[str, list[str]], hot: list[str]) -> list[str]:
    """Whose turn it is to be sent to: the hot home agent's all together three times as often as another's.

    Of that, `hot` have 80 %.  The order is shuffled, the same in each run.
    """
    cold = [address for address in members[HOT] if address not in hot]
    others = [address for name, ours in members.items() if name != HOT for address in ours]
    scale = 4
    """Slots of an ordinary mobile node in one round."""
    total = 3 * scale * len(others) / max(1, len(members) - 1)
    per_hot = round(total * HOT_SHARE / len(hot))
    per_cold = max(1, round(total * (1 - HOT_SHARE) / max(1, len(cold))))
    schedule = hot * per_hot + cold * per_cold + others * scale
    random.Random(1).shuffle(schedule)
    return schedule


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
