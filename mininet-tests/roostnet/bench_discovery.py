"""`./roost bench discovery`: how discovery requests spread over home agents, and how fast they are answered.

Two measurements, the second beside a plain one on the same connections:

1. In Mininet, three equal home agents without bindings: 300 mobile nodes ask within one second.
   How often is each home agent named first?
2. Over loopback, four fake switches keep the controller supplied with requests from distinct
   care-of addresses.  How many replies a second come back?  Beside it: OpenFlow echo requests
   on the same connections, which cost the server its I/O and nothing else.
"""

from __future__ import annotations

import argparse
import json
import selectors
import struct
import sys
import time
from collections.abc import Sequence
from ipaddress import IPv6Address

from scapy.layers.inet6 import ICMPv6HAADReply, ICMPv6HAADRequest, IPv6
from scapy.layers.l2 import Ether

from roostnet import plan
from roostnet.controllers import OPENFLOW_PORT, Controller
from roostnet.lab import Lab, prime_router
from roostnet.loadswitch import ECHO_REQUEST, LoadSwitch, packet_in
from roostnet.played import advertisement_frame
from roostnet.polling import eventually

SWITCHES = 4
WINDOW = 2048
"""Requests without an answer that a switch may have under way."""
CHUNK = 256
REQUESTS = 65_536
"""Distinct care-of addresses for each switch."""
CARE_OF = int(IPv6Address("2001:db8:77::"))


def main(arguments: list[str]) -> int:
    """Run both; the last line is one JSON object."""
    parser = argparse.ArgumentParser(prog="roost bench discovery", description=__doc__.split("\n\n")[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="how long the load is kept up (default 5)")
    parser.add_argument("--runs", type=int, default=3, help="the median of so many is told (default 3)")
    options = parser.parse_args(arguments)
    lab = Lab("bench-discovery", is_quick=False)
    try:
        print("1. spread: 300 mobile nodes ask within a second; three equal home agents, no bindings yet")
        firsts = _spread(lab)
        for address, count in sorted(firsts.items()):
            print(f"   {address:<16} first in {count:>3} of 300 replies")
        lab.network.disconnect()
        eventually(lambda: lab.rest.health()["switches"] == 0, "the real switches are off")
        # The recording would see every message on loopback and take the processor away from both sides.
        lab.capture.close()
        print(f"2. speed: {SWITCHES} fake switches on loopback, {WINDOW} requests under way on each")
        answers, echoes = _speed(lab.controller, options.seconds, options.runs)
        print(f"   discovery replies    {answers:>12,.0f} a second (a sample of them checked by scapy)")
        print(f"   OpenFlow echoes      {echoes:>12,.0f} a second, beside it, on the same connections")
    finally:
        lab.close()
    print(
        json.dumps(
            {
                "bench": "discovery",
                "requests": 300,
                "firsts": dict(sorted(firsts.items())),
                "repliesPerSecond": round(answers),
                "echoesPerSecond": round(echoes),
                "ratio": round(answers / echoes, 3),
            }
        )
    )
    return 0


def _spread(lab: Lab) -> dict[str, int]:
    prime_router(lab)
    agents = [lab.played(host, number) for host, number in (("p1", 0x21), ("p2", 0x22), ("p3", 0x23))]
    lab.join(*agents)
    firsts = lab.first_named(0, 300, seconds=1.0)
    lab.retire(*agents)
    return firsts


def _speed(controller: Controller, seconds: float, runs: int) -> tuple[float, float]:
    switches = [LoadSwitch(0xBE00 + number, ("127.0.0.1", OPENFLOW_PORT)) for number in range(SWITCHES)]
    health = controller.rest.health
    eventually(lambda: _pump(switches) and health()["switches"] == SWITCHES, "the switches are taken")
    for number in range(3):
        mac = f"02:00:00:00:77:0{number}"
        frame = advertisement_frame(mac, plan.link_local(mac), prefix=f"2001:db8:1::7{number}")
        switches[0].send(packet_in(bytes(frame), number + 1))
    eventually(lambda: _pump(switches) and len(controller.rest.home_agents()) == 3, "three home agents are listed")
    loads = [_requests(number) for number in range(SWITCHES)]
    # Not counted: the virtual machine compiles what is used much.
    _rate(switches, loads, seconds)
    _pump(switches)
    rates = []
    for _ in range(runs):
        rates.append(_rate(switches, loads, seconds))
        _pump(switches)
    _verify(switches)
    echoes = [_echo_rate(switches, seconds / 2) for _ in range(runs)]
    for switch in switches:
        switch.socket.close()
    return sorted(rates)[runs // 2], sorted(echoes)[runs // 2]


def _pump(switches: Sequence[LoadSwitch]) -> bool:
    for switch in switches:
        switch.pump(0.05)
    return True


def _requests(switch: int) -> tuple[bytes, int]:
    """All requests of one switch as one run of packet-ins, and the length of each."""
    template = bytes(
        Ether(src=plan.MACS["r"], dst=plan.REPRESENTATIVE_MAC)
        / IPv6(src="::", dst=plan.ANYCAST)
        / ICMPv6HAADRequest()
    )
    # RFC 4443, 2.3: the pseudo-header's destination, length 8, next header 58; then type 144 and code 0.
    fixed = _sum(template[38:54]) + 8 + 58 + 0x9000
    whole = packet_in(template, 4)
    head, lead = whole[: len(whole) - len(template)], template[:22]
    parts: list[bytes] = []
    for number in range(REQUESTS):
        source = (CARE_OF | switch << 48 | number + 1).to_bytes(16, "big")
        total = fixed + _sum(source) + number
        total = (total & 0xFFFF) + (total >> 16)
        total = (total & 0xFFFF) + (total >> 16)
        parts += (
            head, lead, source, template[38:54], b"\x90\0", (total ^ 0xFFFF).to_bytes(2, "big"),
            number.to_bytes(2, "big"), b"\0\0",
        )  # fmt: skip
    return b"".join(parts), len(whole)


def _sum(data: bytes) -> int:
    return sum(struct.unpack(f"!{len(data) // 2}H", data))


def _rate(switches: Sequence[LoadSwitch], loads: Sequence[tuple[bytes, int]], seconds: float) -> float:
    """Replies a second with the window kept full."""
    chunks = [
        [memoryview(load)[at : at + CHUNK * length] for at in range(0, len(load), CHUNK * length)]
        for load, length in loads
    ]
    return _closed_loop(switches, chunks, seconds)


def _echo_rate(switches: Sequence[LoadSwitch], seconds: float) -> float:
    """OpenFlow echo replies a second; each carries a frame mark, so that replies count like frames."""
    body = b"\x86\xdd\x60" + bytes(61)
    message = struct.pack("!BBHI", 4, ECHO_REQUEST, 8 + len(body), 0) + body
    return _closed_loop(switches, [[memoryview(message * CHUNK)]] * len(switches), seconds)


def _closed_loop(switches: Sequence[LoadSwitch], chunks: Sequence[Sequence[memoryview]], seconds: float) -> float:
    selector = selectors.DefaultSelector()
    sent = [0] * len(switches)
    for number, switch in enumerate(switches):
        switch.begin()
        switch.socket.settimeout(10)
        selector.register(switch.socket, selectors.EVENT_READ, number)
    began = time.monotonic()
    warm = began + seconds * 0.2
    base: tuple[float, int] | None = None
    while True:
        for number, switch in enumerate(switches):
            while sent[number] - switch.answered <= WINDOW - CHUNK:
                mine = chunks[number]
                switch.socket.sendall(mine[sent[number] // CHUNK % len(mine)])
                sent[number] += CHUNK
        ready = selector.select(5)
        assert ready, f"no answer for 5 s; {sum(sent)} sent, {sum(switch.answered for switch in switches)} answered"
        for key, _events in ready:
            switches[key.data].take()
        now = time.monotonic()
        total = sum(switch.answered for switch in switches)
        if base is None and now >= warm:
            base = (now, total)
        if base is not None and now >= began + seconds:
            selector.close()
            return (total - base[1]) / (now - base[0])


def _verify(switches: Sequence[LoadSwitch]) -> None:
    """Check sampled replies with scapy: type, checksum, whom it is for, what it lists."""
    expected = {f"2001:db8:1::7{number}" for number in range(3)}
    for number, switch in enumerate(switches):
        sample = [frame for frame in switch.sampled_replies() if frame[20:21] == b"\x3a" and frame[54] == 145]
        assert len(sample) > 1000, f"only {len(sample)} replies sampled"
        for frame in sample[:: max(1, len(sample) // 250)]:
            packet = Ether(frame)
            reply = packet[ICMPv6HAADReply]
            source = int(IPv6Address(packet[IPv6].dst)) & 0xFFFFFFFF
            assert source - 1 & 0xFFFF == reply.id, "the reply's identifier is the request's"
            assert int(IPv6Address(packet[IPv6].dst)) >> 48 & 0xFFFF == number, "the reply is for who asked there"
            assert set(reply.addresses[:-1]) == expected
            assert reply.addresses[-1] == plan.REPRESENTATIVE
            checked = IPv6(bytes(packet[IPv6]))
            del checked[ICMPv6HAADReply].cksum
            assert IPv6(bytes(checked))[ICMPv6HAADReply].cksum == reply.cksum, "the checksum holds"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
