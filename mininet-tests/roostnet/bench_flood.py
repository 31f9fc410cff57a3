"""`./roost bench flood`: whether a few mobile nodes are answered while a flood of spoofed discovery requests goes on.

A fake switch on loopback brings the controller 50,000 requests a second from invented sources and, among them,
10 a second from mobile nodes.  How many of those are answered, and how late?  Each is timed from the moment at which it
was due, so that neither a stall of the controller nor one of the measurement can hide.  Four times:

1. Without limits: each spoofed request from another /64, each mobile node on a link of its own that never asked before;
   the controller has just been started.
2. The same after a first such flood, which is not counted; so for the rest.
3. With a limit for each /64: all spoofed requests from one link, each mobile node on a link of its own.
4. With a limit for all: each spoofed request from another /64; the mobile nodes are on ten links that asked before.

The heap is what is reachable: after a full collection, before and after each flood.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import shutil
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any

from scapy.layers.inet6 import ICMPv6HAADRequest, IPv6
from scapy.layers.l2 import Ether

from roostnet import plan
from roostnet.controllers import OPENFLOW_PORT, REST_PORT, configuration
from roostnet.daemons import repository
from roostnet.loadswitch import LoadSwitch, packet_in
from roostnet.played import advertisement_frame
from roostnet.polling import eventually
from roostnet.processes import Supervised
from roostnet.rest import Rest
from roostnet.sandbox import RUN_DIRECTORY

SPOOFED = 1 << 19
"""Distinct spoofed requests, sent over and over: more than the sources that the controller remembers."""
MOBILE_NODES = int(IPv6Address("2001:db8:1e::"))
MARK = MOBILE_NODES.to_bytes(16, "big")[:6]
"""What only addresses of mobile nodes begin with."""
FORGED_LINK = int(IPv6Address("2001:db8:bad:1::"))
PACE = 10
"""Requests of mobile nodes in a second."""
GRACE_SECONDS = 2.0
"""For answers that are under way at the end."""
BURST = 512


@dataclass(frozen=True)
class Flood:
    """One way to flood."""

    name: str
    says: str
    limits: dict[str, int]
    is_one_link: bool
    known_links: int | None
    """Mobile nodes take turns on so many links, all of which have asked before; None: each has a new link."""
    is_first: bool = False
    """Whether the controller has just been started; else it has been through the same before."""


FLOODS = (
    Flood("first", "no limits, every source a new /64, the controller just started", {}, is_one_link=False,
          known_links=None, is_first=True),
    Flood("unlimited", "no limits, every source a new /64", {}, is_one_link=False, known_links=None),
    Flood("one-link", "100 a second for a /64, the flood from one", {"discoveryRequestsPerSource": 100},
          is_one_link=True, known_links=None),
    Flood("limited", "5,000 a second altogether, every source a new /64", {"discoveryRequests": 5000},
          is_one_link=False, known_links=10),
)  # fmt: skip


@dataclass
class Result:
    """What came of one flood."""

    spoofed: int = 0
    asked: int = 0
    latencies: list[float] = field(default_factory=list)
    heap_before: int = 0
    heap_after: int = 0

    def percentile(self, share: float) -> float:
        """Milliseconds; a request without an answer counts as endless."""
        late = sorted(self.latencies) + [float("inf")] * (self.asked - len(self.latencies))
        return late[min(len(late) - 1, int(share * len(late)))] * 1000 if late else 0.0

    def as_json(self) -> dict[str, Any]:
        """All of it, in milliseconds and bytes."""
        return {
            "spoofed": self.spoofed,
            "asked": self.asked,
            "answered": len(self.latencies),
            **{f"p{share}Millis": _finite(self.percentile(share / 100)) for share in (50, 99, 100)},
            "heapBytesBefore": self.heap_before,
            "heapBytesAfter": self.heap_after,
        }


def main(arguments: list[str]) -> int:
    """Run them; the last line is one JSON object."""
    parser = argparse.ArgumentParser(prog="roost bench flood", description=__doc__.split("\n\n")[0])
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each flood lasts (default 20)")
    parser.add_argument("--rate", type=int, default=50_000, help="spoofed requests a second (default 50000)")
    parser.add_argument("--busy", type=int, default=0, help="so many idle loops run beside it (default 0)")
    parser.add_argument("--only", choices=[flood.name for flood in FLOODS], help="this one only")
    options = parser.parse_args(arguments)
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(options.busy)]
    print(f"{options.rate:,} spoofed requests a second and 10 of mobile nodes, {options.seconds:g} s each; "
          f"{options.busy} other busy processes")  # fmt: skip
    results = {}
    try:
        for flood in FLOODS:
            if options.only in (None, flood.name):
                results[flood.name] = result = _run(flood, options.rate, options.seconds)
                _tell(flood, result)
    finally:
        for other in others:
            other.kill()
            other.wait()
    told = {name: result.as_json() for name, result in results.items()}
    print(json.dumps({"bench": "flood", "rate": options.rate, "busy": options.busy, **told}))
    return 0


def _tell(flood: Flood, result: Result) -> None:
    print(f"{flood.name:<10} {flood.says}")
    print(
        f"           {result.spoofed:,} spoofed; {len(result.latencies)} of {result.asked} answered; "
        f"p50 {result.percentile(0.5):.1f} ms, p99 {result.percentile(0.99):.1f} ms, "
        f"longest {result.percentile(1):.1f} ms; "
        f"heap {result.heap_before / 1e6:.1f} MB before, {result.heap_after / 1e6:.1f} MB after",
        flush=True,
    )


def _finite(value: float) -> float | None:
    return round(value, 2) if value != float("inf") else None


def _run(flood: Flood, rate: int, seconds: float) -> Result:
    folder = RUN_DIRECTORY / f"bench-flood-{flood.name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    file = folder / "controller.yaml"
    file.write_text(configuration(folder / "state", limits=flood.limits))
    # As an operator starts it, since how the virtual machine is set up is part of it.
    command = [str(repository() / "roost"), "controller", "--config", str(file)]
    controller = Supervised("controller", command, folder / "controller.log")
    rest = Rest(f"http://127.0.0.1:{REST_PORT}")
    try:
        eventually(rest.is_up, f"the controller answers; its log: {controller.log}")
        switch = _switch(rest)
        spoofed = _spoofed(flood)
        generator = Generator(switch, flood, spoofed)
        if not flood.is_first:
            # Not counted: the virtual machine compiles what is used much, and tables get as large as they may.
            generator.run(rate, min(seconds, 10.0))
        before = _heap(controller.pid)
        result = generator.run(rate, seconds)
        result.heap_before, result.heap_after = before, _heap(controller.pid)
        switch.socket.close()
        return result
    finally:
        controller.stop()


def _switch(rest: Rest) -> LoadSwitch:
    switch = LoadSwitch(0xF100D, ("127.0.0.1", OPENFLOW_PORT))
    eventually(lambda: switch.pump(0.05) and rest.health()["switches"] == 1, "the switch is taken")
    for number in range(3):
        mac = f"02:00:00:00:77:0{number}"
        frame = advertisement_frame(mac, plan.link_local(mac), prefix=f"2001:db8:1::7{number}")
        switch.send(packet_in(bytes(frame), number + 1))
    eventually(lambda: switch.pump(0.05) or len(rest.home_agents()) == 3, "three home agents are listed")
    return switch


def _heap(pid: int) -> int:
    """Bytes of all reachable objects, by a full collection."""
    jcmd = Path(os.environ["ROOST_JAVA"]).with_name("jcmd")
    told = subprocess.run([str(jcmd), str(pid), "GC.class_histogram"], check=True, capture_output=True, text=True)
    return int(told.stdout.strip().splitlines()[-1].split()[2])


class Requests:
    """Writes packet-ins with discovery requests."""

    def __init__(self) -> None:
        self._template = bytes(
            Ether(src=plan.MACS["r"], dst=plan.REPRESENTATIVE_MAC) / IPv6(src="::", dst=plan.ANYCAST) / ICMPv6HAADRequest()
        )
        # RFC 4443, 2.3: the pseudo-header's destination, length 8, next header 58; then type 144 and code 0.
        self._fixed = _sum(self._template[38:54]) + 8 + 58 + 0x9000
        whole = packet_in(self._template, 4)
        self.length = len(whole)
        self._before = whole[: len(whole) - len(self._template)] + self._template[:22]

    def of(self, source: bytes, identifier: int) -> bytes:
        """The request of one source."""
        total = self._fixed + _sum(source) + identifier
        total = (total & 0xFFFF) + (total >> 16)
        total = (total & 0xFFFF) + (total >> 16)
        message = b"\x90\0" + struct.pack("!HHH", total ^ 0xFFFF, identifier, 0)
        return self._before + source + self._template[38:54] + message


def _sum(data: bytes) -> int:
    return sum(struct.unpack(f"!{len(data) // 2}H", data))


def _spoofed(flood: Flood) -> memoryview:
    chance = random.Random(28)
    requests = Requests()

    def source() -> bytes:
        if flood.is_one_link:
            return (FORGED_LINK | chance.getrandbits(64)).to_bytes(16, "big")
        # 2400::/12: global unicast, and neither the home network's nor a mobile node's.
        return (0x240 << 116 | chance.getrandbits(116)).to_bytes(16, "big")

    return memoryview(b"".join(requests.of(source(), number & 0xFFFF) for number in range(SPOOFED)))


class Generator:
    """Sends both kinds of requests through one switch, at their pace, and reads the answers."""

    def __init__(self, switch: LoadSwitch, flood: Flood, spoofed: memoryview) -> None:
        self._switch = switch
        self._flood = flood
        self._spoofed = spoofed
        self._requests = Requests()
        self._sent = 0
        self._asked = 0
        self._due: dict[bytes, float] = {}
        self._tail = b""
        self._out = memoryview(b"")

    def run(self, rate: int, seconds: float) -> Result:
        """Flood for so long."""
        result = Result()
        self._due.clear()
        self._switch.socket.setblocking(False)
        length = self._requests.length
        began = time.monotonic()
        while True:
            now = time.monotonic()
            is_over = now >= began + seconds
            if is_over and (not self._due or now >= began + seconds + GRACE_SECONDS):
                return result
            if not self._out and not is_over:
                due = began + result.asked / PACE
                if now >= due:
                    self._out = memoryview(self._ask(due))
                    result.asked += 1
                elif (missing := int((now - began) * rate) - result.spoofed) > 0:
                    first = self._sent % SPOOFED
                    count = min(missing, BURST, SPOOFED - first)
                    self._out = self._spoofed[first * length : (first + count) * length]
                    self._sent += count
                    result.spoofed += count
            if self._out:
                try:
                    self._out = self._out[self._switch.socket.send(self._out) :]
                except BlockingIOError:
                    pass
            readable, _, _ = select.select([self._switch.socket], [self._switch.socket] if self._out else [], [], 0.001)
            if readable:
                self._take(result)

    def _ask(self, due: float) -> bytes:
        """The next request of a mobile node."""
        self._asked += 1
        link = self._asked % self._flood.known_links if self._flood.known_links else self._asked
        source = (MOBILE_NODES | link << 64 | self._asked + 1).to_bytes(16, "big")
        self._due[source] = due
        return self._requests.of(source, self._asked & 0xFFFF)

    def _take(self, result: Result) -> None:
        data = self._tail + self._switch.socket.recv(1 << 20)
        now = time.monotonic()
        at = data.find(MARK)
        while 0 <= at <= len(data) - 16:
            due = self._due.pop(data[at : at + 16], None)
            if due is not None:
                result.latencies.append(now - due)
            at = data.find(MARK, at + 16)
        self._tail = data[-15:] if at < 0 else data[at:]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
