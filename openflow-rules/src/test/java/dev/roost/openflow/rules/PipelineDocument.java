package dev.roost.openflow.rules;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes {@code docs/pipeline.md}, or the file that is named. */
final class PipelineDocument {

    static final Path FILE = Path.of("../docs/pipeline.md");

    private PipelineDocument() {}

    public static void main(String[] arguments) throws IOException {
        Path file = arguments.length > 0 ? Path.of(arguments[0]) : FILE;
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, Pipeline.toMarkdown());
    }
}
