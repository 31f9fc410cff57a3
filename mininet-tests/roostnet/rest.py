"""The controller's REST interface, as a client sees it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any


ANSWER_SECONDS = 60.0
"""For one answer, on a machine that starts a dozen virtual machines at once."""


class Rest:
    """A controller at a base address such as http://127.0.0.1:8080."""

    def __init__(self, base: str) -> None:
        self.base = base

    def get(self, path: str) -> Any:
        """GET /wm/roost/PATH as parsed JSON; HTTPError on 4xx and 5xx."""
        return json.loads(self._fetch(f"/wm/roost/{path}"))

    def text(self, path: str) -> str:
        """GET PATH as text."""
        return self._fetch(path)

    def is_up(self) -> bool:
        """Whether it answers at all."""
        try:
            self.get("home-networks")
        except (OSError, ValueError):
            return False
        return True

    def status_of(self, path: str, method: str = "GET", body: bytes | None = None) -> tuple[int, Any]:
        """Status code and parsed body of any request, refused ones included."""
        request = urllib.request.Request(f"{self.base}{path}", method=method, data=body)
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
                return answer.status, _parsed(answer.read())
        except urllib.error.HTTPError as refusal:
            return refusal.code, _parsed(refusal.read())

    def health(self) -> dict[str, Any]:
        """The health report, also when it is bad (503)."""
        return dict(self.status_of("/wm/roost/health")[1])

    def home_agents(self) -> list[dict[str, Any]]:
        """The home agents in the order of a discovery reply."""
        return list(self.get("home-agents"))

    def home_agent(self, address: str) -> dict[str, Any] | None:
        """The home agent with this global or link-local address."""
        for entry in self.home_agents():
            if address in entry["addresses"] or address == entry["linkLocalAddress"]:
                return dict(entry)
        return None

    def binding(self, home_address: str) -> dict[str, Any] | None:
        """The binding of a home address, as the controller knows it."""
        for entry in self.get("mobile-nodes"):
            if entry["homeAddress"] == home_address:
                return dict(entry)
        return None

    def _fetch(self, path: str) -> str:
        with urllib.request.urlopen(f"{self.base}{path}", timeout=ANSWER_SECONDS) as answer:
            return answer.read().decode()


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")
