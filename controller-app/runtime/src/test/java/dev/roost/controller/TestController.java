package dev.roost.controller;

import dev.roost.controller.api.ApiRequest;
import dev.roost.controller.api.ApiResponse;
import dev.roost.controller.api.ApiRouter;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.mobileip.OpaqueBytes;
import dev.roost.openflow.fake.FakeSwitch;
import dev.roost.openflow.rules.RuleCompiler;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A controller with a clock that stands, turns on demand and a journal in memory. */
final class TestController {

    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final OpaqueBytes PROBE_KEY = OpaqueBytes.of(new byte[32]);
    private static final long SEED = 1;
    private static final int PACKET_LIMIT = 100;

    /** What left the system, in order: {@code commit}, {@code packet}, {@code snapshot}. */
    final List<String> trace = new ArrayList<>();

    final MemoryJournal journal;
    final Counters counters = new Counters();
    final List<Throwable> faults = new ArrayList<>();
    final Controller controller;
    private final ManualLoopThread thread = new ManualLoopThread();
    private long nanos;
    private static long sessions = 1000;

    TestController() throws IOException {
        this(null);
    }

    /** One that is started on what another one left in its journal. */
    TestController(@Nullable TestController before) throws IOException {
        this(before, List.of(HomeLinkPackets.CONFIG));
    }

    TestController(@Nullable TestController before, List<HomeNetworkConfig> homeNetworks) throws IOException {
        this(before, homeNetworks, RuleCompiler.Options.STANDALONE);
    }

    TestController(@Nullable TestController before, List<HomeNetworkConfig> homeNetworks, RuleCompiler.Options rules)
            throws IOException {
        journal = before == null ? new MemoryJournal(trace) : before.journal;
        nanos = before == null ? 0 : before.nanos;
        controller = new Controller(
                homeNetworks,
                journal,
                new ControllerOptions(
                        rules,
                        PROBE_KEY,
                        SEED,
                        () -> ++sessions,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(1),
                        PACKET_LIMIT,
                        1000,
                        100),
                new LoopClock(START.plusNanos(nanos), () -> nanos),
                thread,
                counters,
                faults::add);
        controller.start();
        settle();
    }

    FakeConnection connect(long datapathId, FakeSwitch fake) {
        FakeConnection connection = new FakeConnection(datapathId, fake, controller, () -> nanos, trace);
        connection.connect();
        settle();
        return connection;
    }

    void disconnect(FakeConnection connection) {
        controller.onSwitchDisconnected(connection);
        settle();
    }

    void receive(FakeConnection at, int port, byte[] frame) {
        at.receive(port, frame);
        settle();
    }

    void settle() {
        int unused = thread.settle();
    }

    /** Settles, and returns how many turns it took. */
    int countTurns() {
        return thread.settle();
    }

    Reloaded reload(HomeNetworkConfig... homeNetworks) {
        CompletableFuture<Reloaded> reloaded = controller.reload(List.of(homeNetworks));
        settle();
        return reloaded.join();
    }

    /** Lets time pass in steps of a tenth of a second. */
    void pass(Duration time) {
        for (long step = 0; step < time.toMillis(); step += 100) {
            nanos += Duration.ofMillis(100).toNanos();
            settle();
        }
    }

    void passWithoutTurns(Duration time) {
        nanos += time.toNanos();
    }

    <T> T ask(Function<ControllerView, T> question) {
        CompletableFuture<T> answer = controller.query(question);
        settle();
        return answer.join();
    }

    /** Asks the API as a host would, on a thread of its own, with the loop running meanwhile. */
    ApiResponse request(String method, String path, Map<String, String> query, String body) {
        ApiRouter router = new ApiRouter(controller, () -> nanos);
        CompletableFuture<ApiResponse> response =
                CompletableFuture.supplyAsync(() -> router.handle(new ApiRequest(method, path, query, body)));
        while (!response.isDone()) {
            settle();
        }
        return response.join();
    }

    List<String> eventKinds() {
        return controller.recentEvents().since(0).stream()
                .map(RecentEvents.Entry::kind)
                .toList();
    }
}
