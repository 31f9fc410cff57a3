"""The OpenFlow 1.3 channel as recorded on loopback: which statistics were asked and answered."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from roostnet.capture import Seen
from roostnet.topology import APPLICATION

FEATURES_REPLY = 6
FLOW_MOD = 14
GROUP_MOD = 15
MULTIPART_REQUEST = 18
MULTIPART_REPLY = 19
PORT_STATISTICS = 4
ANY_PORT = 0xFFFFFFFF


@dataclass(frozen=True)
class Message:
    """One OpenFlow message."""

    time: float
    is_to_controller: bool
    connection: int
    """The switch's TCP port: one number for each connection."""
    kind: int
    identifier: int
    body: bytes


@dataclass(frozen=True)
class PortPoll:
    """A port's counters, asked for and told."""

    asked_at: float
    told_at: float
    received: int
    """Packets that the switch got from the port."""
    sent: int


@dataclass
class _Stream:
    """One direction of one connection, in order."""

    pending: bytes = b""
    next_sequence: int | None = None
    early: dict[int, bytes] = field(default_factory=dict)


class Channel:
    """Puts the messages together from recorded frames; feed it again and again."""

    def __init__(self, controller_port: int) -> None:
        self._controller_port = controller_port
        self._streams: dict[tuple[int, bool], _Stream] = {}
        self.messages: list[Message] = []

    def feed(self, frames: list[Seen]) -> None:
        """Take further frames of host `openflow`; others are passed over."""
        for seen in frames:
            if seen.host == "openflow":
                self._feed(seen)

    def datapath(self, connection: int) -> int | None:
        """The datapath id that a connection's switch told in its features reply."""
        for message in self.messages:
            if message.connection == connection and message.kind == FEATURES_REPLY:
                return int(struct.unpack_from("!Q", message.body)[0])
        return None

    def port_poll(self, datapath: int, port: int) -> PortPoll | None:
        """The first exchange of a port's counters."""
        for reply in self.messages:
            if reply.kind != MULTIPART_REPLY or self.datapath(reply.connection) != datapath:
                continue
            request = self._request_of(reply)
            counters = _port_counters(reply.body).get(port)
            if request is not None and counters is not None:
                return PortPoll(request.time, reply.time, *counters)
        return None

    def changes(self) -> list[Message]:
        """The messages that add, alter or delete groups, or flow rules of ours: in Floodlight others have rules, too."""
        return [
            message
            for message in self.messages
            if message.kind == GROUP_MOD
            or (message.kind == FLOW_MOD and int.from_bytes(message.body[:2], "big") == APPLICATION)
        ]

    def deletions(self) -> list[Message]:
        """The messages that delete flow rules (commands 3 and 4) or groups (command 2)."""
        return [
            message
            for message in self.messages
            if (message.kind == FLOW_MOD and message.body[17] in (3, 4))
            or (message.kind == GROUP_MOD and message.body[:2] == b"\0\2")
        ]

    def _request_of(self, reply: Message) -> Message | None:
        for message in self.messages:
            if (
                message.kind == MULTIPART_REQUEST
                and message.connection == reply.connection
                and message.identifier == reply.identifier
            ):
                return message
        return None

    def _feed(self, seen: Seen) -> None:
        internet = 14 + (seen.frame[14] & 15) * 4
        total = 14 + struct.unpack_from("!H", seen.frame, 16)[0]
        source, destination, sequence = struct.unpack_from("!HHI", seen.frame, internet)
        payload = seen.frame[internet + (seen.frame[internet + 12] >> 4) * 4 : total]
        if not payload:
            return
        is_to_controller = destination == self._controller_port
        connection = source if is_to_controller else destination
        stream = self._streams.setdefault((connection, is_to_controller), _Stream())
        if stream.next_sequence is None:
            stream.next_sequence = sequence
        stream.early[sequence] = payload
        while stream.next_sequence in stream.early:
            part = stream.early.pop(stream.next_sequence)
            stream.pending += part
            stream.next_sequence = (stream.next_sequence + len(part)) & 0xFFFFFFFF
        while len(stream.pending) >= 8:
            _version, kind, length, identifier = struct.unpack_from("!BBHI", stream.pending)
            if length < 8 or len(stream.pending) < length:
                break
            body = stream.pending[8:length]
            stream.pending = stream.pending[length:]
            self.messages.append(Message(seen.time, is_to_controller, connection, kind, identifier, body))


def _port_counters(body: bytes) -> dict[int, tuple[int, int]]:
    """Port number to (packets received, packets sent) out of a multipart reply for ports."""
    if struct.unpack_from("!H", body)[0] != PORT_STATISTICS:
        return {}
    counters = {}
    for offset in range(8, len(body) - 111, 112):
        port, received, sent = struct.unpack_from("!I4xQQ", body, offset)
        counters[port] = (received, sent)
    return counters
