package dev.roost.controller.api;

import dev.roost.loadbalancer.HomeNetworkView.AnswerPlace;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.topology.SwitchId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Where the parts of long lists go on. To clients each is a word without meaning, to be given back as it came. */
final class Cursors {
    private static final String AFTER = "after";

    private Cursors() {}

    /** After a mobile node. */
    static Optional<Ipv6Address> homeAddress(Map<String, String> query) throws ApiException {
        return read(query, Ipv6Address::parse);
    }

    /** After an answer of a home network. */
    record Answer(String homeNetwork, AnswerPlace place) {
        @Override
        public String toString() {
            return homeNetwork + "," + place.sentAt().toEpochMilli() + "," + place.careOfAddress();
        }
    }

    static Optional<Answer> answer(Map<String, String> query) throws ApiException {
        return read(query, text -> {
            String[] parts = split(text, 3);
            Instant sentAt = Instant.ofEpochMilli(Long.parseLong(parts[1]));
            return new Answer(parts[0], new AnswerPlace(sentAt, Ipv6Address.parse(parts[2])));
        });
    }

    /**
     * After a rule of a switch: one of the first so many, which belong to no mobile node, or those of a mobile node.
     */
    record Rule(SwitchId switchId, OptionalInt shared, Optional<Ipv6Address> homeAddress) {
        static Rule shared(SwitchId switchId, int count) {
            return new Rule(switchId, OptionalInt.of(count), Optional.empty());
        }

        static Rule mobileNode(SwitchId switchId, Ipv6Address homeAddress) {
            return new Rule(switchId, OptionalInt.empty(), Optional.of(homeAddress));
        }

        @Override
        public String toString() {
            String place = shared.isPresent()
                    ? Integer.toString(shared.getAsInt())
                    : homeAddress.map(Ipv6Address::toString).orElse("");
            return switchId + "," + place;
        }
    }

    static Optional<Rule> rule(Map<String, String> query) throws ApiException {
        return read(query, text -> {
            String[] parts = split(text, 2);
            SwitchId switchId = SwitchId.parse(parts[0]);
            return parts[1].matches("[0-9]{1,9}")
                    ? Rule.shared(switchId, Integer.parseInt(parts[1]))
                    : Rule.mobileNode(switchId, Ipv6Address.parse(parts[1]));
        });
    }

    private interface Reader<T> {
        T read(String text);
    }

    private static <T> Optional<T> read(Map<String, String> query, Reader<T> reader) throws ApiException {
        String text = query.get(AFTER);
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(reader.read(text));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new ApiException(400, "malformed-cursor", "after is '" + text + "'; wanted what a Link header gave");
        }
    }

    private static String[] split(String text, int count) {
        String[] parts = text.split(",", -1);
        if (parts.length != count) {
            throw new IllegalArgumentException(count + " parts wanted");
        }
        return parts;
    }
}
