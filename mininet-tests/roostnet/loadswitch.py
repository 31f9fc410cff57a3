"""A switch that is nothing but its OpenFlow connection, made to load a controller.

It says what a real one says in the handshake, has no rules, and then sends packet-ins as fast
as answers come back.  Answers are recognized without parsing each message: every frame in a
packet-out begins its IPv6 header right behind the same two octets, so counting those counts
frames.  What they hold is checked on a sample by `sampled_replies`.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass, field

HELLO, ECHO_REQUEST, ECHO_REPLY = 0, 2, 3
FEATURES_REQUEST, FEATURES_REPLY = 5, 6
GET_CONFIG_REQUEST, GET_CONFIG_REPLY = 7, 8
PACKET_IN, PACKET_OUT = 10, 13
MULTIPART_REQUEST, MULTIPART_REPLY = 18, 19
BARRIER_REQUEST, BARRIER_REPLY = 20, 21
ROLE_REQUEST, ROLE_REPLY = 24, 25
PORT_DESCRIPTION, DESCRIPTION = 13, 0
NO_BUFFER = 0xFFFFFFFF
VERSION = 4
FRAME_MARK = b"\x86\xdd\x60\x00\x00\x00"
"""Ethernet type of IPv6, version 6, traffic class and flow label 0."""
SAMPLE_BYTES = 4 << 20


@dataclass
class LoadSwitch:
    """One fake switch with ports 1 to 4."""

    datapath: int
    address: tuple[str, int]
    answered: int = 0
    """IPv6 frames that came back in packet-outs since `begin`."""
    sample: bytearray = field(default_factory=bytearray)
    """The first bytes that came back since `begin`."""
    _pending: bytes = b""
    _tail: bytes = b""

    def __post_init__(self) -> None:
        self.socket = socket.create_connection(self.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(_message(HELLO, 1, b""))

    def pump(self, seconds: float) -> bool:
        """Answer what the controller asks, until nothing came for `seconds`; whether anything came."""
        self.socket.settimeout(seconds)
        came = False
        while True:
            try:
                data = self.socket.recv(65536)
            except TimeoutError:
                return came
            if not data:
                raise ConnectionError("the controller closed the connection")
            came = True
            self._pending += data
            while len(self._pending) >= 8:
                _version, kind, length, identifier = struct.unpack_from("!BBHI", self._pending)
                if len(self._pending) < length:
                    break
                body, self._pending = self._pending[8:length], self._pending[length:]
                self._answer(kind, identifier, body)

    def packet_in(self, frame: bytes, port: int) -> bytes:
        """The message that hands a frame to the controller."""
        return packet_in(frame, port)

    def send(self, data: bytes | memoryview) -> None:
        """Send messages as they are."""
        self.socket.settimeout(10)
        self.socket.sendall(data)

    def begin(self) -> None:
        """Count from now on."""
        self.answered = 0
        self.sample.clear()
        self._tail = self._pending
        self._pending = b""

    def take(self) -> int:
        """Read what is there (blocks until something is); how many frames it held."""
        data = self.socket.recv(1 << 20)
        if not data:
            raise ConnectionError("the controller closed the connection")
        if len(self.sample) < SAMPLE_BYTES:
            self.sample += data
        joined = self._tail + data
        count = joined.count(FRAME_MARK)
        # A mark that is cut by the end of this read is found in the next one.
        self._tail = joined[-(len(FRAME_MARK) - 1) :]
        self.answered += count
        return count

    def sampled_replies(self) -> list[bytes]:
        """The whole frames of the sampled packet-outs."""
        frames = []
        offset = 0
        while offset + 8 <= len(self.sample):
            _version, kind, length, _identifier = struct.unpack_from("!BBHI", self.sample, offset)
            if length < 8 or offset + length > len(self.sample):
                break
            if kind == PACKET_OUT:
                actions = struct.unpack_from("!H", self.sample, offset + 16)[0]
                frames.append(bytes(self.sample[offset + 24 + actions : offset + length]))
            offset += length
        return frames

    def _answer(self, kind: int, identifier: int, body: bytes) -> None:
        if kind == ECHO_REQUEST:
            self.socket.sendall(_message(ECHO_REPLY, identifier, body))
        elif kind == FEATURES_REQUEST:
            features = struct.pack("!QIBBHII", self.datapath, 0, 254, 0, 0, 0x0F, 0)
            self.socket.sendall(_message(FEATURES_REPLY, identifier, features))
        elif kind == GET_CONFIG_REQUEST:
            self.socket.sendall(_message(GET_CONFIG_REPLY, identifier, struct.pack("!HH", 0, 0xFFFF)))
        elif kind == BARRIER_REQUEST:
            self.socket.sendall(_message(BARRIER_REPLY, identifier, b""))
        elif kind == ROLE_REQUEST:
            self.socket.sendall(_message(ROLE_REPLY, identifier, body))
        elif kind == MULTIPART_REQUEST:
            asked = struct.unpack_from("!H", body)[0]
            reply = struct.pack("!HH4x", asked, 0)
            if asked == PORT_DESCRIPTION:
                reply += b"".join(_port(number) for number in range(1, 5))
            elif asked == DESCRIPTION:
                reply += b"load".ljust(1056, b"\0")
            self.socket.sendall(_message(MULTIPART_REPLY, identifier, reply))


def packet_in(frame: bytes, port: int) -> bytes:
    """An OpenFlow 1.3 packet-in: no buffer, sent by an action of table 0, with its ingress port."""
    match = struct.pack("!HHIIxxxx", 1, 12, 0x80000004, port)
    head = struct.pack("!IHBBQ", NO_BUFFER, len(frame), 1, 0, 0)
    return _message(PACKET_IN, 0, head + match + b"\0\0" + frame)


def _port(number: int) -> bytes:
    mac = bytes([2, 0, 0, 0, 0xFF, number])
    name = f"port{number}".encode().ljust(16, b"\0")
    return struct.pack("!I4x6s2x16s8I", number, mac, name, 0, 0, 0, 0, 0, 0, 0, 0)


def _message(kind: int, identifier: int, body: bytes) -> bytes:
    return struct.pack("!BBHI", VERSION, kind, 8 + len(body), identifier) + body
