"""Wait for a state of the world: look, and look again, never sleep and hope.

Two kinds of limits.  Most waits end when the machine is done, however slow it is: they take
`PATIENCE`, which only a failure uses up.  Where the product promises a time, the test says it,
and `eventually` counts only time that the product could have used: what the kernel spent
with something waiting for a processor or a disk does not count, up to `PATIENCE` of it.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

PATIENCE = float(os.environ.get("ROOST_PATIENCE", "90"))
"""Seconds for what takes as long as it takes: a program's start on a cold machine, say."""
STALLED = re.compile(r"^some .*total=(\d+)$", re.MULTILINE)


class Pressure:
    """How long something on this machine has waited for a processor or a disk, since this was made.

    From the kernel's pressure stall information (Documentation/accounting/psi.rst); 0 where the
    kernel keeps none.  Time that a hypervisor gave to others counts, too.
    """

    def __init__(self) -> None:
        self._began = _stalled_seconds()

    def seconds(self) -> float:
        """Seconds of waiting so far."""
        return max(0.0, _stalled_seconds() - self._began)


def eventually(
    look: Callable[[], T | None],
    what: str,
    seconds: float = PATIENCE,
    every: float = 0.02,
    meanwhile: Callable[[], object] | None = None,
    again: float = 1.0,
) -> T:
    """The first truthy result of `look`; AssertionError naming `what` after `seconds`.

    An AssertionError out of `look` counts as "not yet" and is told at the end, so a look may
    be written as a plain row of assertions.  `meanwhile` is done first, and every `again`
    seconds: what a peer in the network would repeat until it has its way.
    """
    pressure = Pressure()
    began = time.monotonic()
    due = began
    last: object = None
    while True:
        if meanwhile is not None and time.monotonic() >= due:
            meanwhile()
            due = time.monotonic() + again
        try:
            found = look()
            if found:
                return found
            last = found
        except AssertionError as not_yet:
            last = not_yet
        waited = time.monotonic() - began
        if waited >= seconds and waited >= seconds + min(pressure.seconds(), PATIENCE):
            raise AssertionError(f"not within {seconds:g} s: {what} (last seen: {last!r:.600})")
        time.sleep(every)


def _stalled_seconds() -> float:
    microseconds = sum(_stalled(Path("/proc/pressure") / resource) for resource in ("cpu", "io"))
    # Field 8 of the first line: time the hypervisor took, over all processors (proc(5)).
    stolen = int(Path("/proc/stat").read_text().split("\n", 1)[0].split()[8])
    return microseconds / 1e6 + stolen / os.sysconf("SC_CLK_TCK") / (os.cpu_count() or 1)


def _stalled(file: Path) -> int:
    try:
        found = STALLED.search(file.read_text())
    except OSError:
        return 0
    return int(found[1]) if found else 0
