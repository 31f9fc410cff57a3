"""Wait for a state of the world: look, and look again, never sleep and hope."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T | None], what: str, seconds: float = 10.0, every: float = 0.02) -> T:
    """The first truthy result of `look`; AssertionError naming `what` after `seconds`.

    An AssertionError out of `look` counts as "not yet" and is told at the end, so a look may
    be written as a plain row of assertions.
    """
    deadline = time.monotonic() + seconds
    last: object = None
    while True:
        try:
            found = look()
            if found:
                return found
            last = found
        except AssertionError as not_yet:
            last = not_yet
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {seconds:g} s: {what} (last seen: {last!r:.600})")
        time.sleep(every)


def stays(look: Callable[[], bool], what: str, seconds: float, every: float = 0.02) -> None:
    """`look` holds at every look for `seconds`; AssertionError naming `what` otherwise."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert look(), f"did not stay so for {seconds:g} s: {what}"
        time.sleep(every)
