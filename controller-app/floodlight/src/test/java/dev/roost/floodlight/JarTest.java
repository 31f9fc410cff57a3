package dev.roost.floodlight;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.JavaFieldAccess;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The jar that is shipped: what is in it, what is not, and what it expects of Floodlight. Runs after it has been made. */
@EnabledIfSystemProperty(named = "roost.jar", matches = ".+", disabledReason = "the jar has not been made yet")
class JarTest {

    private static final Path JAR = Path.of(System.getProperty("roost.jar", ""));
    private static final String MEMBERS = "/floodlight-71fe8a7.members";

    /** What Floodlight has, under the names that it has it. */
    private static final List<String> FLOODLIGHTS = List.of(
            "net/floodlightcontroller/",
            "org/projectfloodlight/",
            "io/netty/",
            "com/google/",
            "org/slf4j/",
            "ch/qos/",
            "org/restlet/",
            "com/fasterxml/");

    private static Set<String> entries() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            return jar.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(entry -> entry.getName())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static JavaClasses ownClasses() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            return new ClassFileImporter()
                    .withImportOption(location -> !location.contains("/shaded/"))
                    .importJar(jar);
        }
    }

    @Test
    void hasOnlyClassesOfOursAndRelocatedOnes() throws IOException {
        assertThat(entries())
                .contains(
                        "dev/roost/floodlight/HomeAgentModule.class",
                        "dev/roost/controller/Controller.class",
                        "dev/roost/controller/api/dashboard/index.html",
                        "dev/roost/shaded/jackson/databind/ObjectMapper.class",
                        "dev/roost/shaded/prometheus/metrics/model/snapshots/MetricSnapshots.class",
                        "META-INF/services/net.floodlightcontroller.core.module.IFloodlightModule",
                        "roost-floodlight.properties")
                .filteredOn(name -> name.endsWith(".class"))
                .allMatch(name -> name.startsWith("dev/roost/"));
    }

    @Test
    void hasNothingThatFloodlightHas() throws IOException {
        for (String name : FLOODLIGHTS) {
            assertThat(entries()).noneMatch(entry -> entry.startsWith(name));
        }
        assertThat(entries().stream().filter(name -> name.startsWith("META-INF/services/")))
                .containsExactly("META-INF/services/net.floodlightcontroller.core.module.IFloodlightModule");
    }

    /**
     * Every member that our classes refer to and Floodlight has to bring, is in the list, which was made by resolving each against the
     * real build: Floodlight 71fe8a7 with openflowj 3.3.0, netty 4.1.50, guava 30.1.1, slf4j 1.7.26 and Restlet 2.3.2. The product is
     * compiled against newer ones of most of these, so that a call which compiles may be missing there. Whoever uses a new member looks
     * whether it is there, and adds it to the list.
     */
    @Test
    void usesOnlyWhatTheRealFloodlightBrings() throws IOException {
        Set<String> known;
        try (InputStream in = JarTest.class.getResourceAsStream(MEMBERS)) {
            known = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
        Set<String> used = new TreeSet<>();
        for (JavaClass type : ownClasses()) {
            type.getAccessesFromSelf().stream().map(JarTest::member).forEach(used::add);
        }
        used.removeIf(member -> FLOODLIGHTS.stream().noneMatch(name -> member.startsWith(name.replace('/', '.'))));

        assertThat(used).hasSizeGreaterThan(150);
        used.removeAll(known);
        assertThat(used)
                .as("members that nobody has looked for in the real Floodlight")
                .isEmpty();
    }

    /** A library that the runtime has begun to use must be in the jar, under a name of ours: Floodlight does not bring it. */
    @Test
    void bringsAllThatFloodlightLacks() throws IOException {
        Set<String> needed = new TreeSet<>();
        for (JavaClass type : ownClasses()) {
            type.getAccessesFromSelf().stream()
                    .map(access ->
                            access.getTargetOwner().getBaseComponentType().getName())
                    .forEach(needed::add);
        }
        Set<String> present = entries();

        assertThat(needed).hasSizeGreaterThan(300);
        needed.removeIf(name -> name.startsWith("java.")
                || name.startsWith("javax.crypto.")
                || !name.contains(".")
                || present.contains(name.replace('.', '/') + ".class")
                || FLOODLIGHTS.stream().anyMatch(theirs -> name.startsWith(theirs.replace('/', '.'))));
        assertThat(needed)
                .as("what is neither in the jar, nor in Java, nor in Floodlight")
                .isEmpty();
    }

    private static String member(JavaAccess<?> access) {
        String owner =
                access.getTargetOwner().getName() + "." + access.getTarget().getName();
        if (access instanceof JavaFieldAccess field) {
            return owner + " " + field.getTarget().getRawType().getName();
        }
        JavaCodeUnitAccess<?> call = (JavaCodeUnitAccess<?>) access;
        String parameters = call.getTarget().getRawParameterTypes().stream()
                .map(JavaClass::getName)
                .collect(Collectors.joining(","));
        return owner + "(" + parameters + ") "
                + call.getTarget().getRawReturnType().getName();
    }
}
