"""A steady stream of echo requests from a host to many targets: which were lost, and when."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import threading
import time
from dataclasses import dataclass

from roostnet.frames import ICMPV6_ECHO_REPLY, ICMPV6_ECHO_REQUEST
from roostnet.namespaces import network_of
from roostnet.polling import PATIENCE, eventually
from roostnet.topology import Network


@dataclass(frozen=True)
class Lost:
    """One echo request without a reply."""

    target: str
    sequence: int
    sent_after: float
    """Seconds since the stream's start."""


class EchoStream:
    """Sends one request to each target every `interval` seconds from a thread until `stop`."""

    def __init__(self, network: Network, host: str, targets: list[str], interval: float = 0.05) -> None:
        with network_of(network.host(host).pid):
            # The kernel fills in and checks the checksum of ICMPv6 sockets (RFC 3542, 3.1).
            self._socket = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._targets = targets
        self._interval = interval
        self._identifier = os.getpid() & 0xFFFF
        self._sent: dict[tuple[str, int], float] = {}
        self._answered: set[tuple[str, int]] = set()
        self._duplicates = 0
        self._start = time.monotonic()
        self._is_sending = True
        self._is_open = True
        self._thread = threading.Thread(target=self._run, name="echoes", daemon=True)
        self._thread.start()

    @property
    def sent(self) -> int:
        """Requests sent so far."""
        return len(self._sent)

    @property
    def duplicates(self) -> int:
        """Replies beyond the first to the same request."""
        return self._duplicates

    def wait_for_rounds(self, rounds: int) -> None:
        """Until each target was asked `rounds` times more."""
        goal = self.sent + rounds * len(self._targets)
        eventually(lambda: self.sent >= goal, f"{rounds} rounds of echo requests", rounds * self._interval + PATIENCE)

    def last_lost(self, grace: float = 1.0) -> list[Lost]:
        """What is unanswered although it was sent more than `grace` seconds ago."""
        limit = time.monotonic() - self._start - grace
        return [lost for lost in self._unanswered() if lost.sent_after < limit]

    def lost_since(self, moment: float, grace: float = 0.5) -> list[Lost]:
        """What was sent after `moment` (monotonic clock), more than `grace` seconds ago, and is unanswered."""
        return [lost for lost in self.last_lost(grace) if lost.sent_after + self._start > moment]

    def stop(self, patience: float = 10.0) -> list[Lost]:
        """Stop sending, give the last ones `patience` seconds, and tell what was lost."""
        self._is_sending = False
        deadline = time.monotonic() + patience
        eventually(lambda: not self._unanswered() or time.monotonic() > deadline, "the last replies", patience + 1)
        self._is_open = False
        self._thread.join()
        self._socket.close()
        return self._unanswered()

    def _unanswered(self) -> list[Lost]:
        return [Lost(*key, at) for key, at in list(self._sent.items()) if key not in self._answered]

    def _run(self) -> None:
        sequence = 0
        due = time.monotonic()
        while self._is_open:
            now = time.monotonic()
            if self._is_sending and now >= due:
                sequence = sequence % 0xFFFF + 1
                due += self._interval
                for target in self._targets:
                    self._sent[target, sequence] = time.monotonic() - self._start
                    packet = struct.pack("!BBHHH", ICMPV6_ECHO_REQUEST, 0, 0, self._identifier, sequence) + bytes(32)
                    # Where there is no route at the moment nothing is sent, and nothing answered.
                    with contextlib.suppress(OSError):
                        self._socket.sendto(packet, (target, 0))
            wait = max(0.0, min(due - time.monotonic(), 0.02)) if self._is_sending else 0.02
            while select.select([self._socket], [], [], wait)[0]:
                self._take(*self._socket.recvfrom(2048))
                wait = 0.0

    def _take(self, packet: bytes, address: tuple[str, int, int, int]) -> None:
        if len(packet) < 8 or packet[0] != ICMPV6_ECHO_REPLY:
            return
        identifier, sequence = struct.unpack_from("!HH", packet, 4)
        key = (address[0], sequence)
        if identifier != self._identifier or key not in self._sent:
            return
        if key in self._answered:
            self._duplicates += 1
        self._answered.add(key)
