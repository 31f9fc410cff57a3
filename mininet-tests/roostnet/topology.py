"""The network of the demo and the tests: FIG. 1 and FIG. 2 of the patent, in Mininet.

                 2001:db8:1::/64                     2001:db8:2::/64
     ha1 ha2 h p1 p2          ha3 p3                       cn
       |  |  | |  |            |  |                        |
      [ s1, Roost's ]------[ s2, Roost's ]               [ lc ]
             |                                             |
             r---------------------------------------------+
             |  2001:db8:f::/64
             rf
           /    \\
       [ l3 ]  [ l4 ]      foreign links 2001:db8:3::/64 and 2001:db8:4::/64
        mn gen

s1 and s2 are Open vSwitch bridges under the controller; lc, l3 and l4 are plain Linux
bridges.  A mobile node moves when its cable is pulled out of one bridge and put into
another (`Network.attach`).  p1, p2 and p3 have no IPv6 of their own: tests play home
agents there, packet by packet.  gen gets whatever is sent to 2001:db8:5::/64.

Must run inside `roostnet.sandbox`.
"""

from __future__ import annotations

import re
from pathlib import Path

from mininet.link import Link
from mininet.log import setLogLevel
from mininet.net import Mininet
from mininet.node import Node, OVSSwitch, Switch

from roostnet import plan
from roostnet.openvswitch import OpenVSwitch, run
from roostnet.processes import Supervised
from roostnet.sandbox import is_inside

HOME_SWITCHES = ("s1", "s2")
ON_SWITCH = {"ha1": "s1", "ha2": "s1", "h": "s1", "p1": "s1", "p2": "s1", "r": "s1", "ha3": "s2", "p3": "s2"}
SILENT_HOSTS = ("p1", "p2", "p3")
FOREIGN_LINKS = ("l3", "l4")


APPLICATION = 0x526F
"""Upper 16 bits of the cookie of every rule of ours (docs/pipeline.md)."""
COOKIE = re.compile(r"cookie=(0x[0-9a-f]+)")


class PlainBridge(Switch):
    """A Linux bridge without spanning tree or multicast snooping."""

    def start(self, controllers: list[object]) -> None:  # noqa: ARG002
        """Make it and put all cables in."""
        run("ip", "link", "add", self.name, "type", "bridge", "stp_state", "0", "mcast_snooping", "0")
        run("ip", "link", "set", self.name, "up")
        for interface in self.intfList():
            if self.name not in interface.name:
                continue
            run("ip", "link", "set", interface.name, "master", self.name, "up")

    def stop(self, deleteIntfs: bool = True) -> None:  # noqa: N803, FBT001, FBT002
        """Remove it."""
        run("ip", "link", "del", self.name, check=False)
        super().stop(deleteIntfs)


class Network:
    """The running network; `close` ends all it started."""

    def __init__(self, logs: Path, mobile_nodes: int = 1) -> None:
        """Describe it; nothing exists before `start`."""
        if not is_inside():
            raise RuntimeError("the network is made inside roostnet.sandbox only; use ./roost")
        logs.mkdir(parents=True, exist_ok=True)
        self.logs = logs
        self.openvswitch = OpenVSwitch(logs)
        self.mobile_nodes = ["mn" if number == 0 else f"mn{number}" for number in range(mobile_nodes)]
        self.ports: dict[str, str] = {}
        """The interface at the switch's end of each host's cable: host name to interface name."""
        self._processes: list[Supervised] = []
        self._mininet: Mininet | None = None

    def start(self) -> Network:
        """Bring all up: Open vSwitch, hosts, links, addresses, routes, router advertisements."""
        setLogLevel("critical")
        # Mininet would raise limits of the whole machine and leave them so; ours are enough.
        Mininet.inited = True
        # The switches' ends of the cables must not speak themselves.
        run("sysctl", "-q", "-w", "net.ipv6.conf.default.disable_ipv6=1")
        self.openvswitch.start()
        self._mininet = Mininet(build=False, autoSetMacs=False, controller=None)
        self._add_switches()
        self._add_hosts()
        for switch in self._mininet.switches:
            switch.start([])
        for switch in HOME_SWITCHES:
            # Without this every new IPv6 destination costs an upcall (Open vSwitch 3.1 tracks IPv4 prefixes only).
            run(
                "ovs-vsctl", "--", "--id=@table", "create", "Flow_Table", "prefixes=ipv6_dst,ipv6_src",
                "--", "set", "bridge", switch, "flow_tables:0=@table",
            )  # fmt: skip
        self.openvswitch.widen_sockets()
        self._address()
        self._advertise()
        return self

    def close(self) -> None:
        """End every process, remove hosts and switches."""
        for process in reversed(self._processes):
            if process.is_running():
                process.stop()
        self._processes.clear()
        if self._mininet is not None:
            self._mininet.stop()
            self._mininet = None
        self.openvswitch.stop()

    def __enter__(self) -> Network:
        return self.start()

    def __exit__(self, *_details: object) -> None:
        self.close()

    def host(self, name: str) -> Node:
        """The Mininet node of that name."""
        assert self._mininet is not None, "the network is not up"
        return self._mininet.nameToNode[name]

    def spawn(self, name: str, command: list[str], host: str | None = None) -> Supervised:
        """Start a program, on a host or (None) beside the switches; its log is `name`.log."""
        pid = self.host(host).pid if host is not None else None
        process = Supervised(name, command, self.logs / f"{name}.log", pid)
        self._processes.append(process)
        return process

    def processes(self) -> list[Supervised]:
        """All programs started so far."""
        return list(self._processes)

    def shell(self, host: str, *command: str, check: bool = True) -> str:
        """Run a short command on a host; its output."""
        return run("mnexec", "-a", str(self.host(host).pid), *command, check=check)

    def ping(self, host: str, address: str, *options: str, count: int = 3) -> str:
        """Ping from a host; what ping prints. `is_answered` reads it."""
        pace = ("-c", str(count), "-i", "0.2", "-W", "10")
        return self.shell(host, "ping", "-6", *pace, *options, address, check=False)

    def connect(self, target: str, switches: tuple[str, ...] = HOME_SWITCHES) -> None:
        """Point home switches to a controller, `tcp:ADDRESS:PORT`."""
        for switch in switches:
            run(
                "ovs-vsctl", "--", "set-controller", switch, target,
                "--", "set", "controller", switch, "max_backoff=1000", "inactivity_probe=5000",
            )  # fmt: skip

    def disconnect(self, switches: tuple[str, ...] = HOME_SWITCHES) -> None:
        """Point home switches to a controller that is not there; their rules stay."""
        self.connect("tcp:127.0.0.1:9", switches)

    def remove_controller(self) -> None:
        """Configure no controller at all: Open vSwitch then deletes every rule and group by itself."""
        for switch in HOME_SWITCHES:
            run("ovs-vsctl", "del-controller", switch)

    def forward_plainly(self) -> None:
        """Make both home switches plain learning switches, without any controller."""
        for switch in HOME_SWITCHES:
            run("ovs-ofctl", "-O", "OpenFlow13", "add-flow", switch, "actions=NORMAL")

    def attach(self, mobile_node: str, link: str) -> None:
        """Put a mobile node's cable into a bridge (`l3`, `l4`, or `s1` for home)."""
        port = self.ports[mobile_node]
        self.detach(mobile_node)
        if link in HOME_SWITCHES:
            run("ovs-vsctl", "add-port", link, port)
            self.openvswitch.widen_sockets()
        else:
            run("ip", "link", "set", port, "master", link)
        run("ip", "link", "set", port, "up")

    def detach(self, mobile_node: str) -> None:
        """Pull a mobile node's cable; the node sees its carrier go."""
        port = self.ports[mobile_node]
        run("ip", "link", "set", port, "down")
        for switch in HOME_SWITCHES:
            run("ovs-vsctl", "--if-exists", "del-port", switch, port)
        run("ip", "link", "set", port, "nomaster")

    def flows(self, switch: str) -> list[str]:
        """The rules of a home switch as ovs-ofctl prints them, without counters and times."""
        text = run("ovs-ofctl", "-O", "OpenFlow13", "--no-stats", "dump-flows", switch)
        return [line.strip() for line in text.splitlines() if "priority" in line or "actions" in line]

    def delete_flows(self, switch: str) -> None:
        """Delete every rule of ours of a home switch, past the controller.

        Not Floodlight's own: it never puts its table-miss rule back while the switch stays connected.
        """
        run("ovs-ofctl", "-O", "OpenFlow13", "del-flows", switch, f"cookie={APPLICATION << 48:#x}/0xffff000000000000")

    def ofctl(self, command: str, switch: str) -> str:
        """What `ovs-ofctl COMMAND` prints of a home switch."""
        return run("ovs-ofctl", "-O", "OpenFlow13", command, switch)

    def groups(self, switch: str) -> list[str]:
        """The groups of a home switch as ovs-ofctl prints them."""
        text = self.ofctl("dump-groups", switch)
        return [line.strip() for line in text.splitlines() if "group_id" in line]

    def _add_switches(self) -> None:
        assert self._mininet is not None
        for number, name in enumerate(HOME_SWITCHES, start=1):
            self._mininet.addSwitch(
                name, cls=OVSSwitch, dpid=f"{number:016x}", datapath="user", protocols="OpenFlow13", failMode="secure"
            )
        for number, name in enumerate(("lc", *FOREIGN_LINKS), start=16):
            self._mininet.addSwitch(name, cls=PlainBridge, dpid=f"{number:016x}")
        self._mininet.addLink("s1", "s2", cls=Link, intfName1="s1-s2", intfName2="s2-s1")

    def _add_hosts(self) -> None:
        net = self._mininet
        assert net is not None
        for name, switch in ON_SWITCH.items():
            net.addHost(name, ip=None)
            self._cable(name, switch)
        for name in ("rf", "cn", "gen", *self.mobile_nodes):
            net.addHost(name, ip=None)
        self._cable("cn", "lc")
        self._cable("gen", "l3")
        for name in self.mobile_nodes:
            self._hang_cable(name)
        self._cable("r", "lc", "r-lc")
        for link in FOREIGN_LINKS:
            self._cable("rf", link, f"rf-{link}")
        net.addLink("r", "rf", cls=Link, intfName1="r-rf", intfName2="rf-r")
        for node in net.hosts:
            node.configDefault()

    def _cable(self, host: str, switch: str, interface: str = "eth0") -> None:
        """A cable from a host to a switch; the switch's end is called SWITCH-HOST."""
        assert self._mininet is not None
        name = host if interface == "eth0" else interface
        end = f"{switch}-{host}"
        hardware = {"addr1": plan.MACS[name]} if name in plan.MACS else {}
        self._mininet.addLink(host, switch, cls=Link, intfName1=interface, intfName2=end, **hardware)
        self.ports[name] = end

    def _hang_cable(self, mobile_node: str) -> None:
        """A cable of which the far end hangs loose beside the switches."""
        node = self.host(mobile_node)
        number = self.mobile_nodes.index(mobile_node)
        base = int(plan.MACS["mn"].replace(":", ""), 16)
        mac = ":".join(f"{(base + number):012x}"[i : i + 2] for i in range(0, 12, 2))
        end = f"cable-{mobile_node}"
        run("ip", "link", "add", end, "type", "veth", "peer", "name", "eth0", "address", mac, "netns", str(node.pid))
        self.ports[mobile_node] = end

    def _address(self) -> None:
        script: dict[str, list[str]] = {name: [] for name in self.hosts()}
        for name in (*plan.HOME_AGENTS, "r", "rf"):
            script[name].append("sysctl -q -w net.ipv6.conf.all.forwarding=1")
        for name in SILENT_HOSTS:
            script[name].append("sysctl -q -w net.ipv6.conf.eth0.disable_ipv6=1")
        for name, address in plan.HOME_AGENTS.items():
            script[name] += [_address(address, "eth0"), _default(plan.ROUTER, "eth0")]
        script["h"] += [_no_advertisements(), _address(plan.TERMINAL, "eth0"), _default(plan.ROUTER, "eth0")]
        script["cn"] += [_no_advertisements(), _address(plan.CORRESPONDENT, "eth0"), _default("2001:db8:2::1", "eth0")]
        script["r"] += [
            _address(plan.ROUTER, "eth0"),
            _address(plan.SECOND_ROUTER, "eth0"),
            _address("2001:db8:2::1", "r-lc"),
            _address("2001:db8:f::1", "r-rf"),
            *(
                f"ip -6 route add {prefix} via 2001:db8:f::2 dev r-rf"
                for prefix in (*plan.FOREIGN_PREFIXES, *plan.GENERATED_PREFIXES)
            ),
        ]
        gen = plan.link_local(plan.MACS["gen"])
        script["rf"] += [
            _address("2001:db8:f::2", "rf-r"),
            _address("2001:db8:3::1", "rf-l3"),
            _address("2001:db8:4::1", "rf-l4"),
            _default("2001:db8:f::1", "rf-r"),
            *(f"ip -6 route add {prefix} via {gen} dev rf-l3" for prefix in plan.GENERATED_PREFIXES),
        ]
        script["gen"] += [_no_advertisements(), _address("2001:db8:3::9", "eth0"), _default("2001:db8:3::1", "eth0")]
        for name, lines in script.items():
            up = [line for interface in self._interfaces(name) for line in _bring_up(interface, name)]
            self.shell(name, "sh", "-c", "set -e; ip link set lo up\n" + "\n".join(up + lines))

    def _interfaces(self, host: str) -> list[str]:
        names = [interface.name for interface in self.host(host).intfList() if interface.name != "lo"]
        return names or ["eth0"]

    def hosts(self) -> list[str]:
        """The names of all hosts."""
        assert self._mininet is not None
        return [node.name for node in self._mininet.hosts]

    def _advertise(self) -> None:
        """Router advertisements by radvd: r on the home link (not a home agent), rf on the foreign links."""
        for router, interfaces in (
            ("r", {"eth0": plan.HOME_PREFIX}),
            ("rf", {"rf-l3": plan.FOREIGN_PREFIXES[0], "rf-l4": plan.FOREIGN_PREFIXES[1]}),
        ):
            file = self.logs / f"radvd-{router}.conf"
            file.write_text("".join(_radvd(interface, prefix) for interface, prefix in interfaces.items()))
            self.spawn(f"radvd-{router}", radvd_command(file), host=router)


def is_ours(rule: str) -> bool:
    """Whether a rule as ovs-ofctl prints it has our cookie; Floodlight has rules of its own."""
    cookie = COOKIE.search(rule)
    return cookie is not None and int(cookie[1], 16) >> 48 == APPLICATION


def is_answered(ping: str) -> bool:
    """Whether ping got an answer to each request."""
    return " 0% packet loss" in ping


def radvd_command(file: Path) -> list[str]:
    """The command that runs radvd in the foreground on a configuration file."""
    return ["radvd", "-n", "-m", "stderr", "-u", "root", "-C", str(file), "-p", f"{file}.pid"]


def _radvd(interface: str, prefix: str) -> str:
    return f"""interface {interface} {{
  AdvSendAdvert on; MinRtrAdvInterval 0.5; MaxRtrAdvInterval 1.0; MinDelayBetweenRAs 0.1; AdvDefaultLifetime 60;
  AdvIntervalOpt on; # with it radvd allows the intervals of Mobile IPv6
  prefix {prefix} {{ AdvOnLink on; AdvAutonomous on; AdvValidLifetime 3600; AdvPreferredLifetime 1800; }};
}};
"""


def _bring_up(interface: str, host: str) -> list[str]:
    """Shell lines: no checksum offload (the user-space datapath completes none), addresses usable at once."""
    settings = f"sysctl -q -w net.ipv6.conf.{interface}"
    lines = [f"ip link set {interface} down", f"ethtool -K {interface} tx off >/dev/null"]
    if not host.startswith("mn"):
        lines += [f"{settings}.accept_dad=0", f"{settings}.router_solicitations=0"]
    return [*lines, f"ip link set {interface} up"]


def _no_advertisements() -> str:
    return "sysctl -q -w net.ipv6.conf.eth0.accept_ra=0"


def _address(address: str, interface: str) -> str:
    return f"ip -6 addr add {address}/64 dev {interface} nodad"


def _default(router: str, interface: str) -> str:
    return f"ip -6 route add default via {router} dev {interface}"
