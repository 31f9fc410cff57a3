"""The sandbox check, and logs and packets kept when a test fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from roostnet.lab import Lab
from roostnet.sandbox import is_inside

FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse to run outside the sandbox: bridges and namespaces would be the machine's. Reading documents needs none."""
    if not is_inside() and any(item.path.name != "test_documents.py" for item in items):
        raise pytest.UsageError("these tests run inside a sandbox; start them with: ./roost test -- [pytest arguments]")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember in the module that one of its tests failed."""
    outcome: Any = yield
    if outcome.get_result().failed:
        module = item.getparent(pytest.Module)
        if module is not None:
            module.stash[FAILED] = True


class Labs:
    """Makes a module's lab and ends it with the module."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request

    def make(self, **settings: Any) -> Lab:
        """A running lab, named after the module; settings as in `Lab`."""
        module = self._request.node
        lab = Lab(module.name.removesuffix(".py"), **settings)

        def end() -> None:
            if module.stash.get(FAILED, False):
                print(f"\nlogs and recorded packets: {lab.keep_logs()}")
            lab.close()

        self._request.addfinalizer(end)
        return lab


@pytest.fixture(scope="module")
def labs(request: pytest.FixtureRequest) -> Labs:
    """What a module's own `lab` fixture is made with."""
    return Labs(request)
