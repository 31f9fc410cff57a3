"""Many mobile nodes in one process under traffic, for the benchmarks that move them by the hundred."""

from __future__ import annotations

import collections
from typing import Any

from roostnet import plan
from roostnet.daemons import start_mobile_nodes
from roostnet.lab import Lab
from roostnet.polling import eventually
from roostnet.traffic import Traffic

FIRST = 0xF00
"""Number of the first one: home addresses from 2001:db8:1::1000, of which a power of two is one prefix."""
MOST = 1024
PREFIX = f"{plan.home_address(FIRST)}/118"
"""All their home addresses."""


class Crowd:
    """Registered mobile nodes behind host gen, steered by both switches."""

    def __init__(self, lab: Lab, count: int, *options: str) -> None:
        """Register them; `options` as those of the generator."""
        assert count <= MOST, f"at most {MOST} mobile nodes"
        self._lab = lab
        self.home_addresses = [plan.home_address(FIRST + number) for number in range(count)]
        # The table of neighbors is the machine's, and a thousand are its limit. The switches steer by home
        # address, whatever neighbor it is sent to, so router r needs to know only the representative.
        lab.network.shell("r", "ip", "-6", "route", "add", PREFIX, "via", plan.REPRESENTATIVE, "dev", "eth0")
        start_mobile_nodes(
            lab.network, count, "--rate", "200", *options, first=FIRST, care_of_prefix=plan.GENERATED_PREFIXES[0]
        )
        eventually(lambda: len(self.bindings()) == count, f"{count} mobile nodes are bound")
        eventually(self._are_steered, "all are steered")

    def bindings(self) -> list[dict[str, Any]]:
        """What the controller knows of them."""
        return list(self._lab.rest.get("mobile-nodes"))

    def forwarders(self) -> dict[str, str]:
        """Who tunnels for whom."""
        return {entry["homeAddress"]: entry["forwarder"] for entry in self.bindings()}

    def shares(self) -> collections.Counter[str]:
        """How many mobile nodes each home agent tunnels for."""
        return collections.Counter(self.forwarders().values())

    def traffic(self, schedule: list[str], rate: float) -> Traffic:
        """Traffic with them, flowing; each of them has been reached."""
        running = Traffic(self._lab.network, schedule, rate, far="gen").start()
        running.wait_for_packets(len(schedule))
        running.wait_until_it_flows()
        return running

    def _are_steered(self) -> bool:
        steered = {flow.get("homeAddress") for flow in self._lab.rest.get("flows?limit=10000") if flow["installed"]}
        return steered >= set(self.home_addresses)
