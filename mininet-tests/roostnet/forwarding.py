"""The forwarding protocol as docs/forwarding-protocol.md has it: Python's hmac, no code of the product.

A second opinion on both ends: what tests send is made here, and what the product sends is read here.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address
from pathlib import Path

PORT = 5439
VERSION = 1
HEADER = struct.Struct("!BBHIQQQ")
BODY = struct.Struct("!IBBHQI")
AUTHENTICATOR = 32

START, START_ACKNOWLEDGEMENT, STOP, STOP_ACKNOWLEDGEMENT = 1, 2, 3, 4
ORDER, ORDER_ACKNOWLEDGEMENT, REPORT, REPORT_ACKNOWLEDGEMENT = 5, 6, 7, 8
HELLO, HELLO_ACKNOWLEDGEMENT = 9, 10

HOME_ADDRESS, CARE_OF_ADDRESS, TUNNEL_SOURCE, FORWARDER, PACKETS_TRANSMITTED, ENTRIES, ALL_ENTRIES = range(1, 8)

ACCEPTED, REFUSED, INSUFFICIENT_RESOURCES, NOT_HOME_PREFIX, STALE_EPOCH, ZERO_DURATION = 0, 128, 129, 130, 131, 132
ENCAPSULATION, ADDRESS_FAMILY, MISSING_OPTION, SESSION = 133, 134, 139, 141

PRIMARY_ROLE, SECONDARY_ROLE = 1, 2
IPV6_IN_IPV6 = 41

DISSECTOR = Path(__file__).with_suffix(".lua")
"""The protocol for Wireshark."""


@dataclass(frozen=True)
class Key:
    """What both ends share."""

    identifier: int
    secret: bytes

    def authenticator(self, source: str, destination: str, message: bytes) -> bytes:
        """HMAC-SHA-256 over both addresses and the message up to the authenticator."""
        covered = IPv6Address(source).packed + IPv6Address(destination).packed + message
        return hmac.new(self.secret, covered, hashlib.sha256).digest()


@dataclass(frozen=True)
class Message:
    """All fields of a message; options in their order, as type and value."""

    type: int
    identifier: int = 0
    status: int = 0
    encapsulation: int = 0
    flags: int = 0
    epoch: int = 0
    duration: int = 0
    options: tuple[tuple[int, bytes], ...] = ()
    key_identifier: int = 1
    sender_session: int = 0
    receiver_session: int = 0
    sequence: int = 0
    version: int = VERSION

    @property
    def is_request(self) -> bool:
        """Whether an acknowledgement is expected."""
        return self.type % 2 == 1

    def option(self, kind: int) -> bytes | None:
        """The value of the first option of that type."""
        return next((value for one, value in self.options if one == kind), None)

    def address(self, kind: int) -> str | None:
        """The address in an option of that type."""
        value = self.option(kind)
        return str(IPv6Address(value)) if value is not None and len(value) == 16 else None

    @property
    def home_address(self) -> str | None:
        """Whom it is about."""
        return self.address(HOME_ADDRESS)

    def octets(self, key: Key, source: str, destination: str) -> bytes:
        """The datagram."""
        options = b"".join(struct.pack("!BB", kind, len(value)) + value for kind, value in self.options)
        length = HEADER.size + BODY.size + len(options) + AUTHENTICATOR
        head = HEADER.pack(
            self.version, self.type, length, key.identifier, self.sender_session, self.receiver_session, self.sequence
        )
        body = BODY.pack(self.identifier, self.status, self.encapsulation, self.flags, self.epoch, self.duration)
        return head + body + options + key.authenticator(source, destination, head + body + options)


def parse(datagram: bytes) -> Message:
    """Read a datagram; AssertionError or struct.error when it is no whole message. `is_genuine` judges it."""
    version, kind, length, key, sender, receiver, sequence = HEADER.unpack_from(datagram)
    assert length == len(datagram), f"length {length} of {len(datagram)} octets"
    identifier, status, encapsulation, flags, epoch, duration = BODY.unpack_from(datagram, HEADER.size)
    return Message(
        kind, identifier, status, encapsulation, flags, epoch, duration,
        tuple(_options(datagram[HEADER.size + BODY.size : -AUTHENTICATOR])),
        key, sender, receiver, sequence, version,
    )  # fmt: skip


def is_genuine(datagram: bytes, key: Key, source: str, destination: str) -> bool:
    """Whether the authenticator is that of this key between these addresses."""
    return hmac.compare_digest(
        datagram[-AUTHENTICATOR:], key.authenticator(source, destination, datagram[:-AUTHENTICATOR])
    )


def option(kind: int, address: str) -> tuple[int, bytes]:
    """An option with an address."""
    return kind, IPv6Address(address).packed


def start(home_address: str, care_of_address: str, tunnel_source: str, epoch: int, duration: int = 600) -> Message:
    """A Start Forwarding."""
    return Message(
        START,
        encapsulation=IPV6_IN_IPV6,
        epoch=epoch,
        duration=duration,
        options=(
            option(HOME_ADDRESS, home_address),
            option(CARE_OF_ADDRESS, care_of_address),
            option(TUNNEL_SOURCE, tunnel_source),
        ),
    )


def stop(home_address: str, epoch: int) -> Message:
    """A Stop Forwarding."""
    return Message(STOP, epoch=epoch, options=(option(HOME_ADDRESS, home_address),))


def counter(kind: int, value: int) -> tuple[int, bytes]:
    """An option with a counter."""
    return kind, value.to_bytes(8 if kind == PACKETS_TRANSMITTED else 4, "big")


def _options(data: bytes) -> Iterator[tuple[int, bytes]]:
    while data:
        kind, length = data[0], data[1]
        assert len(data) >= 2 + length, "an option is longer than the message"
        yield kind, data[2 : 2 + length]
        data = data[2 + length :]
