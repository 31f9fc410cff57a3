"""S-51: where mobile nodes register when every home agent owns the anycast address, and when Roost does."""

from __future__ import annotations

from roostnet.bench_baseline import with_roost, without_roost
from roostnet.prior_art import peak_over_mean

NODES = 120


def test_prior_art_puts_nearly_all_mobile_nodes_on_one_home_agent() -> None:
    counts = without_roost(NODES)

    assert max(counts.values()) > 0.95 * NODES, counts


def test_roost_spreads_the_same_mobile_nodes_over_the_same_home_agents() -> None:
    counts = with_roost(NODES)

    assert sum(counts.values()) == NODES
    assert peak_over_mean(counts) <= 1.15, counts
