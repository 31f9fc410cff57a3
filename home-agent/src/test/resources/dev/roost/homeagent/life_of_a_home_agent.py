"""The life of a home agent, with scapy and the kernel as everybody else.

Usage: life_of_a_home_agent.py COMMAND...   (the command that starts the home agent, without --config)

Three namespaces: the home agent, a router that is also a host of the home link, and the foreign link where this script
plays the mobile node from raw sockets. Nothing of the product's own wire formats is used here. Prints each claim as it is
seen to hold, and ends with status 1 at the first that is not.
"""

import ctypes
import hashlib
import hmac
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

from scapy.layers.inet6 import (
    HAO,
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_RA,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptHAInfo,
    ICMPv6NDOptPrefixInfo,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrRouting,
    MIP6MH_BA,
    in6_chksum,
)
from scapy.layers.l2 import Ether
from scapy.packet import Raw

HOME_AGENT = "2001:db8:1::11"
HOME_ADDRESS = "2001:db8:1::100"
TAKEN_ADDRESS = "2001:db8:1::200"
ANYCAST = "2001:db8:1:0:fdff:ffff:ffff:fffe"
ROUTER = "2001:db8:1::1"
CARE_OF_ADDRESS = "2001:db8:3::100"
OTHER_CARE_OF_ADDRESS = "2001:db8:3::101"
HOME_AGENT_MAC = "02:00:00:00:00:11"
ROUTER_MAC = "02:00:00:00:00:01"
FOREIGN_ROUTER_MAC = "02:00:00:00:03:01"
MOBILE_NODE_MAC = "02:00:00:00:03:02"
SPI = 256
KEY = b"a key of sixteen or more octets"
LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000


def run(*command, check=True):
    return subprocess.run(command, check=check, capture_output=True, text=True).stdout


class Namespace:
    """A network namespace of its own name."""

    def __init__(self, letter):
        self.name = f"rha{os.getpid()}{letter}"
        run("ip", "netns", "add", self.name)
        self.ip("link", "set", "lo", "up")

    def ip(self, *arguments):
        return run("ip", "-n", self.name, *arguments)

    def sysctl(self, setting):
        run("ip", "netns", "exec", self.name, "sysctl", "-qw", setting)

    def start(self, *command, **more):
        return subprocess.Popen(["ip", "netns", "exec", self.name, *command], **more)

    def raw_socket(self, interface, protocol=0x86DD):
        return self.inside(lambda: self._raw_socket(interface, protocol))

    @staticmethod
    def _raw_socket(interface, protocol):
        opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(protocol))
        opened.bind((interface, protocol))
        return opened

    def inside(self, make):
        """What `make` returns when it is called in this namespace."""
        with open("/proc/self/ns/net") as here, open(f"/run/netns/{self.name}") as there:
            if LIBC.setns(there.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
            try:
                return make()
            finally:
                LIBC.setns(here.fileno(), CLONE_NEWNET)

    def leftovers(self):
        """What could be left behind in here."""
        return "\n".join(
            run("ip", "netns", "exec", self.name, *command.split(), check=False)
            for command in (
                "ip -6 rule",
                "ip -6 route show table all",
                "tc filter show dev eth0 ingress",
                "nft list ruleset",
                "sysctl net.ipv6.conf.all.forwarding net.ipv6.conf.eth0.forwarding",
                "ip maddress show dev eth0",
            )
        )

    def remove(self):
        run("ip", "netns", "del", self.name, check=False)


class Wire:
    """Frames in and out of one interface; of those that go out, none are seen unless `both` says so."""

    def __init__(self, namespace, interface, both=False):
        # Of a single protocol the kernel shows only what comes in.
        self.socket = namespace.raw_socket(interface, 0x0003 if both else 0x86DD)
        self.both = both

    def send(self, frame):
        self.socket.send(bytes(frame))

    def expect(self, what, wanted, seconds=3.0):
        """The first frame that `wanted` makes something of."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                octets, address = self.socket.recvfrom(65535)
            except TimeoutError:
                break
            if self.both or address[2] != socket.PACKET_OUTGOING:
                found = wanted(Ether(octets))
                if found:
                    return found
        raise AssertionError(f"not seen within {seconds} s: {what}")

    def expect_nothing(self, what, wanted, seconds=1.0):
        try:
            found = self.expect(what, wanted, seconds)
        except AssertionError:
            return
        raise AssertionError(f"seen, but should not be: {what}: {found!r}")

    def drain(self):
        self.socket.setblocking(False)
        try:
            while True:
                self.socket.recv(65535)
        except BlockingIOError:
            pass


def claim(text):
    print(f"  ok  {text}", flush=True)


def authenticator(care_of_address, home_address, covered, key=KEY):
    """RFC 4285, 5.1."""
    data = socket.inet_pton(socket.AF_INET6, care_of_address) + socket.inet_pton(socket.AF_INET6, home_address) + covered
    return hmac.new(key, data, hashlib.sha1).digest()[:12]


def binding_update(
    sequence, lifetime, care_of_address, home_address, signed=True, at_home=False, key=KEY, home_agent=HOME_AGENT
):
    """A binding update, octet by octet: 12 octets, alternate care-of address, authentication option, each with its padding."""
    mobility = struct.pack("!BBBBHHHH", 59, 0, 5, 0, 0, sequence, 0xC000, lifetime // 4)
    mobility += b"\x01\x00" + b"\x03\x10" + socket.inet_pton(socket.AF_INET6, care_of_address)
    if signed:
        mobility += b"\x00" + struct.pack("!BBBI", 9, 17, 1, SPI)
        total = len(mobility) + 12 + 4
        mobility = mobility[:1] + bytes([total // 8 - 1]) + mobility[2:]
        source = home_address if at_home else care_of_address
        mobility += authenticator(source, home_address, mobility, key) + b"\x01\x02\0\0"
    else:
        mobility = mobility[:1] + bytes([len(mobility) // 8 - 1]) + mobility[2:]
    assert len(mobility) % 8 == 0, len(mobility)
    checksum = in6_chksum(135, IPv6(src=home_address, dst=home_agent), mobility)
    mobility = mobility[:4] + struct.pack("!H", checksum) + mobility[6:]
    if at_home:
        return IPv6(src=home_address, dst=home_agent, nh=135) / Raw(mobility)
    options = IPv6ExtHdrDestOpt(nh=135, options=[HAO(hoa=home_address)])
    return IPv6(src=care_of_address, dst=home_agent, nh=60) / options / Raw(mobility)


def is_authentic(packet, destination, home_address):
    """Whether a binding acknowledgement's option, its last 19 octets and no padding behind it, is right."""
    octets = bytes(packet[MIP6MH_BA])
    at = octets.rfind(struct.pack("!BBBI", 9, 17, 1, SPI))
    covered = octets[:4] + b"\0\0" + octets[6 : at + 7]
    return at > 0 and octets[at + 7 : at + 19] == authenticator(destination, home_address, covered)


class Scenario:
    def __init__(self, command):
        self.command = command
        self.directory = tempfile.mkdtemp(prefix="life-of-a-home-agent-")
        self.namespaces = []
        self.process = None
        self.log = os.path.join(self.directory, "log")
        self.sequence = 1000

    def __enter__(self):
        self.agent, self.router, self.mobile = (self.namespace(letter) for letter in "hrm")
        self.cable(self.agent, "eth0", HOME_AGENT_MAC, self.router, "home", ROUTER_MAC)
        self.cable(self.mobile, "eth0", MOBILE_NODE_MAC, self.router, "away", FOREIGN_ROUTER_MAC)
        for namespace, interface, address in (
            (self.agent, "eth0", HOME_AGENT),
            (self.router, "home", ROUTER),
            (self.router, "home", TAKEN_ADDRESS),
            (self.router, "away", "2001:db8:3::1"),
            (self.mobile, "eth0", CARE_OF_ADDRESS),
        ):
            namespace.ip("addr", "add", f"{address}/64", "dev", interface, "nodad")
        self.router.sysctl("net.ipv6.conf.all.forwarding=1")
        self.agent.ip("route", "add", "default", "via", ROUTER)
        self.home = Wire(self.router, "home")
        self.away = Wire(self.mobile, "eth0")
        return self

    def namespace(self, letter):
        made = Namespace(letter)
        self.namespaces.append(made)
        return made

    @staticmethod
    def cable(one, one_name, one_mac, other, other_name, other_mac):
        run(
            *f"ip link add {one_name} netns {one.name} address {one_mac} type veth"
            f" peer name {other_name} netns {other.name} address {other_mac}".split()
        )
        for namespace, name in ((one, one_name), (other, other_name)):
            namespace.sysctl(f"net.ipv6.conf.{name}.accept_dad=0")
            namespace.ip("link", "set", name, "up")

    def __exit__(self, kind, value, trace):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for namespace in self.namespaces:
            namespace.remove()
        if kind:
            print(open(self.log).read() if os.path.exists(self.log) else "no log", flush=True)
        shutil.rmtree(self.directory)

    def configure(self, preference):
        key = os.path.join(self.directory, "key")
        with open(os.open(key, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as out:
            out.write(KEY + b"\n")
        for name in ("authentication", "privacy"):
            with open(os.open(os.path.join(self.directory, name), os.O_CREAT | os.O_WRONLY, 0o600), "w") as out:
                out.write(f"{name} passphrase\n")
        keys = [{"homeAddress": home, "spi": SPI, "keyFile": key} for home in (HOME_ADDRESS, TAKEN_ADDRESS)]
        configuration = {
            "interface": "eth0",
            "address": f"{HOME_AGENT}/64",
            "preference": preference,
            "routerAdvertisementInterval": 0.5,
            "statePath": os.path.join(self.directory, "state"),
            "authentication": {"keys": keys},
            "snmp": {
                "listen": f"[{HOME_AGENT}]:161",
                "user": "roost",
                "authenticationKeyFile": os.path.join(self.directory, "authentication"),
                "privacyKeyFile": os.path.join(self.directory, "privacy"),
                "notify": [f"[{ROUTER}]:162"],
            },
        }
        with open(os.path.join(self.directory, "new"), "w") as out:
            json.dump(configuration, out)
        os.rename(os.path.join(self.directory, "new"), os.path.join(self.directory, "ha.yaml"))

    def start(self):
        log = open(self.log, "a")
        command = [*self.command, "--config", os.path.join(self.directory, "ha.yaml")]
        self.process = self.agent.start(*command, stdout=log, stderr=log)
        self.home.drain()
        self.home.expect("a router advertisement", self.advertisement, 30)

    def snmp(self, tool, *arguments):
        return run(
            "ip", "netns", "exec", self.router.name,
            tool, "-v3", "-l", "authPriv", "-u", "roost", "-a", "SHA-256", "-A", "authentication passphrase",
            "-x", "AES", "-X", "privacy passphrase", "-m", "", "-On", "-t", "10",
            *arguments[:-1], f"udp6:[{HOME_AGENT}]:161", arguments[-1],
        )  # fmt: skip

    def status(self):
        with open(os.path.join(self.directory, "state", "status.json")) as status:
            return json.load(status)

    @staticmethod
    def eventually(look, wanted, seconds=30):
        """Tables and counters are shown a moment after what they tell of; fails with what was seen last."""
        end = time.monotonic() + seconds
        while not wanted(seen := look()):
            assert time.monotonic() < end, seen
            time.sleep(0.05)

    def end(self, how):
        begun = time.monotonic()
        self.process.send_signal(how)
        status = self.process.wait(10)
        return status, time.monotonic() - begun

    @staticmethod
    def advertisement(frame):
        return frame if ICMPv6ND_RA in frame and frame.src == HOME_AGENT_MAC else None

    def register(self, expected, sequence=None, lifetime=600, home_address=HOME_ADDRESS, **more):
        """Sends a binding update from the foreign link; returns the acknowledgement, which must have this status."""
        if sequence is None:
            self.sequence += 1
            sequence = self.sequence
        self.away.drain()
        care_of_address = more.pop("care_of_address", CARE_OF_ADDRESS)
        packet = binding_update(sequence, lifetime, care_of_address, home_address, **more)
        self.away.send(Ether(src=MOBILE_NODE_MAC, dst=FOREIGN_ROUTER_MAC) / packet)
        answer = self.away.expect(
            f"acknowledgement with status {expected}",
            lambda frame: frame if MIP6MH_BA in frame and frame[IPv6].dst == care_of_address else None,
        )
        assert answer[MIP6MH_BA].status == expected, answer.show(dump=True)
        assert answer[IPv6].src == HOME_AGENT
        assert answer[IPv6ExtHdrRouting].type == 2 and answer[IPv6ExtHdrRouting].addresses == [home_address]
        checksum = in6_chksum(135, IPv6(src=HOME_AGENT, dst=home_address), bytes(answer[MIP6MH_BA]))
        assert checksum in (0, 0xFFFF), f"checksum off by {checksum:#x}"
        assert is_authentic(answer, care_of_address, home_address), "the acknowledgement is not authentic"
        return answer[MIP6MH_BA]

    def solicit(self, target, source="fe80::ff:fe00:1"):
        self.home.drain()
        low = target.replace(":", "")[-6:] if target == ANYCAST else f"{int(target.split(':')[-1], 16):06x}"
        group = f"ff02::1:ff{low[:2]}:{low[2:]}"
        group_mac = f"33:33:ff:{low[:2]}:{low[2:4]}:{low[4:]}"
        self.home.send(
            Ether(src=ROUTER_MAC, dst=group_mac) / IPv6(src=source, dst=group, hlim=255) / ICMPv6ND_NS(tgt=target)
        )

    @staticmethod
    def answer_for(target):
        return lambda frame: (
            frame if ICMPv6ND_NA in frame and frame[ICMPv6ND_NA].tgt == target and frame.src == HOME_AGENT_MAC else None
        )

    def ping_through(self, answer_from=CARE_OF_ADDRESS):
        """The router pings the home address; the mobile node answers through the tunnel. Whether the answer arrived."""
        self.away.drain()
        ping = self.router.start(
            "ping", "-6", "-I", ROUTER, "-c", "1", "-W", "2", HOME_ADDRESS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        asked = self.away.expect(
            "the tunnelled echo request",
            lambda frame: frame if ICMPv6EchoRequest in frame and frame[IPv6].nh == 41 else None,
        )
        assert (asked[IPv6].src, asked[IPv6].dst) == (HOME_AGENT, CARE_OF_ADDRESS), asked.show(dump=True)
        inner = asked[IPv6].payload
        assert (inner.src, inner.dst) == (ROUTER, HOME_ADDRESS), asked.show(dump=True)
        request = inner[ICMPv6EchoRequest]
        answer = ICMPv6EchoReply(id=request.id, seq=request.seq, data=request.data)
        self.away.send(
            Ether(src=MOBILE_NODE_MAC, dst=FOREIGN_ROUTER_MAC)
            / IPv6(src=answer_from, dst=HOME_AGENT)
            / IPv6(src=HOME_ADDRESS, dst=ROUTER)
            / answer
        )
        return ping.wait(10) == 0

    def play(self):
        self.configure(10)
        before = self.agent.leftovers()
        self.start()
        status, took = self.end(signal.SIGTERM)
        after = self.agent.leftovers()
        assert (status, after) == (0, before), f"left behind:\n{before}\nis now\n{after}"
        claim("puts everything back as it was, forwarding included")

        # A process that is killed cannot put settings back, and the next one cannot know what they were.
        self.agent.sysctl("net.ipv6.conf.all.forwarding=1")
        before = self.agent.leftovers()
        self.start()
        advertised = self.home.expect("a router advertisement", self.advertisement)
        assert advertised[ICMPv6ND_RA].H == 1 and advertised[ICMPv6ND_RA].routerlifetime == 0
        assert advertised[ICMPv6NDOptPrefixInfo].R == 1 and advertised[ICMPv6NDOptPrefixInfo].prefix == HOME_AGENT
        information = advertised[ICMPv6NDOptHAInfo]
        assert (information.pref, information.lifetime) == (10, 1800)
        claim("advertises itself with H bit, full address, preference and lifetime")

        self.configure(40000)
        self.home.expect(
            "the new preference",
            lambda frame: self.advertisement(frame) and frame[ICMPv6NDOptHAInfo].pref == 40000,
        )
        claim("reads the preference before every advertisement")

        for forged in ({"signed": False}, {"key": b"not the key of sixteen octets"}):
            packet = binding_update(900, 600, CARE_OF_ADDRESS, HOME_ADDRESS, **forged)
            self.away.send(Ether(src=MOBILE_NODE_MAC, dst=FOREIGN_ROUTER_MAC) / packet)
        refusal = self.away.expect("status 146", lambda frame: frame if MIP6MH_BA in frame else None)
        assert refusal[MIP6MH_BA].status == 146
        assert struct.pack("!BBBI", 9, 17, 1, SPI) not in bytes(refusal), refusal.show(dump=True)
        self.away.expect_nothing("another answer", lambda frame: MIP6MH_BA in frame)
        claim("answers status 146, unsigned, to a wrong key, and nothing to an update without authentication")

        self.home.drain()
        begun = time.monotonic()
        acknowledged = self.register(0)
        took = time.monotonic() - begun
        assert 0.99 < took < 1.5, f"{took} s"
        assert acknowledged.seq == self.sequence and acknowledged.mhtime == 150, acknowledged.show(dump=True)
        probe = self.home.expect("a probe", lambda frame: frame if ICMPv6ND_NS in frame else None)
        assert (probe[IPv6].src, probe[ICMPv6ND_NS].tgt) == ("::", HOME_ADDRESS)
        announced = self.home.expect("an announcement", self.answer_for(HOME_ADDRESS))
        flags = announced[ICMPv6ND_NA]
        assert announced[IPv6].dst == "ff02::1" and (flags.R, flags.S, flags.O) == (0, 0, 1)
        assert announced[ICMPv6NDOptDstLLAddr].lladdr == HOME_AGENT_MAC
        claim(f"registers after duplicate address detection ({took:.3f} s) and announces itself")

        self.solicit(HOME_ADDRESS)
        answered = self.home.expect("an answer", self.answer_for(HOME_ADDRESS))
        flags = answered[ICMPv6ND_NA]
        assert answered.dst == ROUTER_MAC and (flags.R, flags.S, flags.O) == (0, 1, 0)
        self.solicit(HOME_ADDRESS, source="::")
        self.home.expect("a defence", self.answer_for(HOME_ADDRESS))
        claim("answers for the home address and defends it")

        octets = ".".join(str(octet) for octet in socket.inet_pton(socket.AF_INET6, HOME_ADDRESS))
        row = f".1.3.6.1.2.1.133.1.1.2.1.1.4.2.16.{octets} = Hex-STRING: 20 01 0D B8 00 03 "
        self.eventually(
            lambda: self.snmp("snmpwalk", "-Ox", "1.3.6.1.2.1.133.1.1.2.1.1.4"),
            lambda told: told.startswith(row) and told.count("\n") == 1,
        )
        self.eventually(
            lambda: self.snmp("snmpget", "1.3.6.1.4.1.8072.9999.9999.4295.1.0"),
            lambda told: told.endswith("Gauge32: 1\n"),
        )
        self.eventually(
            lambda: self.status()["snmp"], lambda told: told == {"notificationsSent": 1, "notificationsDropped": 0}
        )
        claim("tells managers of the binding, asked and unasked")

        self.solicit(ANYCAST)
        self.home.expect_nothing("an answer for the anycast address", self.answer_for(ANYCAST))
        claim("says nothing for the anycast address of all home agents")

        assert self.ping_through(), "no echo reply"
        claim("tunnels in both directions, outer source its own address")

        assert not self.ping_through(answer_from=OTHER_CARE_OF_ADDRESS), "came out of the tunnel"
        claim("drops what comes out of the tunnel from another than the registered care-of address")

        refused = self.register(135, sequence=self.sequence)
        assert refused.seq == self.sequence
        claim("refuses a replay with status 135 and the last sequence number")

        self.register(134, sequence=1, home_address=TAKEN_ADDRESS)
        claim("refuses a home address that a host of the home link has with status 134")

        self.end(signal.SIGKILL)
        assert self.ping_through(), "no echo reply"
        claim("killed, leaves a tunnel that still works")
        self.start()
        assert self.ping_through(), "no echo reply"
        self.register(135, sequence=self.sequence)
        begun = time.monotonic()
        self.register(0)
        assert time.monotonic() - begun < 0.5, "detected duplicate addresses again"
        claim("started again, knows binding and sequence number and goes on at once")

        self.home.drain()
        status, took = self.end(signal.SIGTERM)
        assert status == 0 and took < 5, (status, took)
        for _ in range(3):
            last = self.home.expect(
                "a last advertisement", lambda frame: self.advertisement(frame) and not frame[ICMPv6ND_RA].H and frame
            )
            assert last[ICMPv6ND_RA].routerlifetime == 0 and ICMPv6NDOptHAInfo not in last
        after = self.agent.leftovers()
        assert after == before, f"left behind:\n{before}\nis now\n{after}"
        claim(f"ends in {took:.1f} s, says so three times, and leaves nothing behind")

        self.start()
        assert self.ping_through(), "no echo reply"
        claim("started again after that, still has the binding")

        self.sequence += 1
        packet = binding_update(self.sequence, 0, HOME_ADDRESS, HOME_ADDRESS, at_home=True)
        self.home.drain()
        self.home.send(Ether(src="02:00:00:00:99:99", dst=HOME_AGENT_MAC) / packet)
        released = self.home.expect("an acknowledgement at home", lambda frame: frame if MIP6MH_BA in frame else None)
        assert released.dst == "02:00:00:00:99:99" and released[IPv6].dst == HOME_ADDRESS
        assert released[IPv6].nh == 135 and (released[MIP6MH_BA].status, released[MIP6MH_BA].mhtime) == (0, 0)
        assert is_authentic(released, HOME_ADDRESS, HOME_ADDRESS)
        self.solicit(HOME_ADDRESS)
        self.home.expect_nothing("an answer for the home address", self.answer_for(HOME_ADDRESS))
        claim("deregisters a mobile node at home, at its link-layer address, and is silent for it")

        self.register(133, lifetime=0)
        claim("answers another deregistration with status 133")

        status, took = self.end(signal.SIGTERM)
        assert status == 0 and self.agent.leftovers() == before
        claim("ends and leaves nothing behind")


if __name__ == "__main__":
    with Scenario(sys.argv[1:]) as scenario:
        try:
            scenario.play()
        except AssertionError as failure:
            print(f"FAILED: {failure}", flush=True)
            sys.exit(1)
