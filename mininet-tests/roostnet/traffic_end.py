"""One end of a stream of numbered UDP packets: sends at a steady pace, and accounts for what the other end sends.

    python3 -m roostnet.traffic_end

A program of its own, so that neither end waits for the other's interpreter, nor for a test's.
`traffic.Traffic` starts one on each host.  The first line of its input is a description, which it answers
with an empty report; then come `start`, `stop` and `report`.  Each report is one line of JSON on the
output.  The end of the input ends it.

The description is a JSON object: `send`, the flows in the order in which they are sent, over and over, each
a pair of source address (null: the host chooses) and destination; `rate`, packets a second altogether;
`size`, octets of UDP payload; `port`.

A packet carries its number (from 0, over all flows) and the time at which it was sent, by the clock that all
of the machine shares.

Pace: each packet has its time.  A sender that was kept from the processor is late; it then sends twice as fast
as it should until it has caught up, and never back to back, since a burst is not what is to be measured.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import socket
import struct
import sys
import time
from ipaddress import IPv6Address
from typing import Any

HEADER = struct.Struct("!QQ")
"""Number, time in nanoseconds."""
IPV6_FREEBIND = 78
IPV6_RECVPKTINFO = 49
IPV6_PKTINFO = 50
SO_RCVBUFFORCE = 33
SO_TIMESTAMPNS = 35
PR_SET_TIMERSLACK = 29
BUFFER = 64 << 20
"""Octets in which packets wait while this program waits for a processor: seconds of them."""
BATCH = 8
"""Packets read in one go, before it is looked whether one is to be sent."""
RUNS = 20
"""Gaps in the numbers that a report names."""


class Arrivals:
    """What has come: which numbers, how often, in which order, how far apart."""

    def __init__(self) -> None:
        self._seen = bytearray(1 << 20)
        self._highest: dict[bytes, int] = {}
        self._end = 0
        """One more than the highest number of all."""
        self._distinct = 0
        self._duplicated = 0
        self._reordered = 0
        self._last = 0
        self._longest_gap = 0
        self._longest_gap_at = 0
        self._longest_delay = 0

    def take(self, flow: bytes, number: int, sent: int, now: int) -> None:
        """One packet; times in nanoseconds of the same clock."""
        if number >= len(self._seen):
            self._seen.extend(bytes(max(len(self._seen), number + 1 - len(self._seen))))
        if self._seen[number]:
            self._duplicated += 1
            return
        self._seen[number] = 1
        self._distinct += 1
        self._end = max(self._end, number + 1)
        # RFC 4737, 3.3: whatever comes after something later of its own flow is reordered.
        if number < self._highest.get(flow, -1):
            self._reordered += 1
        else:
            self._highest[flow] = number
        if self._last and now - self._last > self._longest_gap:
            self._longest_gap, self._longest_gap_at = now - self._last, number
        self._last = now
        self._longest_delay = max(self._longest_delay, now - sent)

    def report(self) -> dict[str, Any]:
        """All of it, times in milliseconds."""
        return {
            "received": self._distinct,
            "duplicated": self._duplicated,
            "reordered": self._reordered,
            "longestGap": round(self._longest_gap / 1e6, 3),
            "longestGapBefore": self._longest_gap_at,
            "longestDelay": round(self._longest_delay / 1e6, 3),
            "highest": self._end - 1,
            "missing": self._missing(),
        }

    def _missing(self) -> list[tuple[int, int]]:
        """The first runs of numbers below the highest that have not come: first and last of each."""
        runs: list[tuple[int, int]] = []
        at = self._seen.find(0, 0, self._end)
        while at >= 0 and len(runs) < RUNS:
            following = self._seen.find(1, at, self._end)
            runs.append((at, following - 1))
            at = self._seen.find(0, following, self._end)
        return runs


class TrafficEnd:
    """The socket and the loop."""

    def __init__(self, description: dict[str, Any]) -> None:
        self._port = int(description["port"])
        self._interval = round(1e9 / description["rate"])
        self._padding = bytes(description["size"] - HEADER.size)
        self._flows = [(_source(source), (destination, self._port)) for source, destination in description["send"]]
        self._socket = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._socket.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
        # A home address may be one of the host by a route alone.
        self._socket.setsockopt(socket.IPPROTO_IPV6, IPV6_FREEBIND, 1)
        self._socket.setblocking(False)
        self._socket.bind(("::", self._port))
        self._arrivals = Arrivals()
        self._sent = 0
        self._refused = 0
        self._is_sending = False
        self._due = 0
        self._not_before = 0
        self._latest = 0

    def run(self) -> None:
        """Until the input ends."""
        os.nice(-10)
        ctypes.CDLL(None).prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0)
        self._tell()
        commands = sys.stdin.fileno()
        while True:
            wait = max(0, self._next() - time.monotonic_ns()) / 1e9 if self._is_sending else None
            ready, _, _ = select.select([self._socket, commands], [], [], wait)
            if self._is_sending:
                self._send_due()
            if self._socket in ready:
                self._receive()
            if commands in ready:
                text = os.read(commands, 4096)
                if not text:
                    return
                for command in text.split():
                    self._obey(command)

    def _obey(self, command: bytes) -> None:
        if command == b"start":
            self._due = time.monotonic_ns()
            self._is_sending = True
        elif command == b"stop":
            self._is_sending = False
        elif command == b"report":
            self._tell()

    def _tell(self) -> None:
        own = {"sent": self._sent, "refused": self._refused, "latest": round(self._latest / 1e6, 3)}
        print(json.dumps({**own, **self._arrivals.report()}), flush=True)

    def _next(self) -> int:
        return max(self._due, self._not_before)

    def _send_due(self) -> None:
        now = time.monotonic_ns()
        if now < self._next():
            return
        ancillary, destination = self._flows[self._sent % len(self._flows)]
        packet = HEADER.pack(self._sent, now) + self._padding
        try:
            self._socket.sendmsg([packet], ancillary, 0, destination)
        except OSError:
            # Counted as sent, and never arrives: lost.
            self._refused += 1
        self._sent += 1
        self._latest = max(self._latest, now - self._due)
        self._due += self._interval
        self._not_before = now + self._interval // 2

    def _receive(self) -> None:
        # The kernel's time of arrival, which is that of another clock.
        difference = time.time_ns() - time.monotonic_ns()
        for _ in range(BATCH):
            try:
                packet, ancillary, _flags, sender = self._socket.recvmsg(2048, 128)
            except BlockingIOError:
                return
            except OSError:
                # An ICMPv6 error about something that was sent: what it is about is missing at the other end.
                continue
            flow, arrived = b"", time.time_ns()
            for level, kind, data in ancillary:
                if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                    seconds, nanoseconds = struct.unpack("ll", data)
                    arrived = seconds * 1_000_000_000 + nanoseconds
                elif level == socket.IPPROTO_IPV6 and kind == IPV6_PKTINFO:
                    flow = data[:16]
            number, sent = HEADER.unpack_from(packet)
            self._arrivals.take(sender[0].encode() + flow, number, sent, arrived - difference)


def _source(address: str | None) -> list[tuple[int, int, bytes]]:
    """What a packet is sent with to have this source (RFC 3542, 6.2)."""
    if address is None:
        return []
    return [(socket.IPPROTO_IPV6, IPV6_PKTINFO, IPv6Address(address).packed + struct.pack("I", 0))]


if __name__ == "__main__":
    TrafficEnd(json.loads(sys.stdin.readline())).run()
