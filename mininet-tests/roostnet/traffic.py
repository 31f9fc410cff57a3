"""Numbered UDP packets both ways between a correspondent and mobile nodes: what is lost, doubled, late."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from roostnet import plan
from roostnet.polling import PATIENCE, eventually
from roostnet.topology import Network

PORT = 9000
PAYLOAD = 64
"""Octets of UDP payload; the numbers take 16 of them."""


@dataclass(frozen=True)
class Direction:
    """What became of one direction's packets; times in milliseconds."""

    sent: int
    received: int
    duplicated: int
    """Arrivals beyond the first of the same packet."""
    reordered: int
    longest_gap: float
    """Longest time between two arrivals; the pace of the sender is in it."""
    longest_delay: float
    """Longest way of a packet."""
    latest: float
    """How late the sender was at worst, for want of a processor."""
    missing: tuple[tuple[int, int], ...]
    """The first runs of packets that did not arrive, but a later one did: first and last number of each."""

    @property
    def lost(self) -> int:
        """Packets that never arrived."""
        return self.sent - self.received

    def __str__(self) -> str:
        missing = f"  missing {self.missing}" if self.lost else ""
        return (
            f"sent {self.sent:>9,}  lost {self.lost}  duplicated {self.duplicated}  reordered {self.reordered}  "
            f"longest gap {self.longest_gap:.1f} ms{missing}"
        )


class Traffic:
    """Traffic between `near` and `far`, where the home addresses are, at `rate` packets a second each way.

    `schedule` is the home addresses in the order in which packets go to and come from them, over and over:
    who is in it more often gets a larger share.  Nothing is sent before `start`.
    """

    def __init__(
        self, network: Network, schedule: Sequence[str], rate: float, *, near: str = "cn", far: str = "mn"
    ) -> None:
        down = [(None, home_address) for home_address in schedule]
        up = [(home_address, plan.CORRESPONDENT) for home_address in schedule]
        self._rate = rate
        self._near = _End(network, near, down, rate)
        self._far = _End(network, far, up, rate)

    def start(self) -> Traffic:
        """Begin to send at both ends."""
        for end in (self._near, self._far):
            end.tell("start")
        return self

    def wait_for_packets(self, count: int) -> None:
        """Until both ends have sent so many more."""
        goals = [end.report()["sent"] + count for end in (self._near, self._far)]

        def sent() -> bool:
            return all(end.report()["sent"] >= goal for end, goal in zip((self._near, self._far), goals, strict=True))

        eventually(sent, f"{count} packets more each way", count / self._rate + PATIENCE, every=0.1)

    def wait_until_it_flows(self) -> None:
        """Until a packet sent from now on has arrived, at both ends."""
        goals = [other.report()["sent"] for other in (self._far, self._near)]

        def flows() -> bool:
            ends = (self._near, self._far)
            return all(end.report()["highest"] >= goal for end, goal in zip(ends, goals, strict=True))

        eventually(flows, "traffic flows both ways")

    def look(self) -> tuple[Direction, Direction]:
        """Towards the mobile nodes, and from them, so far: what is under way counts as lost."""
        near, far = self._near.report(), self._far.report()
        return _direction(near, far), _direction(far, near)

    def stop(self, patience: float = 10.0) -> tuple[Direction, Direction]:
        """Stop sending, wait for the last packets, end both programs; towards the mobile nodes, and from them."""
        for end in (self._near, self._far):
            end.tell("stop")
        try:
            eventually(lambda: not any(way.lost for way in self.look()), "all has arrived", patience, every=0.1)
        except AssertionError:
            # The rest is lost, which is for the caller to judge.
            pass
        found = self.look()
        self.close()
        return found

    def close(self) -> None:
        """End both programs."""
        for end in (self._near, self._far):
            end.close()


class _End:
    """One of the two programs."""

    def __init__(self, network: Network, host: str, send: list[tuple[str | None, str]], rate: float) -> None:
        self._host = host
        self._log = (network.logs / f"traffic-{host}.log").open("ab")
        self._process = subprocess.Popen(
            ["mnexec", "-a", str(network.host(host).pid), sys.executable, "-m", "roostnet.traffic_end"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self.tell(json.dumps({"send": send, "rate": rate, "size": PAYLOAD, "port": PORT}))
        self._read()

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def report(self) -> dict[str, Any]:
        self.tell("report")
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"the traffic's end at {self._host} has ended; its log: {self._log.name}"
        return dict(json.loads(line))

    def close(self) -> None:
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
            self._process.wait(timeout=PATIENCE)
            self._log.close()


def _direction(sender: dict[str, Any], receiver: dict[str, Any]) -> Direction:
    return Direction(
        sent=sender["sent"],
        received=receiver["received"],
        duplicated=receiver["duplicated"],
        reordered=receiver["reordered"],
        longest_gap=receiver["longestGap"],
        longest_delay=receiver["longestDelay"],
        latest=sender["latest"],
        missing=tuple((first, last) for first, last in receiver["missing"]),
    )
