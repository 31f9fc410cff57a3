package dev.roost.controller.standalone;

import dev.roost.controller.Controller;
import dev.roost.controller.ControllerOptions;
import dev.roost.controller.Counters;
import dev.roost.controller.Journal;
import dev.roost.controller.LoopClock;
import dev.roost.loadbalancer.Change;
import dev.roost.loadbalancer.HomeNetworkConfig;
import dev.roost.mobileip.Ipv6Address;
import dev.roost.mobileip.Ipv6Prefix;
import dev.roost.mobileip.MacAddress;
import dev.roost.openflow.rules.RuleCompiler;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** A controller without HTTP and without a journal, to measure the loop and the server by themselves; run by hand. */
final class MeasuredController {

    private MeasuredController() {}

    public static void main(String[] arguments) throws Exception {
        HomeNetworkConfig config = HomeNetworkConfig.of(
                "home",
                Ipv6Prefix.parse("2001:db8:1::/64"),
                Ipv6Address.parse("2001:db8:1::fe"),
                MacAddress.parse("02:00:5e:00:00:fe"));
        Counters counters = new Counters();
        OpenFlowServer server = new OpenFlowServer(
                OpenFlowServerOptions.listeningOn(
                        new InetSocketAddress(Integer.parseInt(arguments[0])), System.currentTimeMillis()),
                counters);
        Controller controller = new Controller(
                List.of(config),
                new NoJournal(),
                ControllerOptions.defaults(RuleCompiler.Options.STANDALONE),
                LoopClock.system(),
                server.loopThread(),
                counters,
                bug -> Runtime.getRuntime().halt(1));
        controller.start();
        server.start(controller);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.close();
            counters.forEach((series, value) -> {
                if (value > 0) {
                    System.err.println(series.name() + series.labels() + " " + value);
                }
            });
        }));
        System.err.println("listening on " + server.address());
    }

    private static final class NoJournal implements Journal {

        @Override
        public void replay(BiConsumer<String, Change> into) {}

        @Override
        public void append(String homeNetwork, List<Change> changes) {}

        @Override
        public void commit() {}

        @Override
        public boolean snapshotDue() {
            return false;
        }

        @Override
        public void snapshot(Map<String, Iterable<Change>> stateByHomeNetwork) {}

        @Override
        public void close() {}
    }
}
