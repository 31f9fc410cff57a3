"""The sandbox check, the controller's hosts, and logs and packets kept when a test fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from roostnet.controllers import FLOODLIGHT, FLOODLIGHT_JAR, STANDALONE, floodlight_jar
from roostnet.lab import Lab
from roostnet.sandbox import is_inside

FAILED = pytest.StashKey[bool]()
LEFT_OUT = pytest.StashKey[set[str]]()
"""Tests that would have run in Floodlight, too."""


def pytest_configure(config: pytest.Config) -> None:
    """Our marker."""
    config.addinivalue_line("markers", "needs_floodlight: left out, and told so, where there is no Floodlight")
    config.stash[LEFT_OUT] = set()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What has a controller runs in both hosts where there is a Floodlight."""
    if "host" in metafunc.fixturenames and not metafunc.definition.get_closest_marker("needs_floodlight"):
        if floodlight_jar() is not None:
            metafunc.parametrize("host", [STANDALONE, FLOODLIGHT], indirect=True, scope="module")
        else:
            metafunc.config.stash[LEFT_OUT].add(metafunc.definition.nodeid)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse to run outside the sandbox, where bridges and namespaces would be the machine's; documents need none."""
    if not is_inside() and any(item.path.name != "test_documents.py" for item in items):
        raise pytest.UsageError("these tests run inside a sandbox; start them with: ./roost test -- [pytest arguments]")
    if floodlight_jar() is None:
        left_out = [item for item in items if item.get_closest_marker("needs_floodlight")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
        config.stash[LEFT_OUT] |= {item.nodeid for item in left_out}


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what did not run, and how it would."""
    left_out = len(config.stash[LEFT_OUT])
    if left_out:
        terminalreporter.section("Floodlight", sep="=", yellow=True)
        terminalreporter.line(
            f"{left_out} tests were not run in Floodlight: set {FLOODLIGHT_JAR} to the path of its jar."
        )


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember in the module that one of its tests failed."""
    outcome: Any = yield
    if outcome.get_result().failed:
        module = item.getparent(pytest.Module)
        if module is not None:
            module.stash[FAILED] = True


@pytest.fixture(scope="module")
def host(request: pytest.FixtureRequest) -> str:
    """What the controller runs in."""
    return getattr(request, "param", STANDALONE)


class Labs:
    """Makes a module's lab and ends it with the module."""

    def __init__(self, request: pytest.FixtureRequest, host: str) -> None:
        self._request = request
        self._host = host

    def make(self, **settings: Any) -> Lab:
        """A running lab, named after the module; settings as in `Lab`."""
        module = self._request.node
        suffix = "" if self._host == STANDALONE else f"-{self._host}"
        lab = Lab(module.name.removesuffix(".py") + suffix, **{"host": self._host, **settings})

        def end() -> None:
            if module.stash.get(FAILED, False):
                print(f"\nlogs and recorded packets: {lab.keep_logs()}")
            lab.close()

        self._request.addfinalizer(end)
        return lab


@pytest.fixture(scope="module")
def labs(request: pytest.FixtureRequest, host: str) -> Labs:
    """What a module's own `lab` fixture is made with."""
    return Labs(request, host)
