package dev.roost.loadbalancer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The core is pure: no input or output, no time of its own, no threads, no chance of its own, no logger. */
final class ArchitectureTest {

    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.roost.loadbalancer");

    @Test
    void dependsOnNothingThatReachesOutside() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.net..",
                        "java.io..",
                        "java.nio.channels..",
                        "java.nio.file..",
                        "java.util.concurrent..",
                        "java.util.logging..",
                        "org.slf4j..",
                        "io.netty..",
                        "org.projectfloodlight..",
                        "net.floodlightcontroller..")
                .because("the shell does that")
                .check(classes);
    }

    @Test
    void readsNoClockStartsNoThreadAndRollsNoDice() {
        noClasses().should().callMethod(Instant.class, "now").check(classes);
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(classes);
        noClasses().should().callMethod(System.class, "nanoTime").check(classes);
        noClasses().should().callMethod(Math.class, "random").check(classes);
        noClasses().should().dependOnClassesThat().areAssignableTo(Clock.class).check(classes);
        noClasses().should().dependOnClassesThat().areAssignableTo(Thread.class).check(classes);
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Random")
                .check(classes);
    }

    @Test
    void printsNothing() {
        noClasses().should().accessField(System.class, "out").check(classes);
        noClasses().should().accessField(System.class, "err").check(classes);
    }
}
