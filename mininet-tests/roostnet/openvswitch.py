"""An Open vSwitch of the run's own: database and daemon under the sandbox's private /run.

The machine's Open vSwitch, if there is one, is neither needed nor touched, and a test may
kill and restart this one.  The datapath is the user-space one (`netdev`): no kernel module.

    python3 -m roostnet.openvswitch COMMAND...    runs a command beside it, in a sandbox
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from roostnet.polling import PATIENCE, eventually
from roostnet.sandbox import RUN_DIRECTORY, is_inside

DIRECTORY = Path("/run/openvswitch")
SCHEMA = Path("/usr/share/openvswitch/vswitch.ovsschema")
SBIN = Path("/usr/sbin")
DETACHED = ("--pidfile", "--detach", "--no-chdir", "--verbose=console:off")
PIDFD_GETFD = 438
SO_RCVBUFFORCE = 33
PORT_BUFFER = 32 << 20
"""Octets for each port, as the kernel counts them: some 768 for a small packet."""
_libc = ctypes.CDLL(None, use_errno=True)


class OpenVSwitch:
    """ovsdb-server and ovs-vswitchd of one run."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs

    def start(self) -> None:
        """An empty database, both daemons up."""
        DIRECTORY.mkdir(parents=True, exist_ok=True)
        database = DIRECTORY / "conf.db"
        database.unlink(missing_ok=True)
        run("ovsdb-tool", "create", str(database), str(SCHEMA))
        run(
            str(SBIN / "ovsdb-server"),
            str(database),
            f"--remote=punix:{DIRECTORY}/db.sock",
            f"--log-file={self._logs}/ovsdb-server.log",
            *DETACHED,
        )
        run("ovs-vsctl", "--no-wait", "init")
        self.start_daemon()

    def start_daemon(self) -> None:
        """ovs-vswitchd alone, on the database as it is."""
        run(
            str(SBIN / "ovs-vswitchd"),
            f"unix:{DIRECTORY}/db.sock",
            f"--log-file={self._logs}/ovs-vswitchd.log",
            *DETACHED,
        )

    def widen_sockets(self) -> None:
        """Give the ports that there are room for seconds of packets, while the daemon has no processor.

        What comes meanwhile waits in the packet sockets of its ports: by default some 270 packets, 50 ms at
        5,000 a second.  A datapath in the kernel has no such place.
        """
        daemon = os.pidfd_open(_pid("ovs-vswitchd"))
        try:
            for name in os.listdir(f"/proc/{_pid('ovs-vswitchd')}/fd"):
                with contextlib.suppress(OSError), _socket_of(daemon, int(name)) as one:
                    if one.family == socket.AF_PACKET:
                        one.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, PORT_BUFFER)
        finally:
            os.close(daemon)

    def kill_daemon(self) -> None:
        """kill -9 of ovs-vswitchd; returns when it is gone."""
        pid = _pid("ovs-vswitchd")
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: not _is_alive(pid), "ovs-vswitchd is gone")

    def stop(self) -> None:
        """Both daemons end; the database is forgotten."""
        for daemon in ("ovs-vswitchd", "ovsdb-server"):
            try:
                pid = _pid(daemon)
            except (OSError, ValueError):
                continue
            # `exit --cleanup` would also remove the ports; Mininet does that itself.
            if _is_alive(pid):
                os.kill(pid, signal.SIGTERM)
                eventually(lambda: not _is_alive(pid), f"{daemon} is gone")  # noqa: B023


def run(*command: str, check: bool = True, timeout: float = PATIENCE) -> str:
    """Run a command of the machine; its output; RuntimeError with what it said when it fails."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def _pid(daemon: str) -> int:
    return int((DIRECTORY / f"{daemon}.pid").read_text())


def _socket_of(process: int, descriptor: int) -> socket.socket:
    """Another process's socket, open here, too (pidfd_getfd(2)); OSError when it is no socket."""
    ours = _libc.syscall(PIDFD_GETFD, process, descriptor, 0)
    if ours < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    try:
        return socket.socket(fileno=ours)
    except OSError:
        os.close(ours)
        raise


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def main(command: list[str]) -> int:
    """Run a command while Open vSwitch is up; its exit status."""
    if not is_inside():
        raise SystemExit("roostnet.openvswitch runs inside roostnet.sandbox only")
    switch = OpenVSwitch(RUN_DIRECTORY)
    switch.start()
    try:
        return subprocess.run(command).returncode
    finally:
        switch.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
