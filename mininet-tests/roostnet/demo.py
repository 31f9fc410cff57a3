"""`./roost demo`: the location registration sequence, live.

Runs inside the sandbox.  With --once every step is checked, all is torn down, and the exit
status is 0 only if every step was observed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

from roostnet import plan, relay
from roostnet.capture import Capture
from roostnet.controllers import FLOODLIGHT, OPENFLOW_PORT, REST_PORT, STANDALONE, Controller, host_of
from roostnet.processes import EndedEarly
from roostnet.rest import Rest
from roostnet.sandbox import RUN_DIRECTORY, STOP_SIGNALS
from roostnet.sequence import STEPS, Sequence, Step
from roostnet.topology import Network

WIDTH = 100
DETAIL_INDENT = 16
HOSTS = {STANDALONE: "on its own", FLOODLIGHT: "in Floodlight"}


class Stopped(BaseException):
    """Ctrl-C or SIGTERM."""


class Screen:
    """Lines for people: at most 100 columns, colours only on a terminal."""

    def __init__(self) -> None:
        self._colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._start = time.time()
        self.observed: set[int] = set()

    def start_clock(self) -> None:
        """Steps' times count from now."""
        self._start = time.time()

    def title(self, text: str) -> None:
        """A heading."""
        self.line("")
        self.line(self._paint("1", text))

    def line(self, text: str) -> None:
        """One line, at once."""
        print(text, flush=True)

    def step(self, step: Step) -> None:
        """One step of the sequence, its details below it."""
        self.observed.add(step.number)
        milliseconds = f"{(step.time - self._start) * 1000:.0f} ms"
        between = f"{step.who} -> {step.whom}" if step.whom else step.who
        head = f" {milliseconds:>9}  {between:<24} "
        what = textwrap.wrap(step.what, WIDTH - 4 - len(head))
        self.line(self._paint("1;36", f"{step.number:>4}") + head + what[0])
        for row in what[1:]:
            self.line(" " * (4 + len(head)) + row)
        for detail in step.details:
            for row in textwrap.wrap(detail, WIDTH - DETAIL_INDENT):
                self.line(" " * DETAIL_INDENT + self._paint("2", row))

    def table(self, heads: list[str], rows: list[list[str]]) -> None:
        """A table; a cell that does not fit is cut with an ellipsis."""
        widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
        while sum(widths) + 2 * len(widths) > WIDTH:
            widths[widths.index(max(widths))] -= 1
        self.line(self._paint("2", _row(heads, widths)))
        for row in rows:
            self.line(_row(row, widths))

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colours else text


def _row(cells: list[str], widths: list[int]) -> str:
    cut = [cell if len(cell) <= width else cell[: width - 1] + "…" for cell, width in zip(cells, widths, strict=True)]
    return "  " + "  ".join(cell.ljust(width) for cell, width in zip(cut, widths, strict=True)).rstrip()


def main(arguments: list[str]) -> int:
    """Run the demo; returns the exit status."""
    parser = argparse.ArgumentParser(prog="roost demo")
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--dashboard", default="")
    parser.add_argument("--host", choices=[STANDALONE, FLOODLIGHT], default=STANDALONE)
    options = parser.parse_args(arguments)
    for number in STOP_SIGNALS:
        signal.signal(number, _stop)
    # A reader that went away (`| head`) ends the demo like Ctrl-C does.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    screen = Screen()
    logs = RUN_DIRECTORY / "demo"
    network = Network(logs)
    capture: Capture | None = None
    status = 1
    try:
        screen.line("Roost: starting Open vSwitch (its own, apart from the machine's), 11 hosts and 2 switches ...")
        network.start()
        screen.line(f"Roost: starting the controller ({HOSTS[options.host]}) ...")
        controller = Controller(network, host_of(options.host)).start()
        relayed = relay.start(REST_PORT)
        capture = Capture(network.ports, OPENFLOW_PORT)
        controller.take_switches()
        _run_sequence(screen, network, controller, capture)
        status = 0
        if not options.once:
            screen.title("Running")
            if relayed:
                base = options.dashboard
                screen.line(f"  dashboard {base}{controller.host.dashboard}   tables {base}/wm/roost/mobile-nodes")
            screen.line("  Ctrl-C ends it and leaves nothing behind.")
            _idle(network)
        _close(network, capture)
    except Stopped:
        # No teardown by hand: with this process the sandbox ends, and the kernel removes what is in it.
        screen.line("")
        screen.line("stopped; nothing is left behind.")
        return 0 if status == 0 else 130
    except (AssertionError, EndedEarly, RuntimeError, OSError) as failure:
        status = 1
        missing = [number for number in STEPS if number not in screen.observed]
        screen.line("")
        screen.line(f"FAILED: {failure}")
        screen.line(f"steps not observed: {', '.join(map(str, missing)) or 'none'}")
        screen.line(f"logs and recorded packets: {_keep(logs, capture)}")
    return status


def _run_sequence(screen: Screen, network: Network, controller: Controller, capture: Capture) -> None:
    screen.title("FIG. 23: a mobile node finds a home agent, registers, and is reached")
    screen.line(f"  home link {plan.HOME_PREFIX}, representative {plan.REPRESENTATIVE} (the controller)")
    screen.line(f"{'step':>4} {'time':>9}  who -> whom")
    screen.start_clock()
    Sequence(network, controller, capture, screen.step).run()
    missing = [number for number in STEPS if number not in screen.observed]
    assert not missing, "not every step was observed"
    screen.line(f"  all {len(STEPS)} steps observed")
    _tables(screen, controller.rest)


def _tables(screen: Screen, rest: Rest) -> None:
    screen.title("Home agents, in the order of a discovery reply")
    screen.table(
        ["address", "state", "preference", "effective", "bindings", "switch port", "link-layer address"],
        [
            [
                ", ".join(entry["addresses"]),
                str(entry["state"]),
                str(entry["preference"]),
                str(entry["effectivePreference"]),
                str(entry["load"].get("bindings", "")),
                f"{entry['attachment']['switch'][-2:]}:{entry['attachment']['port']}",
                entry["linkLayerAddress"],
            ]
            for entry in rest.home_agents()
        ],
    )
    screen.title("Mobile nodes")
    screen.table(
        ["home address", "care-of address", "home agent", "lifetime", "sequence", "evidence"],
        [
            [
                entry["homeAddress"],
                str(entry["careOfAddress"]),
                entry["homeAgent"],
                f"{entry['remainingLifetime']:.0f} s",
                str(entry["sequence"]),
                str(entry["evidence"]),
            ]
            for entry in rest.get("mobile-nodes")
        ],
    )
    flows = rest.get("flows")
    screen.title("Flow rules and groups, by purpose")
    screen.table(["priority", "purpose", "on s1", "on s2", "one of them"], _purposes(flows))
    screen.title("How packets to the mobile node are steered")
    screen.table(
        ["switch", "what", "actions"],
        [
            [f"s{int(entry['switch'][-2:], 16)}", _what(entry), ", ".join(map(str, entry["actions"]))]
            for entry in sorted(flows, key=lambda entry: (entry["switch"], "group" in entry, entry.get("group", 0)))
            if entry["purpose"] == "steering" or "group" in entry
        ],
    )


def _purposes(flows: list[dict[str, Any]]) -> list[list[str]]:
    """One row for each priority and purpose."""
    rows = []
    for priority, purpose in sorted({(entry.get("priority", 0), entry["purpose"]) for entry in flows}, reverse=True):
        mine = [entry for entry in flows if (entry.get("priority", 0), entry["purpose"]) == (priority, purpose)]
        counts = [sum(entry["switch"].endswith(switch) for entry in mine) for switch in ("01", "02")]
        shown = "" if "group" in mine[0] else str(priority)
        rows.append([shown, purpose, *map(str, counts), _what(mine[0])])
    return rows


def _what(entry: dict[str, Any]) -> str:
    if "group" in entry:
        return f"group {entry['group']}"
    return " ".join(f"{key}={value}" for key, value in entry["match"].items()) or "any"


def _idle(network: Network) -> None:
    """Some traffic for the dashboard to show, until a signal comes."""
    network.spawn("ping", ["ping", "-6", "-q", "-i", "1", plan.home_address()], host="cn")
    while True:
        signal.pause()


def _keep(logs: Path, capture: Capture | None) -> Path:
    """Copy logs and packets out of the sandbox, to build/logs."""
    if capture is not None:
        capture.save(logs / "all.pcapng")
    root = Path(os.environ.get("ROOST_ROOT") or Path(__file__).resolve().parents[2])
    kept = root / "build" / "logs" / time.strftime("demo-%Y%m%d-%H%M%S")
    shutil.copytree(logs, kept, dirs_exist_ok=True)
    return kept


def _close(network: Network, capture: Capture | None) -> None:
    """Tear down in order: daemons first, so that they remove what they installed."""
    if capture is not None:
        capture.close()
    network.close()


def _stop(_number: int, _frame: object) -> None:
    raise Stopped


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stopped:
        sys.exit(130)


