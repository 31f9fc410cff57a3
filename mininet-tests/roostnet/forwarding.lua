-- Wireshark dissector of Roost's forwarding protocol, as docs/forwarding-protocol.md specifies it.
--
--   tshark -X lua_script:forwarding.lua -r FILE          wireshark -X lua_script:forwarding.lua
--
-- Written from the specification alone; the tests of the Java code use it as a second opinion.

local forwarding = Proto("roost.forwarding", "Roost Forwarding Protocol")

local types = {
    [1] = "Start Forwarding", [2] = "Start Forwarding Acknowledgement",
    [3] = "Stop Forwarding", [4] = "Stop Forwarding Acknowledgement",
    [5] = "Delegation Order", [6] = "Delegation Order Acknowledgement",
    [7] = "Forwarder Report", [8] = "Forwarder Report Acknowledgement",
    [9] = "Hello", [10] = "Hello Acknowledgement",
}

local statuses = {
    [0] = "accepted", [128] = "refused", [129] = "insufficient resources", [130] = "not in the home prefix",
    [131] = "stale epoch", [132] = "zero duration", [133] = "encapsulation", [134] = "address family",
    [135] = "unknown binding", [136] = "unknown forwarder", [137] = "care-of address", [138] = "not delegable",
    [139] = "missing option", [140] = "superseded", [141] = "session",
}

local options = {
    [1] = "Home Address", [2] = "Care-of Address", [3] = "Tunnel Source", [4] = "Forwarder",
    [5] = "Packets Transmitted", [6] = "Forwarding Entries", [7] = "All Forwarding Entries",
}

local field = {
    version = ProtoField.uint8("roost.forwarding.version", "Version"),
    type = ProtoField.uint8("roost.forwarding.type", "Type", base.DEC, types),
    length = ProtoField.uint16("roost.forwarding.length", "Length"),
    key = ProtoField.uint32("roost.forwarding.key", "Key Identifier"),
    sender = ProtoField.uint64("roost.forwarding.sender_session", "Sender's Session", base.HEX),
    receiver = ProtoField.uint64("roost.forwarding.receiver_session", "Receiver's Session", base.HEX),
    sequence = ProtoField.uint64("roost.forwarding.sequence", "Sequence Number"),
    identifier = ProtoField.uint32("roost.forwarding.identifier", "Identifier"),
    status = ProtoField.uint8("roost.forwarding.status", "Status", base.DEC, statuses),
    encapsulation = ProtoField.uint8("roost.forwarding.encapsulation", "Encapsulation"),
    flags = ProtoField.uint16("roost.forwarding.flags", "Flags", base.HEX),
    primary = ProtoField.bool("roost.forwarding.flags.primary", "Primary", 16, nil, 0x0001),
    secondary = ProtoField.bool("roost.forwarding.flags.secondary", "Secondary", 16, nil, 0x0002),
    behalf = ProtoField.bool("roost.forwarding.flags.on_behalf", "On Behalf", 16, nil, 0x0004),
    epoch = ProtoField.uint64("roost.forwarding.epoch", "Epoch"),
    duration = ProtoField.uint32("roost.forwarding.duration", "Duration"),
    option_type = ProtoField.uint8("roost.forwarding.option.type", "Option", base.DEC, options),
    option_length = ProtoField.uint8("roost.forwarding.option.length", "Length"),
    home_address = ProtoField.ipv6("roost.forwarding.home_address", "Home Address"),
    care_of_address = ProtoField.ipv6("roost.forwarding.care_of_address", "Care-of Address"),
    tunnel_source = ProtoField.ipv6("roost.forwarding.tunnel_source", "Tunnel Source"),
    forwarder = ProtoField.ipv6("roost.forwarding.forwarder", "Forwarder"),
    packets = ProtoField.uint64("roost.forwarding.packets_transmitted", "Packets Transmitted"),
    entries = ProtoField.uint32("roost.forwarding.entries", "Forwarding Entries"),
    all_entries = ProtoField.uint32("roost.forwarding.all_entries", "All Forwarding Entries"),
    unknown = ProtoField.bytes("roost.forwarding.option.value", "Value"),
    authenticator = ProtoField.bytes("roost.forwarding.authenticator", "Authenticator"),
}
local list = {}
for _, one in pairs(field) do
    list[#list + 1] = one
end
forwarding.fields = list

local malformed = ProtoExpert.new("roost.forwarding.malformed", "Malformed message", expert.group.MALFORMED, expert.severity.ERROR)
forwarding.experts = { malformed }

local values = {
    [1] = { field.home_address, 16 }, [2] = { field.care_of_address, 16 }, [3] = { field.tunnel_source, 16 },
    [4] = { field.forwarder, 16 }, [5] = { field.packets, 8 }, [6] = { field.entries, 4 }, [7] = { field.all_entries, 4 },
}

local FIXED, AUTHENTICATOR = 52, 32

local function dissect_options(buffer, tree, at, finish)
    while at < finish do
        if finish - at < 2 or at + 2 + buffer(at + 1, 1):uint() > finish then
            tree:add_proto_expert_info(malformed, "option longer than the message")
            return
        end
        local type, length = buffer(at, 1):uint(), buffer(at + 1, 1):uint()
        local subtree = tree:add(field.option_type, buffer(at, 1))
        subtree:add(field.option_length, buffer(at + 1, 1))
        local value = values[type]
        if length > 0 then
            local known = value and value[2] == length
            subtree:add(known and value[1] or field.unknown, buffer(at + 2, length))
        end
        at = at + 2 + length
    end
end

function forwarding.dissector(buffer, pinfo, root)
    local octets = buffer:len()
    if octets < FIXED + AUTHENTICATOR or buffer(0, 1):uint() ~= 1 or buffer(2, 2):uint() ~= octets then
        return 0
    end
    pinfo.cols.protocol = "ROOST"
    local type = buffer(1, 1):uint()
    pinfo.cols.info = types[type] or ("type " .. type)
    local tree = root:add(forwarding, buffer())
    tree:add(field.version, buffer(0, 1))
    tree:add(field.type, buffer(1, 1))
    tree:add(field.length, buffer(2, 2))
    tree:add(field.key, buffer(4, 4))
    tree:add(field.sender, buffer(8, 8))
    tree:add(field.receiver, buffer(16, 8))
    tree:add(field.sequence, buffer(24, 8))
    tree:add(field.identifier, buffer(32, 4))
    tree:add(field.status, buffer(36, 1))
    tree:add(field.encapsulation, buffer(37, 1))
    local flags = tree:add(field.flags, buffer(38, 2))
    flags:add(field.primary, buffer(38, 2))
    flags:add(field.secondary, buffer(38, 2))
    flags:add(field.behalf, buffer(38, 2))
    tree:add(field.epoch, buffer(40, 8))
    tree:add(field.duration, buffer(48, 4))
    dissect_options(buffer, tree, FIXED, octets - AUTHENTICATOR)
    tree:add(field.authenticator, buffer(octets - AUTHENTICATOR, AUTHENTICATOR))
    return octets
end

DissectorTable.get("udp.port"):add(5439, forwarding)
