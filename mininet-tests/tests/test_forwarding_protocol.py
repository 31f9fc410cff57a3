"""The forwarding protocol's document: another implementation makes and reads the datagrams that it prints."""

from __future__ import annotations

import re

import pytest
from roostnet import forwarding
from roostnet.daemons import repository
from roostnet.forwarding import Key, Message

KEY = Key(7, b"an example key of 32 octets only")
DOCUMENT = repository() / "docs" / "forwarding-protocol.md"
OPTIONS = {
    "home_address": forwarding.HOME_ADDRESS,
    "care_of_address": forwarding.CARE_OF_ADDRESS,
    "tunnel_source": forwarding.TUNNEL_SOURCE,
    "forwarder": forwarding.FORWARDER,
    "packets_transmitted": forwarding.PACKETS_TRANSMITTED,
    "entries": forwarding.ENTRIES,
    "all_entries": forwarding.ALL_ENTRIES,
}


def vectors() -> list[dict[str, str]]:
    """The test vectors: what each says, by name; the lines of a datagram in one."""
    found = []
    for block in re.findall(r"```vector\n(.*?)```", DOCUMENT.read_text(), re.DOTALL):
        vector: dict[str, str] = {}
        for line in block.splitlines():
            name, _, value = line.partition(" = ")
            vector[name] = vector.get(name, "") + value
        found.append(vector)
    return found


def message_of(vector: dict[str, str]) -> Message:
    """The message of which a vector prints the fields."""
    options = []
    for name, kind in OPTIONS.items():
        if name in vector:
            is_address = kind <= forwarding.FORWARDER
            value = vector[name]
            options.append(forwarding.option(kind, value) if is_address else forwarding.counter(kind, int(value)))
    number = {name: int(value, 0) for name, value in vector.items() if re.fullmatch(r"\d+|0x[0-9a-f]+", value)}
    return Message(
        number["type"],
        number["identifier"],
        number["status"],
        number["encapsulation"],
        number["flags"],
        number["epoch"],
        number["duration"],
        tuple(options),
        number["key"],
        number["sender_session"],
        number["receiver_session"],
        number["sequence"],
        number["version"],
    )


def test_there_is_a_vector_for_each_type() -> None:
    assert {message_of(vector).type for vector in vectors()} == set(range(1, 11))


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["name"])
def test_python_makes_and_reads_the_same_datagram(vector: dict[str, str]) -> None:
    message = message_of(vector)
    ends = (vector["source"], vector["destination"])
    datagram = bytes.fromhex(vector["datagram"])

    assert message.octets(KEY, *ends) == datagram
    assert forwarding.parse(datagram) == message
    assert forwarding.is_genuine(datagram, KEY, *ends)
    assert not forwarding.is_genuine(datagram, KEY, *reversed(ends))
