"""Two home agents of one home link, one of which forwards for the other; scapy and the kernel are everybody else.

Usage: two_home_agents.py COMMAND...   (the command that starts a home agent, without --config)

Namespaces: primary, secondary, a router whose bridge is the home link, and a foreign link with the mobile node. This script speaks the
forwarding protocol by itself, as the representative and as another primary: nothing of the product's wire formats is used. Neighbor
discovery leads packets to whoever forwards, as the switches would. Prints each claim as it is seen to hold, and ends with status 1
at the first that is not.
"""

import hashlib
import hmac
import json
import os
import random
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time

from life_of_a_home_agent import Namespace, Scenario, Wire, binding_update, claim, run
from scapy.layers.inet6 import ICMPv6EchoReply, ICMPv6EchoRequest, ICMPv6ND_NA, ICMPv6ND_NS, IPv6, MIP6MH_BA, UDP
from scapy.layers.l2 import Ether

PRIMARY, SECONDARY = "2001:db8:1::11", "2001:db8:1::12"
REPRESENTATIVE, STRANGER = "2001:db8:1::fe", "2001:db8:1::13"
ROUTER, CORRESPONDENT = "2001:db8:1::1", "2001:db8:1::1"
HOME_ADDRESS, OTHER_HOME_ADDRESS = "2001:db8:1::100", "2001:db8:1::101"
CARE_OF_ADDRESS, NEXT_CARE_OF_ADDRESS = "2001:db8:3::100", "2001:db8:3::101"
MACS = {PRIMARY: "02:00:00:00:00:11", SECONDARY: "02:00:00:00:00:12"}
ROUTER_MAC, FOREIGN_ROUTER_MAC, MOBILE_NODE_MAC = "02:00:00:00:00:01", "02:00:00:00:03:01", "02:00:00:00:03:02"
PORT = 5439
KEY, NEXT_KEY = b"forwarding key of the home link", b"the next forwarding key, in time"

START, STOP, ORDER, REPORT, HELLO = 1, 3, 5, 7, 9
HOME, CARE_OF, SOURCE, FORWARDER = 1, 2, 3, 4
ADDRESS_OPTIONS = (HOME, CARE_OF, SOURCE, FORWARDER)


class Message:
    """One message, octet by octet as the protocol's description has it."""

    def __init__(self, octets):
        (self.version, self.type, self.length, self.key, self.sender, self.receiver, self.sequence, self.identifier,
         self.status, self.encapsulation, self.flags, self.epoch, self.duration) = struct.unpack_from(
            "!BBHIQQQIBBHQI", octets
        )  # fmt: skip
        assert (self.version, self.length) == (1, len(octets)), octets
        self.options = {}
        at = 52 + 0
        while at < len(octets) - 32:
            kind, length = octets[at], octets[at + 1]
            value = octets[at + 2 : at + 2 + length]
            self.options[kind] = socket.inet_ntop(socket.AF_INET6, value) if kind in ADDRESS_OPTIONS else value
            at += 2 + length
        assert at == len(octets) - 32, octets
        self.octets = octets

    def __repr__(self):
        return f"type {self.type} status {self.status} epoch {self.epoch} duration {self.duration} {self.options}"

    def is_genuine(self, source, destination, key=KEY):
        return hmac.compare_digest(self.octets[-32:], authenticator(source, destination, self.octets[:-32], key))


def authenticator(source, destination, covered, key):
    addresses = socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, destination)
    return hmac.new(key, addresses + covered, hashlib.sha256).digest()


class Peer:
    """Speaks the protocol from one address, one request at a time."""

    def __init__(self, namespace, address):
        self.address = address
        self.session = random.getrandbits(63) + 1
        self.sessions = {}
        self.sequence = 0
        self.identifier = random.getrandbits(30)
        self.epoch = 0
        self.key = (1, KEY)
        self.socket = namespace.inside(lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
        self.socket.bind((address, PORT))
        self.heard = []

    def octets(self, to, kind, identifier, status=0, encapsulation=0, epoch=0, duration=0, options=()):
        self.sequence += 1
        rest = b"".join(struct.pack("!BB", kind, len(value)) + value for kind, value in options)
        length = 52 + len(rest) + 32
        octets = struct.pack(
            "!BBHIQQQIBBHQI", 1, kind, length, self.key[0], self.session, self.sessions.get(to, 0), self.sequence,
            identifier, status, encapsulation, 0, epoch, duration,
        ) + rest  # fmt: skip
        return octets + authenticator(self.address, to, octets, self.key[1])

    def send(self, to, octets):
        self.socket.sendto(octets, (to, PORT))

    def receive(self, wanted, seconds=3.0):
        """The first message that `wanted` likes; requests of others are kept, and sessions are told."""
        for kept in self.heard:
            if wanted(*kept):
                self.heard.remove(kept)
                return kept
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                octets, source = self.socket.recvfrom(2048)
            except TimeoutError:
                break
            source = source[0]
            message = Message(octets)
            assert message.is_genuine(source, self.address, self.key[1]), message
            if message.type % 2 == 1 and message.receiver != self.session:
                self.sessions[source] = message.sender
                self.send(source, self.octets(source, message.type + 1, message.identifier, status=141))
                continue
            self.sessions[source] = message.sender
            if wanted(source, message):
                return source, message
            if message.type == HELLO:
                self.send(source, self.octets(source, HELLO + 1, message.identifier))
            elif message.type % 2 == 1:
                self.heard.append((source, message))
        return None

    def ask(self, to, kind, **more):
        """Sends a request and returns its acknowledgement."""
        self.identifier += 1
        for _ in range(5):
            self.send(to, self.octets(to, kind, self.identifier, **more))
            found = self.receive(
                lambda source, message: message.type == kind + 1 and message.identifier == self.identifier, 2
            )
            if found and found[1].status != 141:
                return found[1]
        raise AssertionError(f"{to} does not answer a request of type {kind}")

    def acknowledge(self, source, request, status=0):
        self.send(source, self.octets(source, request.type + 1, request.identifier, status=status, epoch=request.epoch,
                                      options=[(HOME, packed(request.options[HOME]))]))  # fmt: skip

    def answer_reports(self):
        """Acknowledges whatever is reported by now."""
        while found := self.receive(lambda source, message: message.type == REPORT, 0.05):
            self.acknowledge(*found)

    def next_epoch(self):
        """That of a mobile node that has registered now: milliseconds, and 16 bits that count."""
        self.epoch = max(self.epoch + 1, int(time.time() * 1000) << 16)
        return self.epoch


def packed(address):
    return socket.inet_pton(socket.AF_INET6, address)


def addresses(**named):
    kinds = {"home": HOME, "care_of": CARE_OF, "source": SOURCE, "forwarder": FORWARDER}
    return [(kinds[name], packed(address)) for name, address in named.items()]


class HomeAgent:
    def __init__(self, play, letter, address, configuration):
        self.play, self.address, self.configuration = play, address, dict(configuration)
        self.namespace = play.namespace(letter)
        self.directory = os.path.join(play.directory, letter)
        os.mkdir(self.directory)
        self.process = None

    def configure(self, **delegation):
        self.configuration = {**self.configuration, **delegation}
        whole = {
            "interface": "eth0",
            "address": f"{self.address}/64",
            "routerAdvertisementInterval": 0.5,
            "statePath": os.path.join(self.directory, "state"),
            "authentication": "none",
            "delegation": self.configuration,
        }
        with open(os.path.join(self.directory, "new"), "w") as out:
            json.dump(whole, out)
        os.rename(os.path.join(self.directory, "new"), os.path.join(self.directory, "ha.yaml"))

    def start(self):
        log = open(os.path.join(self.directory, "log"), "a")
        status = os.path.join(self.directory, "state", "status.json")
        if os.path.exists(status):
            os.remove(status)
        self.process = self.namespace.start(
            *self.play.command, "--config", os.path.join(self.directory, "ha.yaml"), stdout=log, stderr=log
        )
        Scenario.eventually(lambda: os.path.exists(status), lambda there: there)

    def status(self):
        with open(os.path.join(self.directory, "state", "status.json")) as status:
            return json.load(status)

    def until(self, wanted, seconds=30):
        Scenario.eventually(self.status, wanted, seconds)

    def kill(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        return self.process.wait(10)

    def hang_up(self):
        # The command is a child of what enters the namespace only in name: ip(8) becomes it.
        self.process.send_signal(signal.SIGHUP)

    def said(self):
        with open(os.path.join(self.directory, "log")) as log:
            return log.read()


class Play:
    def __init__(self, command):
        self.command = command
        self.directory = tempfile.mkdtemp(prefix="two-home-agents-")
        self.namespaces = []
        self.sequence = 100
        self.reported = 0
        keys = {}
        for name, octets in (("one", KEY), ("two", NEXT_KEY)):
            keys[name] = os.path.join(self.directory, name)
            with open(os.open(keys[name], os.O_CREAT | os.O_WRONLY, 0o600), "wb") as out:
                out.write(octets + b"\n")
        self.first_key = {"id": 1, "keyFile": keys["one"]}
        self.next_key = {"id": 2, "keyFile": keys["two"]}

    def namespace(self, letter):
        made = Namespace(letter)
        self.namespaces.append(made)
        return made

    def __enter__(self):
        self.router, self.mobile = self.namespace("r"), self.namespace("m")
        delegation = {"keys": [self.first_key], "representative": REPRESENTATIVE, "gracePeriod": 1.0}
        self.primary = HomeAgent(self, "p", PRIMARY, delegation)
        self.secondary = HomeAgent(self, "s", SECONDARY, delegation)
        for agent in self.agents():
            agent.configure()
        router = self.router
        router.ip("link", "add", "home", "address", ROUTER_MAC, "type", "bridge", "mcast_snooping", "0")
        router.sysctl("net.ipv6.conf.home.accept_dad=0")
        router.ip("link", "set", "home", "up")
        for agent in self.agents():
            port = f"to{agent.address[-2:]}"
            Scenario.cable(agent.namespace, "eth0", MACS[agent.address], router, port, "02:00:00:00:01:" + agent.address[-2:])
            router.ip("link", "set", port, "master", "home")
            agent.namespace.ip("addr", "add", f"{agent.address}/64", "dev", "eth0", "nodad")
            agent.namespace.ip("route", "add", "default", "via", ROUTER)
        Scenario.cable(self.mobile, "eth0", MOBILE_NODE_MAC, router, "away", FOREIGN_ROUTER_MAC)
        for namespace, interface, address in (
            (router, "home", ROUTER),
            (router, "home", REPRESENTATIVE),
            (router, "home", STRANGER),
            (router, "away", "2001:db8:3::1"),
            (self.mobile, "eth0", CARE_OF_ADDRESS),
            (self.mobile, "eth0", NEXT_CARE_OF_ADDRESS),
        ):
            namespace.ip("addr", "add", f"{address}/64", "dev", interface, "nodad")
        router.sysctl("net.ipv6.conf.all.forwarding=1")
        self.home = Wire(router, "home")
        self.away = Wire(self.mobile, "eth0")
        self.between = Wire(router, "to12", both=True)
        self.representative = Peer(router, REPRESENTATIVE)
        self.stranger = Peer(router, STRANGER)
        for agent in self.agents():
            agent.start()
        return self

    def agents(self):
        return self.primary, self.secondary

    def __exit__(self, kind, value, trace):
        for agent in self.agents():
            if agent.process and agent.process.poll() is None:
                agent.process.kill()
                agent.process.wait()
        if kind:
            for agent in self.agents():
                print(agent.address, agent.said(), flush=True)
        for namespace in self.namespaces:
            namespace.remove()
        shutil.rmtree(self.directory)

    # --- the mobile node ---

    def send_update(self, home_address=HOME_ADDRESS, care_of_address=CARE_OF_ADDRESS, lifetime=600, home_agent=PRIMARY):
        self.sequence += 1
        packet = binding_update(
            self.sequence, lifetime, care_of_address, home_address, signed=False, home_agent=home_agent
        )
        self.away.send(Ether(src=MOBILE_NODE_MAC, dst=FOREIGN_ROUTER_MAC) / packet)

    def expect_acknowledgement(self, care_of_address=CARE_OF_ADDRESS, status=0, seconds=5.0):
        answer = self.away.expect(
            "an acknowledgement", lambda frame: frame if MIP6MH_BA in frame and frame[IPv6].dst == care_of_address else None, seconds
        )
        assert answer[MIP6MH_BA].status == status, answer.show(dump=True)
        return answer

    def register(self, home_address=HOME_ADDRESS, care_of_address=CARE_OF_ADDRESS, **more):
        self.away.drain()
        self.send_update(home_address, care_of_address, **more)
        answer = self.expect_acknowledgement(care_of_address)
        assert answer[MIP6MH_BA].seq == self.sequence, answer.show(dump=True)

    def ping(self, care_of_address=CARE_OF_ADDRESS, source=PRIMARY, home_address=HOME_ADDRESS):
        """A packet there and back; the outer addresses are the same whoever forwards."""
        self.away.drain()
        ping = self.router.start("ping", "-6", "-q", "-I", ROUTER, "-c", "1", "-W", "3", home_address, stdout=-3, stderr=-3)
        asked = self.away.expect(
            "the tunnelled echo request",
            lambda frame: frame if ICMPv6EchoRequest in frame and frame[IPv6].nh == 41 else None,
        )
        assert (asked[IPv6].src, asked[IPv6].dst) == (source, care_of_address), asked.show(dump=True)
        request = asked[IPv6].payload[ICMPv6EchoRequest]
        self.away.send(
            Ether(src=MOBILE_NODE_MAC, dst=FOREIGN_ROUTER_MAC)
            / IPv6(src=care_of_address, dst=source)
            / IPv6(src=home_address, dst=ROUTER)
            / ICMPv6EchoReply(id=request.id, seq=request.seq, data=request.data)
        )
        assert ping.wait(10) == 0, "no echo reply"

    def forwarders(self, **more):
        """Which home agents put an echo request into the tunnel, by the link-layer addresses of what they sent."""
        self.home.drain()
        self.ping(**more)
        seen = []

        def note(frame):
            if IPv6 in frame and frame[IPv6].nh == 41 and frame.src in MACS.values() and ICMPv6EchoRequest in frame:
                seen.append(frame.src)

        self.home.expect_nothing("more", note, 0.1)
        return seen

    def assert_forwarded_by(self, agent, **more):
        seen = self.forwarders(**more)
        assert seen == [MACS[agent.address]], seen

    def until_forwarded_by(self, agent, **more):
        Scenario.eventually(lambda: self.forwarders(**more), lambda seen: seen == [MACS[agent.address]])

    # --- the home link ---

    def lead_to(self, address):
        """Whatever was heard on the home link, packets for the home address go to this home agent."""
        mac = MACS[address]
        self.router.ip("neigh", "replace", HOME_ADDRESS, "lladdr", mac, "dev", "home", "nud", "permanent")

    def solicit(self, target=HOME_ADDRESS, source="fe80::ff:fe00:1"):
        self.home.drain()
        low = f"{int(target.split(':')[-1], 16):06x}"
        group_mac = f"33:33:ff:{low[:2]}:{low[2:4]}:{low[4:]}"
        self.home.send(
            Ether(src=ROUTER_MAC, dst=group_mac)
            / IPv6(src=source, dst=f"ff02::1:ff{low[:2]}:{low[2:]}", hlim=255)
            / ICMPv6ND_NS(tgt=target)
        )

    @staticmethod
    def advertisement(address, target=HOME_ADDRESS, override=None):
        return lambda frame: (
            frame
            if ICMPv6ND_NA in frame
            and frame[ICMPv6ND_NA].tgt == target
            and frame.src == MACS[address]
            and override in (None, frame[ICMPv6ND_NA].O)
            else None
        )

    # --- the plot ---

    def order(self, forwarder, home_address=HOME_ADDRESS):
        options = addresses(home=home_address, forwarder=forwarder)
        return self.representative.ask(PRIMARY, ORDER, epoch=self.representative.next_epoch(), options=options)

    def report(self, forwarder, home_address=HOME_ADDRESS, seconds=5.0):
        """
        The report that this home agent forwards: newer than those before, of which repetitions may still come. One that names
        another is of a moment before, and acknowledged.
        """

        def wanted(source, message):
            return message.type == REPORT and message.options[HOME] == home_address and message.epoch > self.reported

        while found := self.representative.receive(wanted, seconds):
            source, message = found
            assert (source, message.status) == (PRIMARY, 0), message
            self.reported = message.epoch
            if message.options[FORWARDER] == forwarder:
                return message
            self.representative.acknowledge(source, message)
        raise AssertionError(f"no report that {forwarder} forwards")

    def crossing(self, source, kind, seconds=3.0):
        """A message between the home agents, as it is seen on the home link."""

        def wanted(frame):
            if UDP in frame and frame[UDP].dport == PORT and frame[IPv6].src == source:
                message = Message(bytes(frame[UDP].payload))
                if message.type == kind and message.status != 141:
                    assert message.is_genuine(source, frame[IPv6].dst), message
                    return message
            return None

        return self.between.expect(f"a message of type {kind} from {source}", wanted, seconds)

    def play(self):
        self.late()
        self.restarts()
        self.changes()
        self.refusals()
        self.ends()
        self.keys()
        self.strict()
        self.shares()

    def late(self):
        self.register()
        self.assert_forwarded_by(self.primary)
        self.home.drain()
        self.between.drain()
        assert self.order(SECONDARY).status == 0
        start = self.crossing(PRIMARY, START)
        assert (start.options[CARE_OF], start.options[SOURCE]) == (CARE_OF_ADDRESS, PRIMARY), start
        assert start.encapsulation == 41 and 590 < start.duration <= 600, start
        acknowledged = self.crossing(SECONDARY, START + 1)
        assert (acknowledged.status, acknowledged.epoch) == (0, start.epoch), acknowledged
        claim("ordered to delegate, starts the secondary with care-of address, its own address as source, and the lifetime")

        for seconds in (0.5, 2.0, 3.0):
            self.home.expect("an announcement", self.advertisement(SECONDARY, override=1), seconds)
        claim("the secondary says at once, a second and three seconds later that it has the mobile node's packets")

        report = self.report(SECONDARY)
        assert report.epoch >= start.epoch and report.options[CARE_OF] == CARE_OF_ADDRESS
        self.assert_forwarded_by(self.secondary)
        self.solicit()
        self.home.expect("the secondary's answer", self.advertisement(SECONDARY))
        self.home.expect_nothing("the primary's answer", self.advertisement(PRIMARY))
        self.representative.acknowledge(PRIMARY, report)
        claim("reports who forwards; the secondary answers for the home address, and the primary does not")

        # Packets that still come to the primary go on to the secondary, after the grace period; the kernel sees to it.
        self.lead_to(PRIMARY)
        self.assert_forwarded_by(self.primary)
        self.until_forwarded_by(self.secondary)
        claim("afterwards the primary takes packets out of the tunnel, puts none in, and sends on what still comes")

    def restarts(self):
        self.lead_to(SECONDARY)
        self.secondary.kill()
        self.ping()
        self.secondary.start()
        self.router.ip("neigh", "del", HOME_ADDRESS, "dev", "home")
        self.secondary.until(lambda status: status["delegation"]["entries"] == 1)
        self.assert_forwarded_by(self.secondary)
        claim("a secondary that is killed goes on, and knows for whom it forwards when it is started again")

        self.primary.kill()
        self.primary.start()
        self.solicit()
        self.home.expect("the secondary's answer", self.advertisement(SECONDARY))
        self.home.expect_nothing("the primary's answer", self.advertisement(PRIMARY))
        self.assert_forwarded_by(self.secondary)
        claim("a primary that is killed and started again knows who forwards, and stays silent")

    def changes(self):
        self.between.drain()
        self.register(care_of_address=NEXT_CARE_OF_ADDRESS)
        start = self.crossing(PRIMARY, START)
        assert start.options[CARE_OF] == NEXT_CARE_OF_ADDRESS
        assert self.crossing(SECONDARY, START + 1).status == 0
        self.assert_forwarded_by(self.secondary, care_of_address=NEXT_CARE_OF_ADDRESS)
        claim("a new care-of address reaches the secondary")

        self.home.drain()
        assert self.order(PRIMARY).status == 0
        self.home.expect("the primary's announcement", self.advertisement(PRIMARY, override=1))
        self.representative.acknowledge(PRIMARY, self.report(PRIMARY))
        self.secondary.until(lambda status: status["delegation"]["entries"] == 0)
        self.assert_forwarded_by(self.primary, care_of_address=NEXT_CARE_OF_ADDRESS)
        self.solicit()
        self.home.expect("the primary's answer", self.advertisement(PRIMARY))
        claim("ordered to take back, the primary announces itself and forwards, and the secondary is stopped")

        assert self.order(SECONDARY).status == 0
        self.representative.acknowledge(PRIMARY, self.report(SECONDARY))
        self.register(home_agent=SECONDARY)
        # Told by nobody, the primary takes back what the secondary gave up, and announces itself, too; switches know better.
        self.lead_to(SECONDARY)
        self.assert_forwarded_by(self.secondary, source=SECONDARY)
        self.router.ip("neigh", "del", HOME_ADDRESS, "dev", "home")
        self.secondary.until(lambda status: status["delegation"]["entries"] == 0)
        self.register(home_agent=SECONDARY, lifetime=0)
        claim("a mobile node that registers at the secondary itself is its own from then on")

        self.register(lifetime=0)
        refused = self.order(SECONDARY)
        assert refused.status == 135, refused
        claim("refuses an order for a mobile node that is not bound")

    def start_by_stranger(self, home=HOME_ADDRESS, care_of=CARE_OF_ADDRESS, source=STRANGER, **more):
        wanted = {"encapsulation": 41, "epoch": self.stranger.next_epoch(), "duration": 600, **more}
        options = addresses(home=home, care_of=care_of, source=source)
        return self.stranger.ask(SECONDARY, START, options=options, **wanted)

    def refusals(self):
        first = self.start_by_stranger()
        assert first.status == 0, first
        for status, wrong in (
            (130, {"home": "2001:db8:2::1"}),
            (130, {"home": SECONDARY}),
            (131, {"epoch": first.epoch - 1}),
            (132, {"duration": 0}),
            (133, {"encapsulation": 4}),
            (137, {"care_of": "ff02::1"}),
        ):
            refused = self.start_by_stranger(**wrong)
            assert refused.status == status, (wrong, refused)
        self.secondary.until(lambda status: status["delegation"]["entries"] == 1)
        claim("refuses what is wrong with the reason, and changes nothing")

        identifier = self.stranger.identifier + 1000
        good = self.stranger.octets(
            SECONDARY, STOP, identifier, epoch=self.stranger.next_epoch(), options=addresses(home=HOME_ADDRESS)
        )
        forged = good[:60] + bytes([good[60] ^ 1]) + good[61:]
        hello = self.stranger.octets(SECONDARY, HELLO, identifier + 1)
        for octets in (b"", b"\1", b"\2" + good[1:], good[:-1], good + b"\0", forged, hello, hello, os.urandom(1400)):
            self.stranger.send(SECONDARY, octets)
        answered = [self.stranger.receive(lambda source, message: True, 1.0) for _ in range(2)]
        assert answered[0][1].type == HELLO + 1 and answered[1] is None, answered

        def counted(status):
            counters = status["delegation"]["counters"]
            return (
                counters["ignoredMalformed"] == 4
                and counters["ignoredVersion"] >= 1
                and counters["ignoredAuthentication"] == 1
                and counters["ignoredReplay"] == 1
                and status["delegation"]["entries"] == 1
            )

        self.secondary.until(counted)
        claim("says nothing to what is malformed, forged or replayed, and counts it")

    def ends(self):
        assert self.start_by_stranger().status == 0
        self.solicit(source="::")
        self.home.expect("a defence", self.advertisement(SECONDARY))

        def look():
            self.solicit(source="::")
            return self.secondary.status()["counters"]["duplicateDetectionsConceded"]

        Scenario.eventually(look, lambda conceded: conceded > 0)
        claim("defends the home address, until its home agent is not heard any more")

        assert self.start_by_stranger(duration=2).status == 0
        self.solicit()
        self.home.expect("the secondary's answer", self.advertisement(SECONDARY))
        self.secondary.until(lambda status: status["delegation"]["counters"]["forwardingExpired"] == 1)
        self.secondary.until(lambda status: status["delegation"]["entries"] == 0)
        self.solicit()
        self.home.expect_nothing("the secondary's answer", self.advertisement(SECONDARY))
        claim("stops by itself when the duration is over")

    def keys(self):
        for agent in self.agents():
            agent.configure(keys=[self.first_key, self.next_key])
            agent.hang_up()
        for agent in self.agents():
            Scenario.eventually(agent.said, lambda said: "event=reloaded" in said)
        self.stranger.key = self.representative.key = (2, NEXT_KEY)
        # Theirs still signs with the first key.
        self.stranger.send(SECONDARY, self.stranger.octets(SECONDARY, HELLO, 7))
        self.stranger.key = (1, KEY)
        assert self.stranger.receive(lambda source, message: message.identifier == 7), "no answer to the next key"
        for agent in self.agents():
            agent.configure(keys=[self.next_key])
            agent.hang_up()
        for agent in self.agents():
            Scenario.eventually(agent.said, lambda said: said.count("event=reloaded") == 2)
        self.stranger.key = (2, NEXT_KEY)
        assert self.stranger.ask(SECONDARY, HELLO).status == 0
        claim("keys are replaced without a restart")
        for agent in self.agents():
            agent.configure(keys=[self.first_key])
            agent.hang_up()
        self.stranger.key = self.representative.key = (1, KEY)
        for agent in self.agents():
            Scenario.eventually(agent.said, lambda said: said.count("event=reloaded") == 3)

    def strict(self):
        self.primary.configure(mode="strict", secondaries=[SECONDARY])
        self.primary.hang_up()
        Scenario.eventually(self.primary.said, lambda said: said.count("event=reloaded") == 4)
        self.between.drain()
        self.away.drain()
        self.home.drain()
        self.send_update()
        start = self.crossing(PRIMARY, START)
        self.away.expect_nothing("an acknowledgement", lambda frame: MIP6MH_BA in frame, 0.0)
        acknowledged = self.crossing(SECONDARY, START + 1)
        assert (acknowledged.status, acknowledged.epoch) == (0, start.epoch)
        self.expect_acknowledgement()
        self.home.expect_nothing("an announcement of the primary", self.advertisement(PRIMARY), 0.0)
        self.representative.acknowledge(PRIMARY, self.report(SECONDARY))
        self.assert_forwarded_by(self.secondary)
        claim("strict: acknowledges when the secondary has agreed, and does not announce itself")

        told = self.secondary.said().count("cause=told")
        self.register(lifetime=0)
        Scenario.eventually(lambda: self.secondary.said().count("cause=told"), lambda count: count == told + 1)
        claim("a release stops the secondary")

        self.secondary.process.send_signal(signal.SIGSTOP)
        self.between.drain()
        self.away.drain()
        self.send_update()
        first = self.crossing(PRIMARY, START)
        self.send_update()
        again = self.crossing(PRIMARY, START)
        answer = self.expect_acknowledgement(seconds=10)
        assert (again.identifier, again.epoch) == (first.identifier, first.epoch), (first, again)
        assert answer[MIP6MH_BA].seq == self.sequence
        self.secondary.process.send_signal(signal.SIGCONT)
        self.router.ip("neigh", "flush", "dev", "home")
        claim("strict: forwards itself when the secondary is silent; a repeated binding update is no new one")

    def shares(self):
        self.primary.configure(mode="late", policy="equal", secondaries=[])
        del self.primary.configuration["secondaries"]
        self.primary.configure(policy="none")
        self.primary.hang_up()
        Scenario.eventually(self.primary.said, lambda said: said.count("event=reloaded") == 5)
        for number in range(3):
            self.register(home_address=f"2001:db8:1::{200 + number}")
        self.primary.configure(policy="equal", secondaries=[SECONDARY])
        self.primary.hang_up()

        def entries():
            self.representative.answer_reports()
            return self.secondary.status()["delegation"]["entries"]

        Scenario.eventually(entries, lambda held: held == 2, 60)
        claim("a secondary that is added gets its share of the mobile nodes that are registered")
        for agent in self.agents():
            assert agent.kill(signal.SIGTERM) == 0
        claim("both end")


if __name__ == "__main__":
    with Play(sys.argv[1:]) as play:
        try:
            play.play()
        except AssertionError as failure:
            print(f"FAILED: {failure}", flush=True)
            raise
