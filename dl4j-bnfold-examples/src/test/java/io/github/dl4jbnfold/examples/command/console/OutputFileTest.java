package io.github.dl4jbnfold.examples.command.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
  private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  private Stream<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    }
  }

  @Test
  void a_published_file_is_whole_and_alone() throws IOException {
    Path target = folder.resolve("out");
    try (OutputFile file = OutputFile.prepare(target, false, CONTENT)) {
      assertThat(target).doesNotExist();
      file.publish();
    }
    assertThat(target).hasBinaryContent(CONTENT);
    assertThat(names()).containsExactly("out");
  }

  @Test
  void an_unpublished_file_leaves_nothing() throws IOException {
    OutputFile.prepare(folder.resolve("out"), false, CONTENT).close();
    assertThat(names()).isEmpty();
  }

  @Test
  void a_file_that_another_program_makes_meanwhile_survives() throws IOException {
    Path target = folder.resolve("out");
    try (OutputFile file = OutputFile.prepare(target, false, CONTENT)) {
      Files.writeString(target, "theirs");
      assertThatThrownBy(file::publish)
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining("--overwrite");
    }
    assertThat(target).content().isEqualTo("theirs");
    assertThat(names()).containsExactly("out");
  }

  @Test
  void a_link_stays_a_link_and_its_file_is_replaced() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    try (OutputFile output = OutputFile.prepare(link, true, CONTENT)) {
      output.publish();
    }
    assertThat(link).isSymbolicLink();
    assertThat(file).hasBinaryContent(CONTENT);
  }

  @Test
  void a_directory_that_goes_meanwhile_is_a_failure_with_a_sentence() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    Path target = inner.resolve("out");
    try (OutputFile file = OutputFile.prepare(target, false, CONTENT)) {
      try (Stream<Path> files = Files.list(inner)) {
        Files.delete(files.findFirst().orElseThrow());
      }
      Files.delete(inner);
      assertThatThrownBy(file::publish)
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining(target.toString());
    }
  }

  @Test
  void a_directory_without_permission_is_refused() throws IOException {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeFalse(Files.isWritable(closed), "this user may write everywhere");
    assertThatThrownBy(() -> OutputFile.check(closed.resolve("out"), false))
        .hasMessageContaining("you may not write");
  }
}
