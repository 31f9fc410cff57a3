"""A host's own recording of tunnelled packets, more than `capture` would keep; dumpcap writes, tshark reads."""

from __future__ import annotations

import collections
import re
import subprocess

from roostnet.polling import PATIENCE, eventually
from roostnet.topology import Network

SNAPSHOT = 94
"""Octets kept of a frame: Ethernet, outer and inner IPv6 header."""
FILE_HEADER = 24
RECORD_HEADER = 16
BUFFER_MEBIBYTES = 128
DROPPED = re.compile(r"received/dropped on interface '[^']*': (\d+)/(\d+)")


class TunnelRecording:
    """Everything with IPv6 right behind IPv6 (RFC 2473) that passes a host's interface, in its own namespace."""

    def __init__(self, network: Network, host: str) -> None:
        """Recording, when this returns."""
        self._file = network.logs / f"{host}-tunnels.pcap"
        self._file.unlink(missing_ok=True)
        wanted = ["-i", "eth0", "-s", str(SNAPSHOT), "-B", str(BUFFER_MEBIBYTES), "-f", "ip6 proto 41"]
        command = ["dumpcap", "-P", *wanted, "-w", str(self._file)]
        self._dumpcap = network.spawn(f"{host}-dumpcap", command, host=host)
        self._dumpcap.wait_for(r"File: ")
        eventually(lambda: self._file.exists() and self._file.stat().st_size >= FILE_HEADER, "the recording has begun")

    def stop(self, expected: int) -> collections.Counter[tuple[str, str]]:
        """End it once it has so many packets; how many had which outer source and destination."""
        whole = FILE_HEADER + expected * (RECORD_HEADER + SNAPSHOT)
        eventually(lambda: self._file.stat().st_size >= whole, f"{expected} tunnelled packets are recorded")
        self._dumpcap.interrupt(PATIENCE)
        counts = DROPPED.search(self._dumpcap.text())
        assert counts is not None, f"dumpcap says what it recorded:\n{self._dumpcap.text()[-500:]}"
        assert counts[2] == "0", f"dumpcap missed {counts[2]} packets"
        fields = ["-T", "fields", "-e", "ipv6.src", "-e", "ipv6.dst", "-E", "occurrence=f"]
        seen: collections.Counter[tuple[str, str]] = collections.Counter()
        with subprocess.Popen(
            ["tshark", "-n", "-r", str(self._file), *fields],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as tshark:
            assert tshark.stdout is not None
            for line in tshark.stdout:
                source, _, destination = line.rstrip("\n").partition("\t")
                seen[source, destination] += 1
        assert tshark.returncode == 0, f"tshark ended with {tshark.returncode}"
        self._file.unlink()
        return seen
