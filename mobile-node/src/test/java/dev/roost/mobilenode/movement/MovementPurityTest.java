package dev.roost.mobilenode.movement;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The core of the mobile node knows no time but what it is told, no chance but what it is given, and no outside. */
final class MovementPurityTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.roost.mobilenode.movement");

    @Test
    void dependsOnNothingThatReachesOutside() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.io..",
                        "java.net..",
                        "java.nio..",
                        "java.util.concurrent..",
                        "java.util.logging..",
                        "org.slf4j..",
                        "com.sun.jna..",
                        "dev.roost.linux..",
                        "dev.roost.configuration..",
                        "dev.roost.mobilenode",
                        "dev.roost.mobilenode.linux..",
                        "dev.roost.mobilenode.generator..")
                .check(CLASSES);
    }

    @Test
    void readsNoClockStartsNoThreadAndDrawsNothingOfItsOwn() {
        noClasses().should().callMethod(Instant.class, "now").check(CLASSES);
        noClasses().should().dependOnClassesThat().areAssignableTo(Clock.class).check(CLASSES);
        noClasses().should().dependOnClassesThat().areAssignableTo(Thread.class).check(CLASSES);
        noClasses().should().dependOnClassesThat().areAssignableTo(Random.class).check(CLASSES);
        noClasses().should().callMethod(System.class, "nanoTime").check(CLASSES);
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(CLASSES);
    }
}
