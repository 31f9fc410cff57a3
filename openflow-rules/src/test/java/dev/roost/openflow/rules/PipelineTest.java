package dev.roost.openflow.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class PipelineTest {

    @Test
    void isWhatTheDocumentSays() {
        GoldenFile.checkAt(PipelineDocument.FILE, Pipeline.toMarkdown());
    }

    @Test
    void isListedFromTheHighestPriorityDownWithCodesThatAreUnique() {
        assertThat(Pipeline.values()).isSortedAccordingTo((a, b) -> b.priority() - a.priority());
        assertThat(Stream.of(Pipeline.values()).map(Pipeline::code)).doesNotHaveDuplicates();
    }

    @Test
    void isFoundAgainInEachCookie() {
        for (Pipeline kind : Pipeline.values()) {
            long cookie = Cookies.of(3, kind, -1);

            assertThat(Cookies.kind(cookie)).hasValue(kind);
            assertThat(Cookies.isOurs(cookie)).isTrue();
            assertThat(Cookies.kind(cookie ^ 1L << 48)).isEmpty();
        }
        assertThat(Cookies.of(0xab, Pipeline.STEERING, 0x1234_5678)).isEqualTo(0x526f_ab0d_1234_5678L);
    }

    @Test
    void numbersGroupsByNetworkAndHomeAgent() {
        int id = GroupIds.of(254, 0xfffe);

        assertThat(id).isEqualTo(0x52fefffe);
        assertThat(GroupIds.isOurs(id)).isTrue();
        assertThat(GroupIds.isOurs(1)).isFalse();
        assertThat(GroupIds.network(id)).isEqualTo(254);
        assertThat(GroupIds.homeAgentIndex(id)).isEqualTo(0xfffe);
        assertThatThrownBy(() -> GroupIds.of(255, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> GroupIds.of(0, 0x1_0000)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesMatchesThatASwitchWouldRefuse() {
        assertThatThrownBy(() -> RuleMatch.everything().protocol(135)).hasMessage("IPv6 fields need eth_type=0x86dd");
        assertThatThrownBy(() -> RuleMatch.ipv6().icmpv6(134).target(HomeLink.ANYCAST))
                .hasMessage("nd_target needs icmpv6_type 135 or 136");
    }
}
