"""What the counts of the traffic for migrations are worth: each kind of trouble shows, and nothing else does."""

from __future__ import annotations

from roostnet.traffic_end import Arrivals

MILLISECOND = 1_000_000


def arrivals(*numbers: int) -> dict[str, object]:
    """The report of these numbers of one flow, a millisecond apart, each 3 ms under way."""
    taken = Arrivals()
    for place, number in enumerate(numbers):
        now = (place + 10) * MILLISECOND
        taken.take(b"flow", number, now - 3 * MILLISECOND, now)
    return taken.report()


def test_all_in_order_is_no_trouble() -> None:
    report = arrivals(0, 1, 2, 3)

    assert (report["received"], report["duplicated"], report["reordered"]) == (4, 0, 0)
    assert (report["longestGap"], report["longestDelay"], report["missing"]) == (1.0, 3.0, [])


def test_what_is_missing_is_named() -> None:
    assert arrivals(1, 2, 5, 7)["missing"] == [(0, 0), (3, 4), (6, 6)]


def test_packet_that_comes_twice_is_one_duplicate_and_arrived_once() -> None:
    report = arrivals(0, 1, 1, 1, 2)

    assert (report["received"], report["duplicated"], report["reordered"]) == (3, 2, 0)


def test_packet_behind_a_later_one_of_its_flow_is_reordered_and_not_lost() -> None:
    report = arrivals(0, 2, 3, 1, 4)

    assert (report["received"], report["reordered"], report["missing"]) == (5, 1, [])


def test_order_among_flows_is_nobodys_concern() -> None:
    taken = Arrivals()
    for place, (flow, number) in enumerate(((b"a", 1), (b"b", 0), (b"a", 3), (b"b", 2))):
        taken.take(flow, number, 0, place * MILLISECOND)

    assert (taken.report()["reordered"], taken.report()["missing"]) == (0, [])


def test_numbers_beyond_the_first_million_are_kept() -> None:
    report = arrivals(0, 5_000_000)

    assert (report["received"], report["highest"], report["missing"]) == (2, 5_000_000, [(1, 4_999_999)])
