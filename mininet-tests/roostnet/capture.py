"""See the frames at the switches' ports, with the kernel's times.

A frame is recorded where it passes the switch's end of a host's cable, so `to ha1` means
that ha1 gets it and `from ha1` that ha1 sent it.  Recording runs in a thread of its own;
dissection is scapy's and is done when somebody asks.
"""

from __future__ import annotations

import ctypes
import functools
import selectors
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from scapy.layers.l2 import Ether
from scapy.packet import Packet

from roostnet.namespaces import packet_socket
from roostnet.polling import PATIENCE, eventually

PACKET_OUTGOING = 4
SO_ATTACH_FILTER = 26
SO_TIMESTAMPNS = 35
LIMIT = 400_000
"""Frames kept; the recording fails loudly when there are more."""
LONGEST = 1 << 17
"""Octets of a frame; on loopback one has 65535 and its Ethernet header."""


@dataclass(frozen=True)
class Seen:
    """One frame at one port."""

    time: float
    """Seconds since the epoch, by the kernel."""
    host: str
    """The host at the other end of the cable."""
    is_from_host: bool
    frame: bytes

    @functools.cached_property
    def packet(self) -> Packet:
        """The frame as scapy reads it."""
        return Ether(self.frame)

    @property
    def icmp_type(self) -> int | None:
        """ICMPv6 type when ICMPv6 stands right behind the IPv6 header (cheap, no scapy)."""
        return self.frame[54] if len(self.frame) > 54 and self.frame[20] == 58 else None


class Capture:
    """A running recording of several ports."""

    def __init__(self, ports: dict[str, str], openflow_port: int | None = None) -> None:
        """Record the interfaces `ports` (host name to interface name), and OpenFlow on loopback as host `openflow`."""
        self._frames: list[Seen] = []
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = socket.socketpair()
        self._selector.register(self._wake_read, selectors.EVENT_READ, None)
        for host, interface in ports.items():
            self._open(host, interface, _ipv6_only())
        if openflow_port is not None:
            self._open("openflow", "lo", _tcp_port_only(openflow_port))
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._record, name="capture", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop recording; what was seen stays readable."""
        if not self._thread.is_alive():
            return
        self._wake_write.send(b"x")
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()
        self._wake_write.close()

    def __enter__(self) -> Capture:
        return self

    def __exit__(self, *_details: object) -> None:
        self.close()

    def mark(self) -> int:
        """A place in the recording, for `since`."""
        return len(self._frames)

    def frames(self, since: int = 0) -> list[Seen]:
        """All frames, or those after a mark."""
        if self._failure is not None:
            raise self._failure
        return self._frames[since:]

    def matching(self, wanted: Callable[[Seen], bool], since: int = 0) -> list[Seen]:
        """The frames that `wanted` likes, in the order they were seen."""
        return [seen for seen in self.frames(since) if wanted(seen)]

    def wait_for(self, wanted: Callable[[Seen], bool], what: str, since: int = 0, seconds: float = PATIENCE) -> Seen:
        """The first frame that `wanted` likes; AssertionError naming `what` when none comes."""
        position = since
        found: list[Seen] = []

        def look() -> bool:
            nonlocal position
            frames = self.frames(position)
            position += len(frames)
            found.extend(seen for seen in frames if wanted(seen))
            return bool(found)

        eventually(look, f"a frame is seen: {what}", seconds, every=0.005)
        return found[0]

    def save(self, file: Path) -> None:
        """Write the recording as pcapng, one interface for each host."""
        hosts = sorted({seen.host for seen in self._frames})
        with file.open("wb") as output:
            output.write(_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
            for host in hosts:
                output.write(_block(1, struct.pack("<HHI", 1, 0, 0) + _option(2, host.encode()) + _option(9, b"\x06")))
            for seen in self._frames:
                microseconds = int(seen.time * 1e6)
                head = struct.pack(
                    "<IIIII",
                    hosts.index(seen.host),
                    microseconds >> 32,
                    microseconds & 0xFFFFFFFF,
                    len(seen.frame),
                    len(seen.frame),
                )
                # epb_flags: 1 inbound, 2 outbound, as the switch sees it.
                flags = _option(2, struct.pack("<I", 1 if seen.is_from_host else 2))
                output.write(_block(6, head + _padded(seen.frame) + flags + _option(0, b"")))

    def _open(self, host: str, interface: str, program: list[tuple[int, int, int, int]]) -> None:
        raw = packet_socket(interface)
        raw.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
        buffer = ctypes.create_string_buffer(code)
        raw.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", len(program), ctypes.addressof(buffer)))
        raw.setblocking(False)
        self._selector.register(raw, selectors.EVENT_READ, host)

    def _record(self) -> None:
        while True:
            batch: list[Seen] = []
            for key, _events in self._selector.select():
                if key.data is None:
                    return
                batch.extend(_drain(key.fileobj, key.data))  # type: ignore[arg-type]
            batch.sort(key=lambda seen: seen.time)
            self._frames.extend(batch)
            if len(self._frames) > LIMIT:
                self._failure = RuntimeError(f"more than {LIMIT} frames recorded")
                return


def _drain(raw: socket.socket, host: str, limit: int = 256) -> Iterable[Seen]:
    for _ in range(limit):
        try:
            frame, ancillary, _flags, address = raw.recvmsg(LONGEST, 64)
        except BlockingIOError:
            return
        except OSError:
            # The interface went down or away; the socket lives on.
            return
        is_outgoing = address[2] == PACKET_OUTGOING
        if host == "openflow" and is_outgoing:
            continue  # loopback shows each frame twice
        seconds, nanoseconds = struct.unpack("ll", ancillary[0][2][:16])
        yield Seen(seconds + nanoseconds / 1e9, host, not is_outgoing, frame)


def _ipv6_only() -> list[tuple[int, int, int, int]]:
    return [(0x28, 0, 0, 12), (0x15, 0, 1, 0x86DD), (0x06, 0, 0, 0x40000), (0x06, 0, 0, 0)]


def _tcp_port_only(port: int) -> list[tuple[int, int, int, int]]:
    """IPv4, TCP, to or from the port."""
    return [
        (0x28, 0, 0, 12),
        (0x15, 0, 8, 0x0800),
        (0x30, 0, 0, 23),
        (0x15, 0, 6, 6),
        (0xB1, 0, 0, 14),
        (0x48, 0, 0, 14),
        (0x15, 2, 0, port),
        (0x48, 0, 0, 16),
        (0x15, 0, 1, port),
        (0x06, 0, 0, 0x40000),
        (0x06, 0, 0, 0),
    ]


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + _padded(value)


def _block(kind: int, body: bytes) -> bytes:
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)
