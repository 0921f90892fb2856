package io.github.dl4jbnfold.examples.command.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.dl4jbnfold.examples.command.Bnfold;
import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is not a network is told apart by its content, whatever its name. */
class ModelFileTest {
  @TempDir Path folder;

  private Path file(byte[] content) throws IOException {
    return Files.write(folder.resolve("model.fb"), content);
  }

  private Path zip(String... entries) throws IOException {
    Path path = folder.resolve("model.fb");
    try (OutputStream stream = Files.newOutputStream(path);
        ZipOutputStream zip = new ZipOutputStream(stream)) {
      for (String entry : entries) {
        zip.putNextEntry(new ZipEntry(entry));
        zip.write(new byte[100]);
      }
    }
    return path;
  }

  private static void refuses(Path path, Object... parts) {
    Bnfold.run("inspect", path).fails(2, path);
    Bnfold.run("fold", path).fails(2, parts);
  }

  @Test
  void a_missing_file_is_missing() {
    refuses(folder.resolve("none/model.fb"), "there is no such file");
  }

  @Test
  void a_directory_is_no_model() {
    refuses(folder, "this directory holds no .fb, .zip or .h5 file");
    Bnfold.run("verify", folder, folder).fails(2, folder, "this is a directory");
  }

  @Test
  void an_empty_file_is_empty() throws IOException {
    refuses(file(new byte[0]), "the file is empty");
  }

  @Test
  void a_file_without_permission_is_named_so() throws IOException {
    Path path = file(Bnfold.bytes());
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(path), "this user may read everything");
    refuses(path, "you may not read");
  }

  @Test
  void a_network_whose_configuration_is_none_is_damaged() throws IOException {
    refuses(zip("configuration.json", "coefficients.bin"), "no valid JSON");
  }

  @Test
  void a_zip_of_something_else_is_something_else() throws IOException {
    refuses(zip("letter.txt"), "zip file of something else");
  }

  @Test
  void a_truncated_zip_is_damaged() throws IOException {
    byte[] whole = Files.readAllBytes(zip("configuration.json", "coefficients.bin"));
    refuses(file(Arrays.copyOf(whole, whole.length / 2)), "damaged or truncated zip");
  }

  @Test
  void an_hdf5_file_is_named_so() throws IOException {
    byte[] head = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n', 0, 0, 0, 0};
    refuses(file(head), "Keras", "cannot import");
  }

  @Test
  void text_is_not_a_graph() throws IOException {
    refuses(
        file("Not a network, but long enough to be one.".getBytes(StandardCharsets.UTF_8)),
        "not a SameDiff graph");
  }

  @Test
  void a_graph_that_is_cut_anywhere_is_refused() throws IOException {
    byte[] whole = Bnfold.bytes();
    for (int length = 1; length < whole.length; length += 1 + length / 40) {
      FlatGraphCheck check = FlatGraphCheck.of(Arrays.copyOf(whole, length));
      assertThat(check.isGraph()).as("cut to %d bytes", length).isFalse();
    }
    // The last text, without the zero behind it and the four bytes of padding.
    refuses(file(Arrays.copyOf(whole, whole.length - 5)), "truncated");
    refuses(file(Arrays.copyOf(whole, whole.length / 2)), "truncated");
    refuses(file(Arrays.copyOf(whole, 3)), "truncated");
  }

  @Test
  void a_damaged_graph_is_loaded_or_refused_but_nothing_else() throws IOException {
    byte[] whole = Bnfold.bytes();
    Random random = new Random(5);
    int refused = 0;
    for (int i = 0; i < 150; i++) {
      byte[] damaged = whole.clone();
      for (int j = 0; j < 20; j++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        ModelFile.read(file(damaged));
      } catch (CommandFailure e) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }
}
