"""Work inside another process's network namespace without a process of one's own there.

A socket stays in the namespace that it was made in, so a test can hold sockets of many
hosts at once.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
from collections.abc import Iterator

CLONE_NEWNET = 0x40000000
ETH_P_ALL = 3
_libc = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def network_of(pid: int) -> Iterator[None]:
    """The calling thread (it alone) is in the network namespace of process `pid`."""
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    inside = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    try:
        _enter(inside)
        yield
    finally:
        _enter(before)
        os.close(inside)
        os.close(before)


def packet_socket(interface: str, pid: int | None = None) -> socket.socket:
    """A raw packet socket bound to `interface`, in the namespace of `pid` when given."""
    with network_of(pid) if pid is not None else contextlib.nullcontext():
        raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        try:
            raw.bind((interface, ETH_P_ALL))
        except OSError:
            raw.close()
            raise
        return raw


def _enter(descriptor: int) -> None:
    if _libc.setns(descriptor, CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"setns: {os.strerror(number)}")
