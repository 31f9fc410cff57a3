"""Run the end-to-end tests; look once more at those that failed, and say so loudly.

    python3 -m roostnet.testrun [PYTEST ARGUMENT...]

Kernel, switches, a dozen virtual machines and the observer share one machine, so a test can
fail for what others did.  What fails twice is broken.  What fails once only does not fail the
run, and is named at the end of it, where nobody can miss it: such a test, or what it tests,
has a fault that somebody should find.

Both runs are in this process, so Ctrl-C ends either as pytest does.
"""

from __future__ import annotations

import sys

import pytest

WIDTH = 100


class Failures:
    """Collects the names of the tests that fail."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test's preparation, the test itself, or what comes after it has ended."""
        if report.failed and report.nodeid not in self.names:
            self.names.append(report.nodeid)


def main(arguments: list[str]) -> int:
    """Run once, or twice; the exit status of pytest's last run."""
    first = Failures()
    status = pytest.main(arguments, plugins=[first])
    if status != pytest.ExitCode.TESTS_FAILED:
        return int(status)
    _banner("these failed, and are looked at once more:", first.names)
    second = Failures()
    status = pytest.main(["--last-failed", "--last-failed-no-failures=none", *arguments], plugins=[second])
    if status != pytest.ExitCode.OK:
        _banner("these failed twice:", second.names)
        return int(status)
    _banner("A SECOND RUN WAS NEEDED. These failed at first and passed then; find out why:", first.names)
    return 0


def _banner(head: str, names: list[str]) -> None:
    print("\n" + "#" * WIDTH)
    print(f"### {head}")
    for name in names:
        print(f"###     {name}")
    print("#" * WIDTH, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
