"""Run a command in fresh network, mount and process namespaces.

    python3 -m roostnet.sandbox [--publish ADDRESS:PORT] COMMAND...

What this gives: bridges, switches, routes, daemons and temporary files of a run live in
namespaces that the kernel removes together with the last process, however the run ends,
kill -9 included.  Several runs on one machine never meet, and nobody's Open vSwitch is
touched: `/run` is a private tmpfs, so Open vSwitch's tools talk to the run's own daemons.

Three processes: *outer* (this module, on the terminal) hands signals on; `unshare` makes
the namespaces; *inner* is process 1 of the new process namespace, prepares the mounts,
starts the command and reaps orphans.  When outer dies, the kernel kills unshare, unshare's
death kills inner, and inner's death kills everything else.

`--publish` listens on an address of the machine and hands the listening socket to the
command as file descriptor `ROOST_PUBLISH_FD`: a socket belongs to the network namespace it
was made in, so a process inside can serve clients outside without any link between the two.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
RUN_DIRECTORY = Path("/run/roost")
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP_SECONDS = 15.0
"""How long the command may take to end by itself after the first signal."""


def is_inside() -> bool:
    """Whether this process already runs in a sandbox."""
    return os.environ.get("ROOST_SANDBOX") == "1"


def main(arguments: list[str]) -> int:
    """Entry of both the outer and the inner process; returns the exit status."""
    parser = argparse.ArgumentParser(prog="roostnet.sandbox", description="Run a command in namespaces of its own.")
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--publish", metavar="ADDRESS:PORT", help="listen outside, hand the socket in")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    if options.inner:
        return _inner(options.command)
    if os.geteuid() != 0:
        print("roost: network namespaces need root: run this with sudo", file=sys.stderr)
        return 2
    return _outer(options)


def _outer(options: argparse.Namespace) -> int:
    """Start the inner process, hand signals on to it, wait for it."""
    environment = dict(os.environ, ROOST_SANDBOX="1")
    inherited: list[int] = []
    if options.publish:
        listener = _listen(options.publish)
        if listener is None:
            return 1
        inherited.append(listener.fileno())
        environment["ROOST_PUBLISH_FD"] = str(listener.fileno())
    command = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child=SIGKILL", "--mount-proc"]
    inner = [sys.executable, "-m", "roostnet.sandbox", "--inner"]
    signals: list[int] = []
    # Before the child exists: a signal in between must not kill us with the child half made.
    for number in STOP_SIGNALS:
        signal.signal(number, lambda received, _frame: signals.append(received))
    child = subprocess.Popen(
        command + inner + options.command,
        env=environment,
        pass_fds=inherited,
        # Its own session: Ctrl-C reaches us alone, and we hand it on once.
        start_new_session=True,
        preexec_fn=_die_with_parent,
    )
    return _wait(child, signals)


def _wait(child: subprocess.Popen[bytes], signals: list[int]) -> int:
    """Wait for the child; a first signal asks it to end, a second one or the timeout ends it."""
    deadline = None
    told_at = 0.0
    while True:
        try:
            status = child.wait(timeout=0.1)
            break
        except subprocess.TimeoutExpired:
            pass
        if not signals:
            continue
        now = time.monotonic()
        deadline = deadline or now + STOP_SECONDS
        if len(signals) > 1 or now > deadline:
            child.kill()
        elif now - told_at > 1.0:
            # Again each second: process 1 of a namespace loses what comes before its handlers are set.
            told_at = now
            _signal_inner(child.pid, signals[0])
    if signals:
        return 0 if status == 0 else 128 + signals[0]
    return status if status >= 0 else 128 - status


def _signal_inner(unshare_pid: int, number: int) -> None:
    """Signal the inner process; kill unshare (and so all) while there is none yet."""
    try:
        children = Path(f"/proc/{unshare_pid}/task/{unshare_pid}/children").read_text().split()
    except OSError:
        return
    try:
        if children:
            os.kill(int(children[0]), number)
        else:
            os.kill(unshare_pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _inner(command: list[str]) -> int:
    """Process 1 inside: prepare, run the command, reap orphans, hand signals on."""
    asked_to_stop = 0
    running: subprocess.Popen[bytes] | None = None

    def on_signal(number: int, _frame: object) -> None:
        nonlocal asked_to_stop
        if running is not None and not asked_to_stop:
            running.send_signal(number)
        asked_to_stop = number

    for number in STOP_SIGNALS:
        signal.signal(number, on_signal)
    _prepare_mounts()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    environment = dict(os.environ, TMPDIR=str(RUN_DIRECTORY))
    inherited = [int(os.environ["ROOST_PUBLISH_FD"])] if "ROOST_PUBLISH_FD" in os.environ else []
    if asked_to_stop:
        return 128 + asked_to_stop
    running = subprocess.Popen(command, env=environment, pass_fds=inherited)
    if asked_to_stop:
        running.send_signal(asked_to_stop)
    while True:
        pid, status = os.wait()
        if pid == running.pid:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _prepare_mounts() -> None:
    """A private /run, and a /sys that shows the new network namespace."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"], check=True)
    RUN_DIRECTORY.mkdir(mode=0o755)
    # /sys shows the interfaces of the network namespace it was mounted from.
    subprocess.run(["mount", "-t", "sysfs", "sysfs", "/sys"], check=True)


def _listen(text: str) -> socket.socket | None:
    """The listening socket of --publish, or None after one clear line."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, int(port)))
    except OSError as failure:
        print(f"roost: cannot listen on {text}: {failure.strerror}", file=sys.stderr)
        return None
    listener.listen(64)
    return listener


def _die_with_parent() -> None:
    """Runs in the child before exec: the kernel kills it when its parent ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
