"""Load as the switches' own counters tell it, beside what the home agent's kernel counts on its interface."""

from __future__ import annotations

import time
from bisect import bisect_left
from datetime import datetime
from typing import Any

import pytest
from roostnet import plan
from roostnet.daemons import HomeAgent, MobileNode
from roostnet.lab import Lab
from roostnet.polling import eventually
from roostnet.topology import is_answered

HOME = plan.home_address()
WINDOW = 10.0
"""Seconds; the default of `load.rateWindow`."""
SHARE = 0.02
"""Of the truth, by which what is measured may differ."""


@pytest.fixture(scope="module")
def lab(labs) -> Lab:
    """A mobile node is bound at the one home agent, and packets to it go through the tunnel."""
    running = labs.make(watched=("r",))
    HomeAgent(running.network, "ha1").start()
    running.network.attach("mn", "l3")
    MobileNode(running.network).start()
    eventually(lambda: len(running.steering_rules(HOME)) == 2, "the mobile node is steered")
    eventually(lambda: is_answered(running.network.ping("cn", HOME)), "the tunnel carries packets")
    return running


def load(lab: Lab) -> dict[str, Any]:
    """What the controller says of the load of ha1."""
    entry = lab.rest.home_agent(plan.HOME_AGENTS["ha1"])
    assert entry is not None
    assert entry["load"]["source"] == "openflow"
    return dict(entry["load"])


def truth(lab: Lab) -> tuple[int, int]:
    """Packets that ha1's kernel has sent and received on the home link."""
    files = [f"/sys/class/net/eth0/statistics/{which}_packets" for which in ("tx", "rx")]
    sent, received = lab.network.shell("ha1", "cat", *files).split()
    return int(sent), int(received)


def settled(lab: Lab) -> tuple[tuple[int, int], tuple[int, int]]:
    """The truth, and what was read from the switch after it."""
    before = truth(lab)
    at = time.time()
    eventually(lambda: sampled_at(load(lab)) > at, "the switch's counters are read again")
    known = load(lab)
    return before, (known["packetsTransmitted"], known["packetsReceived"])


def sampled_at(known: dict[str, Any]) -> float:
    """Seconds since the epoch."""
    return datetime.fromisoformat(known["sampledAt"]).timestamp()


def stream(lab: Lab, seconds: float) -> list[str]:
    """The command that sends 200 packets a second to the mobile node, each of which is answered through the tunnel."""
    return ["ping", "-6", "-q", "-i", "0.005", "-c", str(int(seconds * 200)), "-W", "1", HOME]


def test_packets_of_ten_seconds_are_counted_within_two_percent(lab: Lab) -> None:
    true_before, known_before = settled(lab)

    lab.network.shell("cn", *stream(lab, WINDOW), check=False)

    true_after, known_after = settled(lab)
    for direction, what in enumerate(("sent", "received")):
        true = true_after[direction] - true_before[direction]
        known = known_after[direction] - known_before[direction]
        assert true > 2000, f"a real stream: {what}, once bare and once in the tunnel"
        assert abs(known - true) <= SHARE * true, f"{what}: {known} known, {true} true"


class Record:
    """What the kernel counted, time after time; in between it is taken to have counted evenly."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.times: list[float] = []
        self._counts: list[tuple[int, int]] = []

    def look(self) -> None:
        """Take the counters as they are now."""
        self._counts.append(truth(self._lab))
        self.times.append(time.time())

    def rate(self, direction: int, end: float) -> float:
        """Packets a second in the window that ended then."""
        return (self._at(direction, end) - self._at(direction, end - WINDOW)) / WINDOW

    def _at(self, direction: int, when: float) -> float:
        after = bisect_left(self.times, when)
        earlier, later = self.times[after - 1], self.times[after]
        one, other = self._counts[after - 1][direction], self._counts[after][direction]
        return one + (other - one) * (when - earlier) / (later - earlier)


def test_rates_over_ten_seconds_are_within_two_percent(lab: Lab) -> None:
    """Read while the stream goes on: what was read late by a busy machine is followed by what was not."""
    record = Record(lab)
    record.look()
    process = lab.network.spawn("stream", stream(lab, 120), host="cn")

    def agrees() -> bool:
        known = load(lab)
        record.look()
        end = sampled_at(known)
        if not record.times[0] < end - WINDOW or not end < record.times[-1]:
            return False
        for direction, key in enumerate(("transmitRate", "receiveRate")):
            true = record.rate(direction, end)
            assert true > 100, "the stream fills the window"
            assert abs(known[key] - true) <= SHARE * true, f"{key}: {known[key]} known, {true} true"
        return True

    try:
        eventually(agrees, "rates agree with what the kernel counts", every=0.1)
    finally:
        process.stop()
