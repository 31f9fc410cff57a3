"""The programs as an operator meets them: wrong input, occupied ports, Ctrl-C."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from roostnet.controllers import Standalone, configuration
from roostnet.daemons import HomeAgent, jar_command
from roostnet.openvswitch import run
from roostnet.polling import PATIENCE, eventually
from roostnet.sandbox import RUN_DIRECTORY

USAGE = 2
OWN_TMP = RUN_DIRECTORY / "own-tmp"
"""What a demo that is stopped in a test has as /tmp: the machine's is everybody's."""
WITH_OWN_TMP = """
set -e
for needed in "$ROOST_ROOT" "${ROOST_JAVA%/bin/java}"; do
    case $needed in /tmp/*) mount --rbind "$needed" "$OWN_TMP${needed#/tmp}" ;; esac
done
mount --rbind "$OWN_TMP" /tmp
exec "$@"
"""


def run_jar(*arguments: str, jar: str = Standalone.JAR) -> subprocess.CompletedProcess[str]:
    """Run one of the jars to its end."""
    return subprocess.run(jar_command(jar, *arguments), capture_output=True, text=True, timeout=PATIENCE)


@pytest.fixture
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("commands")


def test_check_config_accepts_the_minimal_file(directory: Path) -> None:
    file = directory / "good.yaml"
    file.write_text(
        """
openflow:
  listen: "127.0.0.1:6653"
rest:
  listen: "127.0.0.1:8080"
homeNetworks:
  - name: home
    prefix: 2001:db8:1::/64
    representative:
      address: 2001:db8:1::fe
      linkLayerAddress: 02:00:5e:00:00:fe
"""
    )

    assert run_jar("check-config", str(file)).returncode == 0


def test_all_problems_of_a_configuration_are_told_at_once(directory: Path) -> None:
    file = directory / "bad.yaml"
    file.write_text(
        """
openflow:
  lisen: "127.0.0.1:6653"
rest:
  listen: "127.0.0.1:99999"
homeNetworks:
  - name: home
    prefix: 2001:db8:1::/129
    representative:
      address: 2001:db8:1::fe
      linkLayerAddress: 02:00:5e:00:00
"""
    )
    for command in (["check-config", str(file)], ["controller", "--config", str(file)]):
        done = run_jar(*command)

        said = done.stdout + done.stderr
        assert done.returncode == USAGE, said
        for words in ("lisen", "listen", "99999", "2001:db8:1::/129", "02:00:5e:00:00"):
            assert words in said, said
        assert "Exception" not in said


@pytest.mark.parametrize("jar", [Standalone.JAR, HomeAgent.JAR])
def test_missing_configuration_file_is_wrong_usage(jar: str, directory: Path) -> None:
    command = ["controller"] if jar == Standalone.JAR else []
    done = run_jar(*command, "--config", str(directory / "none.yaml"), jar=jar)

    assert done.returncode == USAGE
    assert "none.yaml" in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.parametrize("taken", ["openflow", "rest"])
def test_port_in_use_is_one_clear_line(taken: str, directory: Path) -> None:
    with socket.socket() as occupant:
        occupant.bind(("127.0.0.1", 0))
        occupant.listen()
        port = occupant.getsockname()[1]
        file = directory / f"{taken}.yaml"
        ports = {"openflow_port": port} if taken == "openflow" else {"openflow_port": 26653, "rest_port": port}
        file.write_text(configuration(directory / "state", **ports))

        done = run_jar("controller", "--config", str(file))

    assert done.returncode == 1, done.stderr
    complaint = [line for line in done.stderr.splitlines() if str(port) in line]
    assert complaint, done.stderr
    assert "Exception" not in done.stderr
    assert "\tat " not in done.stderr


class Leftovers:
    """Everything a run could leave on the machine, as seen from outside its sandbox."""

    def __init__(self) -> None:
        self.before = self._look()

    def assert_none(self) -> None:
        """Same as before; the kernel takes a moment to remove namespaces."""

        def look() -> bool:
            assert self._look() ^ self.before == set()
            return True

        eventually(look, "nothing is left")

    @staticmethod
    def _look() -> set[str]:
        links = {f"link {line.split(':')[1].strip()}" for line in run("ip", "-o", "link").splitlines()}
        namespaces = {f"netns {line}" for line in run("ip", "netns").splitlines()}
        routes = {f"route {line}" for line in run("ip", "-6", "route", "show", "table", "all").splitlines()}
        mounts = {f"mount {line.split()[1]}" for line in Path("/proc/mounts").read_text().splitlines()}
        files = {f"file {path}" for folder in ("/run", "/run/roost") for path in _list(folder)}
        files |= {f"file {path}" for path in OWN_TMP.rglob("*")}
        processes = {f"process {pid}" for pid in os.listdir("/proc") if pid.isdigit() and _is_alive(pid)}
        return links | namespaces | routes | mounts | files | processes


def _list(folder: str) -> list[str]:
    return [f"{folder}/{name}" for name in os.listdir(folder)] if os.path.isdir(folder) else []


def _is_alive(pid: str) -> bool:
    """Neither gone, nor a zombie, nor a short-lived helper of this very test."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    is_zombie = status.rpartition(")")[2].split()[0] == "Z"
    return not is_zombie and any(word in command for word in (b"roostnet", b"java", b"ovs", b"radvd", b"ping"))


def _make_own_tmp() -> None:
    """An empty /tmp for one demo, with a place for what the demo needs if that lies below /tmp."""
    shutil.rmtree(OWN_TMP, ignore_errors=True)
    OWN_TMP.mkdir(mode=0o1777)
    for needed in (Path(os.environ["ROOST_ROOT"]), Path(os.environ["ROOST_JAVA"]).parents[1]):
        if needed.is_relative_to("/tmp"):
            (OWN_TMP / needed.relative_to("/tmp")).mkdir(parents=True, exist_ok=True)


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("", signal.SIGINT),
        ("starting Open vSwitch", signal.SIGINT),
        ("starting the controller", signal.SIGTERM),
        (" 101 ", signal.SIGINT),
        (" 109 ", signal.SIGKILL),
    ],
    ids=["at once, Ctrl-C", "switches, Ctrl-C", "controller, SIGTERM", "step 101, Ctrl-C", "step 109, kill -9"],
)
def test_stopped_demo_leaves_nothing_behind(moment: str, number: signal.Signals, directory: Path) -> None:
    log = RUN_DIRECTORY / "stopped-demo.log"
    log.unlink(missing_ok=True)
    _make_own_tmp()
    leftovers = Leftovers()
    with log.open("wb") as output:
        demo = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", WITH_OWN_TMP, "sh"]
            + [sys.executable, "-m", "roostnet.sandbox", sys.executable, "-m", "roostnet.demo", "--once"],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(os.environ, OWN_TMP=str(OWN_TMP)),
        )
    eventually(lambda: moment in log.read_text(), f"the demo has come to {moment!r}", 2 * PATIENCE)

    demo.send_signal(number)

    status = demo.wait(timeout=PATIENCE)
    assert status != 0
    log.unlink()
    leftovers.assert_none()
