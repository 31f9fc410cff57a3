"""Dissects a capture with scapy and prints, for each frame, one line of tab-separated Layer.field=value.

Fields of layers that occur more than once are joined with commas. The key "checksum" says whether scapy computes the checksum that
the outermost ICMPv6 or Mobility Header message carries.
"""

import logging
import sys

logging.getLogger("scapy").setLevel(logging.CRITICAL)

from scapy.all import Ether, Packet, Raw, raw, rdpcap  # noqa: E402
from scapy.layers.inet6 import HAO, IPv6, IPv6ExtHdrDestOpt  # noqa: E402


def text(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (list, tuple)):
        return " ".join(text(item) for item in value)
    return str(value)


def dump(packet, found):
    layer = packet
    while isinstance(layer, Packet) and layer.name != "NoPayload":
        for field in layer.fields_desc:
            value = layer.getfieldval(field.name)
            if isinstance(value, list) and value and isinstance(value[0], Packet):
                for option in value:
                    dump(option, found)
            else:
                found.setdefault(type(layer).__name__ + "." + field.name, []).append(text(value))
        layer = layer.payload


def checksum(packet):
    copy = Ether(raw(packet))
    layer = copy
    while layer.name != "NoPayload" and "cksum" not in layer.fields:
        layer = layer.payload
    if layer.name == "NoPayload":
        return "none"
    carried = layer.cksum
    kind, at = type(layer), 0
    # Scapy takes the home address for the source only if the Home Address option stands alone; its padding is in no checksum.
    for header in copy.iterpayloads():
        if isinstance(header, IPv6ExtHdrDestOpt):
            header.options = [option for option in header.options if isinstance(option, HAO)]
    copy[IPv6].plen = None
    del layer.cksum
    computed = Ether(raw(copy)).getlayer(kind).cksum
    return "good" if computed == carried else "carried %04x computed %04x" % (carried, computed)


for frame in rdpcap(sys.argv[1]):
    packet = Ether(raw(frame))
    fields = {}
    dump(packet, fields)
    fields["checksum"] = [checksum(packet)]
    fields["raw"] = [str(packet.haslayer(Raw))]
    print("\t".join(key + "=" + ",".join(values) for key, values in fields.items()))
