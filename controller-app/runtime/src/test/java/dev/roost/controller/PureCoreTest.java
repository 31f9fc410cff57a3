package dev.roost.controller;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What decides is pure: it depends on nothing but values of the JDK and what stands here, so no input or output, no thread, no log; and no
 * time or chance but what it is given. Simulation and replay rest on that.
 */
final class PureCoreTest {
    private static final List<String> VALUES_OF_THE_JDK = List.of(
            "java.lang",
            "java.lang.annotation",
            "java.lang.invoke",
            "java.lang.runtime",
            "java.nio",
            "java.nio.charset",
            "java.security",
            "java.time",
            "java.util",
            "java.util.function",
            "java.util.random",
            "java.util.regex",
            "java.util.stream",
            "javax.crypto",
            "javax.crypto.spec",
            "org.jspecify.annotations");

    @ParameterizedTest
    @CsvSource({
        "dev.roost.mobileip,            org.jspecify.annotations",
        "dev.roost.topology,            dev.roost.mobileip",
        "dev.roost.delegation,          dev.roost.mobileip",
        "dev.roost.homeagent.binding,   dev.roost.mobileip dev.roost.delegation",
        "dev.roost.loadbalancer,        dev.roost.mobileip dev.roost.delegation dev.roost.homeagent.binding dev.roost.topology",
        "dev.roost.openflow.rules,      dev.roost.mobileip dev.roost.topology dev.roost.loadbalancer"
                + " org.projectfloodlight.. io.netty.buffer com.google.common..",
    })
    void dependsOnValuesAlone(String core, String others) {
        JavaClasses deciding = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(core);
        List<String> allowed = new ArrayList<>(VALUES_OF_THE_JDK);
        allowed.add(core + "..");
        allowed.addAll(List.of(others.split(" ")));

        assertThat(deciding).isNotEmpty();
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed.toArray(String[]::new))
                .check(deciding);
        noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, ThreadLocal.class, Clock.class, SecureRandom.class)
                .check(deciding);
        noClasses().should().callConstructor(Random.class).check(deciding);
        noClasses().should().callConstructor(SplittableRandom.class).check(deciding);
        noClasses().should().callMethod(Instant.class, "now").check(deciding);
        noClasses().should().callMethod(System.class, "nanoTime").check(deciding);
        noClasses().should().callMethod(System.class, "currentTimeMillis").check(deciding);
        noClasses().should().callMethod(Math.class, "random").check(deciding);
        noClasses().should().accessField(System.class, "out").check(deciding);
        noClasses().should().accessField(System.class, "err").check(deciding);
    }
}
