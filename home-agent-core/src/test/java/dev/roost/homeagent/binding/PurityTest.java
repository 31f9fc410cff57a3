package dev.roost.homeagent.binding;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The core has no clock, thread, socket, file, logger or unseeded chance, and knows nothing of the shell. */
final class PurityTest {
    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.roost.homeagent.binding");

    @Test
    void theCoreTouchesNothingOfTheOutsideWorld() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.io..",
                        "java.net..",
                        "java.nio.channels..",
                        "java.nio.file..",
                        "java.util.concurrent..",
                        "org.slf4j..",
                        "dev.roost.linux..",
                        "dev.roost.statelog..",
                        "dev.roost.configuration..",
                        "dev.roost.homeagent",
                        "dev.roost.homeagent.linux..")
                .because("the core decides and the shell acts")
                .check(CORE);
    }

    @Test
    void theCoreReadsNoClockAndThrowsNoDice() {
        noClasses()
                .should()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callConstructor(java.util.Random.class)
                .orShould()
                .callConstructor(java.util.SplittableRandom.class)
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, java.time.Clock.class)
                .check(CORE);
    }
}
