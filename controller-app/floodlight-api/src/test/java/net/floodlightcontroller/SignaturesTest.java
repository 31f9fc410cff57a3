package net.floodlightcontroller;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.floodlightcontroller.core.IHAListener;
import net.floodlightcontroller.core.IOFMessageListener;
import net.floodlightcontroller.core.IOFSwitchListener;
import net.floodlightcontroller.core.module.IFloodlightModule;
import net.floodlightcontroller.linkdiscovery.ILinkDiscoveryListener;
import net.floodlightcontroller.restserver.RestletRoutable;
import org.junit.jupiter.api.Test;

/**
 * Holds the hand-written signatures against what the real Floodlight was compiled to. A name or a descriptor that is only nearly right
 * compiles, and fails when Floodlight calls it.
 */
class SignaturesTest {

    private static final String REAL = "/floodlight-71fe8a7.descriptors";

    /** What our module implements: here nothing that Floodlight calls may be missing. */
    private static final List<Class<?>> IMPLEMENTED = List.of(
            IFloodlightModule.class,
            IHAListener.class,
            ILinkDiscoveryListener.class,
            IOFMessageListener.class,
            IOFSwitchListener.class,
            RestletRoutable.class);

    private static Set<String> real() throws IOException {
        try (InputStream in = SignaturesTest.class.getResourceAsStream(REAL)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static List<Class<?>> ours() {
        List<Class<?>> classes = new ArrayList<>();
        new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("net.floodlightcontroller")
                        .stream()
                        .map(JavaClass::reflect)
                        .filter(type -> !type.getName().endsWith("package-info"))
                        .forEach(classes::add);
        return classes;
    }

    @Test
    void everyMemberExistsInTheRealFloodlight() throws IOException {
        Set<String> real = real();
        Set<String> invented = new TreeSet<>();

        for (Class<?> type : ours()) {
            members(type).stream().filter(member -> !real.contains(member)).forEach(invented::add);
        }

        assertThat(invented).isEmpty();
    }

    @Test
    void everyTypeIsOfTheSameKindAsTheRealOne() throws IOException {
        Set<String> real = real();

        assertThat(ours()).hasSizeGreaterThan(25).allSatisfy(type -> {
            String ownLine = "type " + type.getName() + " " + kind(type);
            String realLine = real.stream()
                    .filter(line -> line.startsWith("type " + type.getName() + " "))
                    .findFirst()
                    .orElse("");
            assertThat(realLine + " ").startsWith(ownLine + " ");
            for (Class<?> each : type.getInterfaces()) {
                assertThat(realLine).contains(each.getName());
            }
        });
    }

    @Test
    void whatTheModuleImplementsIsComplete() throws IOException {
        for (Class<?> type : IMPLEMENTED) {
            Set<String> wanted = real().stream()
                    .filter(line -> line.startsWith("method " + type.getName() + " "))
                    .collect(Collectors.toCollection(TreeSet::new));

            assertThat(members(type)).containsExactlyInAnyOrderElementsOf(wanted);
        }
    }

    @Test
    void enumsHaveTheSameConstants() throws IOException {
        for (Class<?> type : ours()) {
            if (type.isEnum()) {
                Set<String> names = real().stream()
                        .filter(line -> line.startsWith("field " + type.getName() + " ")
                                && line.contains(" L" + type.getName().replace('.', '/') + "; "))
                        .map(line -> line.split(" ", -1)[2])
                        .collect(Collectors.toCollection(TreeSet::new));

                assertThat(Arrays.stream(type.getEnumConstants()).map(each -> ((Enum<?>) each).name()))
                        .as(type.getName())
                        .containsExactlyInAnyOrderElementsOf(names);
            }
        }
    }

    private static String kind(Class<?> type) {
        return type.isInterface() ? "interface" : type.isEnum() ? "enum" : "class";
    }

    private static Set<String> members(Class<?> type) {
        Set<String> lines = new TreeSet<>();
        for (Method method : type.getDeclaredMethods()) {
            if (!method.isSynthetic() && !Modifier.isPrivate(method.getModifiers())) {
                lines.add(line(
                        "method",
                        type,
                        method.getName(),
                        descriptor(method.getReturnType(), method.getParameterTypes()),
                        method.getModifiers()));
            }
        }
        if (!type.isEnum()) {
            for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                if (!Modifier.isPrivate(constructor.getModifiers())) {
                    lines.add(line(
                            "method",
                            type,
                            "<init>",
                            descriptor(void.class, constructor.getParameterTypes()),
                            constructor.getModifiers()));
                }
            }
        }
        for (Field field : type.getDeclaredFields()) {
            if (!field.isSynthetic() && !Modifier.isPrivate(field.getModifiers())) {
                lines.add(
                        line("field", type, field.getName(), field.getType().descriptorString(), field.getModifiers()));
            }
        }
        return lines;
    }

    private static String descriptor(Class<?> returned, Class<?>[] parameters) {
        return MethodType.methodType(returned, parameters).descriptorString();
    }

    private static String line(String what, Class<?> type, String name, String descriptor, int modifiers) {
        List<String> words = new ArrayList<>(List.of(what, type.getName(), name, descriptor));
        if (Modifier.isPublic(modifiers)) {
            words.add("public");
        }
        if (Modifier.isProtected(modifiers)) {
            words.add("protected");
        }
        if (Modifier.isStatic(modifiers)) {
            words.add("static");
        }
        if (Modifier.isAbstract(modifiers)) {
            words.add("abstract");
        }
        return String.join(" ", words);
    }
}
