package io.github.dl4jbnfold.examples.command.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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

  @Test
  void what_replaces_a_file_is_read_by_those_who_could_read_it() throws IOException {
    Path target = Files.writeString(folder.resolve("out"), "old");
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-------"));
    try (OutputFile file = OutputFile.prepare(target, true, CONTENT)) {
      file.publish();
    }
    assertThat(Files.getPosixFilePermissions(target))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void what_was_replaced_is_back_where_a_later_file_cannot_be_written() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "this system has no /dev/full");
    Path report = Files.writeString(folder.resolve("report"), "mine");
    OutputFiles files = new OutputFiles(folder.resolve("model"), true);
    files.put(report, CONTENT);
    files.put(full, CONTENT);

    assertThatThrownBy(files::write).isInstanceOf(CommandFailure.class);

    assertThat(report).content().isEqualTo("mine");
    assertThat(names()).containsExactly("report");
  }

  @Test
  void one_file_reached_by_two_folders_is_one_file() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path linked = Files.createSymbolicLink(folder.resolve("linked"), real);

    assertThat(OutputFile.isSame(real.resolve("x"), linked.resolve("x"))).isTrue();
    assertThat(OutputFile.isSame(real.resolve("x"), linked.resolve("y"))).isFalse();
  }
}
