package io.github.dl4jbnfold.examples.command.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFilesTest {
  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(folder.resolve("deep/er"));
    for (String name :
        List.of("b.fb", "a.zip", "c.H5", ".hidden.fb", "notes.txt", "deep/d.fb", "deep/er/e.fb")) {
      Files.writeString(folder.resolve(name), name);
    }
  }

  @Test
  void a_file_is_itself_and_only_one() {
    ModelFiles files = files("notes.txt");

    assertThat(names(files)).containsExactly("notes.txt");
    assertThat(files.several()).isFalse();
  }

  @Test
  void a_file_that_does_not_exist_is_left_to_its_reader() {
    assertThat(names(files("none.fb"))).containsExactly("none.fb");
  }

  @Test
  void a_directory_is_its_models_by_name() {
    ModelFiles files = files("");

    assertThat(names(files)).containsExactly("a.zip", "b.fb", "c.H5");
    assertThat(files.several()).isTrue();
  }

  @Test
  void a_glob_that_no_shell_resolved_is_what_matches() {
    assertThat(names(files("*.{fb,zip}"))).containsExactly(".hidden.fb", "a.zip", "b.fb");
    assertThat(names(files("deep/?.fb"))).containsExactly("d.fb");
    assertThat(names(files("d*/d.fb"))).containsExactly("d.fb");
    assertThat(names(files("deep/**.fb"))).containsExactly("d.fb", "e.fb");
  }

  @Test
  void a_glob_is_more_than_one_model_even_where_one_matches() {
    assertThat(files("b.*").several()).isTrue();
  }

  @Test
  void a_file_whose_name_looks_like_a_glob_is_a_file() throws IOException {
    Files.writeString(folder.resolve("net[1].fb"), "x");

    assertThat(names(files("net[1].fb"))).containsExactly("net[1].fb");
  }

  @Test
  void what_is_named_twice_is_taken_once() {
    String model = folder.resolve("b.fb").toString();

    ModelFiles files = ModelFiles.of(List.of(model, model, folder.resolve("*.fb").toString()));

    assertThat(names(files)).containsExactly("b.fb", ".hidden.fb");
  }

  @Test
  void nothing_found_is_bad_usage() {
    failsWith("*.onnx", "no file matches");
    failsWith("none/*.fb", "no file matches");
    failsWith("deep/er/[.fb", "makes no sense");
    failsWith("deep/er/../../deep/nothing*", "no file matches");
  }

  @Test
  void a_directory_without_models_is_bad_usage() throws IOException {
    Files.createDirectory(folder.resolve("empty"));

    failsWith("empty", "holds no .fb, .zip or .h5 file");
  }

  private void failsWith(String name, String part) {
    assertThatThrownBy(() -> files(name))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining(name)
        .hasMessageContaining(part);
  }

  private ModelFiles files(String name) {
    return ModelFiles.of(List.of(folder + "/" + name));
  }

  private static List<String> names(ModelFiles files) {
    return files.paths().stream().map(path -> String.valueOf(path.getFileName())).toList();
  }
}
