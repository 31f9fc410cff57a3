"""Balance mode: a home agent whose mobile nodes have most of the traffic gives some of them away, once."""

from __future__ import annotations

import collections

from roostnet import plan
from roostnet.bench_level import HOT, WANTED, Watch, schedule
from roostnet.crowd import Crowd
from roostnet.delegation import controller_delegation, start_home_agents
from roostnet.lab import prime_router
from roostnet.polling import eventually

NODES = 60
RATE = 600


def test_hot_home_agent_is_levelled_without_loss_and_nobody_moved_twice(labs) -> None:
    """A-37: by what the switches' rules count, since the controller itself forwards nothing."""
    lab = labs.make(watched=("gen",), delegation=controller_delegation("balance"), load={"rateWindow": 3})
    start_home_agents(lab)
    prime_router(lab)
    crowd = Crowd(lab, NODES)
    names = {address: name for name, address in plan.HOME_AGENTS.items()}
    members = collections.defaultdict(list)
    for entry in crowd.bindings():
        members[names[entry["homeAgent"]]].append(entry["homeAddress"])
    hot = sorted(members[HOT])[: len(members[HOT]) // 5]
    traffic = crowd.traffic(schedule(dict(members), hot), RATE)
    try:
        watch = Watch(lab, crowd)
        traffic.wait_for_packets(RATE)
        assert watch.look() > WANTED, watch.rates()

        eventually(lambda: watch.look() <= WANTED, "all are busy alike", every=1.0)

        traffic.wait_for_packets(5 * RATE)
        eventually(lambda: watch.look() <= WANTED, "and stay so", every=1.0)
        ways = traffic.stop()
    finally:
        traffic.close()
    assert [way.lost for way in ways] == [0, 0], [str(way) for way in ways]
    assert watch.moves and set(watch.moves.values()) == {1}, watch.moves
