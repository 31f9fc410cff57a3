"""S-36: registrations that a home agent refuses change nothing for whoever is bound."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from roostnet import frames, plan
from roostnet.daemons import HomeAgent, MobileNode
from roostnet.lab import Lab, prime_router
from roostnet.polling import eventually
from roostnet.topology import HOME_SWITCHES, is_answered

HOME = plan.home_address()
OUTSIDE = "2001:db8:9::100"
"""A home address in nobody's home network."""
WITH_KEYS, WITHOUT_KEYS = plan.HOME_AGENTS["ha1"], plan.HOME_AGENTS["ha2"]
ATTACKER = 40
"""The played mobile node that asks for what is not its own."""
SPI = 256


@pytest.fixture(scope="module")
def lab(labs) -> Lab:
    """ha1 takes authenticated updates only, and holds mn's binding; ha2 believes everybody."""
    running = labs.make()
    key = running.logs / "key"
    key.touch(mode=0o600)
    key.write_text("the key of home address 100\n")
    keys = [{"homeAddress": HOME, "spi": SPI, "keyFile": str(key)}]
    HomeAgent(running.network, "ha1", preference=20, authentication={"keys": keys}).start()
    HomeAgent(running.network, "ha2", preference=10).start()
    eventually(lambda: {WITH_KEYS, WITHOUT_KEYS} <= running.listed(), "both home agents are listed")
    prime_router(running)
    MobileNode(running.network, authentication={"spi": SPI, "keyFile": str(key)}).start()
    running.network.attach("mn", "l3")
    eventually(lambda: running.rest.binding(HOME), "the mobile node is bound")
    eventually(lambda: len(running.steering_rules(HOME)) == 2, "both switches steer it")
    return running


@pytest.mark.parametrize(
    "home_address", [HOME, plan.home_address(41), OUTSIDE], ids=["another's home address", "no key", "outside"]
)
def test_update_without_authentication_is_dropped_and_counted(lab: Lab, home_address: str) -> None:
    """Whoever can't prove who he is, is told nothing, not even whether somebody is bound."""
    state = State(lab)
    mark = lab.capture.mark()
    for lifetime in (600, 0):
        dropped = unauthenticated(lab)
        lab.mobile_nodes.wire.send(lab.mobile_nodes.binding_update(ATTACKER, home_address, WITH_KEYS, 7, lifetime))
        eventually(lambda dropped=dropped: unauthenticated(lab) > dropped, "the update is counted")

    assert not lab.capture.matching(frames.at("gen", frames.binding_acknowledgement, sent=False), mark)
    state.assert_unchanged()


def test_update_with_a_wrong_authenticator_is_refused_with_146(lab: Lab) -> None:
    state = State(lab)
    for lifetime in (600, 0):
        seen = lab.register(ATTACKER, HOME, WITH_KEYS, 7, lifetime, authenticator=b"not the one!")
        assert frames.acknowledgement_of(seen).status == 146

    state.assert_unchanged()


@pytest.mark.parametrize(
    ("home_address", "care_of_address", "statuses"),
    [
        (OUTSIDE, None, (132, 132)),
        (plan.home_address(41), WITHOUT_KEYS, (174, 133)),
        (plan.ROUTER, None, (134, 133)),
    ],
    ids=["home address outside the prefix", "care-of address is the home agent's", "address is in use at home"],
)
def test_impossible_update_is_refused(
    lab: Lab, home_address: str, care_of_address: str | None, statuses: tuple[int, int]
) -> None:
    """By the home agent that believes everybody; `statuses` are those to a registration, and to a release."""
    state = State(lab)
    for lifetime, status in zip((600, 0), statuses, strict=True):
        seen = lab.register(ATTACKER, home_address, WITHOUT_KEYS, 7, lifetime, care_of_address)
        assert frames.acknowledgement_of(seen).status == status

    state.assert_unchanged()


class State:
    """Who is bound where, and how packets are steered."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._before = self._look()

    def assert_unchanged(self) -> None:
        """The same still, and packets still arrive."""
        # The controller has seen what went before once it answers a later question.
        assert plan.REPRESENTATIVE in self._lab.discover(ATTACKER)
        assert self._look() == self._before
        assert is_answered(self._lab.network.ping("cn", HOME)), "the mobile node is still reached"

    def _look(self) -> tuple[dict[str, tuple[str, str]], list[str]]:
        bound = {
            entry["homeAddress"]: (entry["homeAgent"], entry["careOfAddress"])
            for entry in self._lab.rest.get("mobile-nodes")
        }
        rules = ((switch, rule) for switch in HOME_SWITCHES for rule in self._lab.network.flows(switch))
        return bound, sorted(f"{switch}: {rule}" for switch, rule in rules if "group:" in rule)


def unauthenticated(lab: Lab) -> int:
    """How many updates ha1 has dropped for want of authentication."""
    status = Path(lab.logs / "ha1-state" / "status.json")
    return int(json.loads(status.read_text())["counters"]["ignoredUnauthenticated"])
