package dev.roost.loadbalancer;

/**
 * How much one home network remembers. What does not fit is counted; the oldest answer and the oldest pending binding
 * update make room for new ones, a home agent or a binding too many is refused.
 *
 * @param homeAgents at most 65536, since an index has to fit the group id
 * @param addressesPerHomeAgent global addresses believed of one home agent
 * @param answers care-of addresses whose list is remembered; a power of two
 * @param pendingBindingUpdates seen, and not yet acknowledged
 */
public record TableLimits(
        int homeAgents, int addressesPerHomeAgent, int answers, int bindings, int pendingBindingUpdates) {

    public static final TableLimits DEFAULTS = new TableLimits(256, 16, 1 << 16, 1_000_000, 1 << 16);

    public TableLimits {
        if (homeAgents < 1 || homeAgents > 1 << 16 || addressesPerHomeAgent < 1 || addressesPerHomeAgent > 255) {
            throw new IllegalArgumentException("limits: wanted 1 to 65536 home agents with 1 to 255 addresses");
        }
        if (answers < 1 || answers > 1 << 26 || Integer.bitCount(answers) != 1) {
            throw new IllegalArgumentException("answers: wanted a power of two up to 67108864, got " + answers);
        }
        if (bindings < 1 || pendingBindingUpdates < 1) {
            throw new IllegalArgumentException("limits: wanted at least 1 binding and 1 pending binding update");
        }
    }
}
