package dev.roost.mobileip;

import java.util.Arrays;

/**
 * The text form of an IPv6 address: reads every form of RFC 4291, 2.2, writes the one of RFC 5952. No zone identifiers, no brackets,
 * no ports; those belong to whoever reads a socket address.
 */
final class Ipv6AddressText {

    private static final int GROUPS = 8;
    /** "0000:" eight times with a dotted quad for the last two. */
    private static final int LONGEST = 45;

    private Ipv6AddressText() {}

    static Ipv6Address parse(String text) {
        if (text.length() > LONGEST) {
            throw notAnAddress(text, "longer than " + LONGEST + " characters");
        }
        int gap = text.indexOf("::");
        if (gap < 0) {
            int[] groups = groups(text, true, text);
            if (groups.length != GROUPS) {
                throw notAnAddress(text, "wanted 8 groups, found " + groups.length);
            }
            return address(groups);
        }
        int[] before = groups(text.substring(0, gap), false, text);
        int[] after = groups(text.substring(gap + 2), true, text);
        if (before.length + after.length >= GROUPS) {
            throw notAnAddress(text, ":: stands for nothing");
        }
        int[] groups = Arrays.copyOf(before, GROUPS);
        System.arraycopy(after, 0, groups, GROUPS - after.length, after.length);
        return address(groups);
    }

    private static int[] groups(String part, boolean atTheEnd, String whole) {
        if (part.isEmpty()) {
            return new int[0];
        }
        String[] words = part.split(":", -1);
        boolean dotted = words[words.length - 1].indexOf('.') >= 0;
        int[] groups = new int[words.length + (dotted ? 1 : 0)];
        int count = dotted ? words.length - 1 : words.length;
        for (int i = 0; i < count; i++) {
            groups[i] = group(words[i], whole);
        }
        if (dotted) {
            // A dotted quad is only meaningful as the last 32 bits, so not in front of "::".
            if (!atTheEnd) {
                throw notAnAddress(whole, "a dotted quad stands at the end only");
            }
            int quad = quad(words[words.length - 1], whole);
            groups[count] = quad >>> 16;
            groups[count + 1] = quad & 0xffff;
        }
        return groups;
    }

    private static int group(String word, String whole) {
        if (word.isEmpty() || word.length() > 4) {
            throw notAnAddress(whole, "a group has 1 to 4 digits, not '" + word + "'");
        }
        int value = 0;
        for (int i = 0; i < word.length(); i++) {
            int digit = word.charAt(i) < 128 ? Character.digit(word.charAt(i), 16) : -1;
            if (digit < 0) {
                throw notAnAddress(whole, "'" + word + "' is not hexadecimal");
            }
            value = (value << 4) | digit;
        }
        return value;
    }

    private static int quad(String text, String whole) {
        String[] words = text.split("\\.", -1);
        if (words.length != 4) {
            throw notAnAddress(whole, "'" + text + "' is not a dotted quad");
        }
        int value = 0;
        for (String word : words) {
            value = (value << 8) | quadOctet(word, whole);
        }
        return value;
    }

    private static int quadOctet(String word, String whole) {
        boolean wellFormed = !word.isEmpty() && word.length() <= 3 && !(word.length() > 1 && word.charAt(0) == '0');
        int value = 0;
        for (int i = 0; wellFormed && i < word.length(); i++) {
            char c = word.charAt(i);
            wellFormed = c >= '0' && c <= '9';
            value = value * 10 + c - '0';
        }
        if (!wellFormed || value > 255) {
            throw notAnAddress(whole, "'" + word + "' is not 0 to 255");
        }
        return value;
    }

    private static Ipv6Address address(int[] groups) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < GROUPS / 2; i++) {
            high = (high << 16) | groups[i];
            low = (low << 16) | groups[i + GROUPS / 2];
        }
        return new Ipv6Address(high, low);
    }

    /** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups (the first of equals) as "::". */
    static String format(Ipv6Address address) {
        StringBuilder out = new StringBuilder(39);
        if (address.high() == 0 && address.low() >>> 32 == 0xffff) {
            return out.append("::ffff:").append(dotted((int) address.low())).toString();
        }
        int gapAt = -1;
        int gapLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int run = 0;
            while (i + run < GROUPS && groupOf(address, i + run) == 0) {
                run++;
            }
            if (run > gapLength) {
                gapAt = i;
                gapLength = run;
            }
            i += run;
        }
        for (int i = 0; i < GROUPS; i++) {
            if (i == gapAt) {
                out.append("::");
                i += gapLength - 1;
            } else {
                boolean rightAfterGap = gapAt >= 0 && i == gapAt + gapLength;
                if (i > 0 && !rightAfterGap) {
                    out.append(':');
                }
                out.append(Integer.toHexString(groupOf(address, i)));
            }
        }
        return out.toString();
    }

    private static int groupOf(Ipv6Address address, int index) {
        long half = index < GROUPS / 2 ? address.high() : address.low();
        return (int) (half >>> (48 - 16 * (index % (GROUPS / 2)))) & 0xffff;
    }

    private static String dotted(int quad) {
        return (quad >>> 24) + "." + ((quad >>> 16) & 0xff) + "." + ((quad >>> 8) & 0xff) + "." + (quad & 0xff);
    }

    private static IllegalArgumentException notAnAddress(String text, String why) {
        return new IllegalArgumentException("'" + text + "' is not an IPv6 address: " + why);
    }
}
