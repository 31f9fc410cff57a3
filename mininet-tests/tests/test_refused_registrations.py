"""S-36: registrations that a home agent refuses change nothing for whoever is bound."""

from __future__ import annotations

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
    _write_secret(key)
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


def _write_secret(file: Path) -> None:
    file.touch(mode=0o600)
    file.write_text("the key of home address 100\n")


@pytest.mark.parametrize(
    ("home_address", "home_agent", "care_of_address", "statuses"),
    [
        (HOME, WITH_KEYS, None, (146, 146)),
        (plan.home_address(41), WITH_KEYS, None, (146, 146)),
        (OUTSIDE, WITH_KEYS, None, (132, 132)),
        (OUTSIDE, WITHOUT_KEYS, None, (132, 132)),
        (plan.ROUTER, WITH_KEYS, None, (146, 146)),
        (plan.home_address(41), WITHOUT_KEYS, WITHOUT_KEYS, (174, 133)),
    ],
    ids=[
        "another's home address, no authentication",
        "a home address without a key",
        "home address outside the prefix",
        "home address outside the prefix, home agent without keys",
        "the router's address, no authentication",
        "care-of address is the home agent's",
    ],
)
def test_refused_update_changes_nothing(
    lab: Lab, home_address: str, home_agent: str, care_of_address: str | None, statuses: tuple[int, int]
) -> None:
    """`statuses` are those to a registration, and to a release."""
    bound = _bindings(lab)
    steered = _all_steering(lab)

    for lifetime, status in zip((600, 0), statuses, strict=True):
        seen = lab.register(ATTACKER, home_address, home_agent, 7, lifetime, care_of_address)
        assert frames.acknowledgement_of(seen).status == status

    # The controller has seen these acknowledgements once it answers a later question.
    assert plan.REPRESENTATIVE in lab.discover(ATTACKER)
    assert _bindings(lab) == bound
    assert _all_steering(lab) == steered
    assert is_answered(lab.network.ping("cn", HOME)), "the mobile node is still reached"


def _bindings(lab: Lab) -> dict[str, tuple[str, str]]:
    return {
        entry["homeAddress"]: (entry["homeAgent"], entry["careOfAddress"]) for entry in lab.rest.get("mobile-nodes")
    }


def _all_steering(lab: Lab) -> list[str]:
    rules = ((switch, rule) for switch in HOME_SWITCHES for rule in lab.network.flows(switch))
    return sorted(f"{switch}: {rule}" for switch, rule in rules if "group:" in rule)
