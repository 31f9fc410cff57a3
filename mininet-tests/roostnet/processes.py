"""Processes of a run: started in a host's namespace, their output in a log file, ended for sure."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from roostnet.polling import PATIENCE, eventually

TIME = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z?")


class Supervised:
    """One running program with its log file."""

    def __init__(self, name: str, command: Sequence[str], log: Path, namespace_pid: int | None = None) -> None:
        """Start `command`, in the network namespace of `namespace_pid` when given; log is appended to."""
        self.name = name
        self.log = log
        inside = ["mnexec", "-a", str(namespace_pid)] if namespace_pid is not None else []
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*inside, *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # What a program leaves where it runs stays in the sandbox.
                cwd=log.parent,
            )

    @property
    def pid(self) -> int:
        """Process id (mnexec replaces itself by the command)."""
        return self._process.pid

    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def text(self) -> str:
        """What it has said so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def wait_for(self, pattern: str, seconds: float = PATIENCE) -> None:
        """Until the log matches; EndedEarly when the program ends first, AssertionError when it is too late."""

        def said() -> bool:
            if re.search(pattern, self.text()):
                return True
            if not self.is_running():
                raise EndedEarly(f"{self.name} ended with {self._process.returncode}:\n{self.text()[-2000:]}")
            return False

        eventually(said, f"{self.name} says {pattern!r}; its log: {self.log}", seconds)

    def said_at(self, pattern: str, seconds: float = PATIENCE) -> float:
        """When the program logged the first line that matches: seconds since the epoch, by the line's own time."""
        self.wait_for(pattern, seconds)
        line = next(line for line in self.text().splitlines() if re.search(pattern, line))
        stamp = TIME.search(line)
        assert stamp is not None, f"{self.name} logs without a time: {line}"
        # Without a zone it is local time: `ip -ts monitor` writes that.
        return datetime.fromisoformat(stamp[0]).timestamp()

    def stop(self, seconds: float = 8.0) -> int:
        """SIGTERM, SIGKILL after `seconds`; the exit status (-9: it had to be killed)."""
        return self._end(signal.SIGTERM, seconds)

    def interrupt(self, seconds: float = 8.0) -> int:
        """SIGINT, SIGKILL after `seconds`; the exit status."""
        return self._end(signal.SIGINT, seconds)

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()
        self._process.wait()

    def wait(self, seconds: float) -> int:
        """The exit status once it has ended by itself."""
        return self._process.wait(timeout=seconds)

    def _end(self, number: int, seconds: float) -> int:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
        with contextlib.suppress(AssertionError):
            eventually(lambda: not self.is_running(), f"{self.name} has ended", seconds)
        if self.is_running():
            self.kill()
        return self._process.returncode


class EndedEarly(Exception):
    """A program ended while something was still expected of it."""
