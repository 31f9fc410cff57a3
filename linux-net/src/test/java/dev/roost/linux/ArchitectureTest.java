package dev.roost.linux;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.sun.jna.Native;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.roost.linux");

    @Test
    void dependsOnWireFormatsJnaAndTheJdkAlone() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.roost.linux", "dev.roost.mobileip", "com.sun.jna", "java..", "org.jspecify..")
                .check(MODULE);
    }

    @Test
    void oneClassHoldsAllNativeCalls() {
        noClasses()
                .that()
                .doNotHaveSimpleName("LinuxCalls")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Native.class)
                .check(MODULE);
    }
}
