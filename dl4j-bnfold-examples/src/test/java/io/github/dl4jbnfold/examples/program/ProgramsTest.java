package io.github.dl4jbnfold.examples.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The programs as processes. */
class ProgramsTest {
  private static final Map<Class<?>, List<String>> ARGUMENTS =
      Map.of(
          FoldAFile.class, List.of("model.zip"),
          FoldAfterTraining.class, List.of("model.zip", "training", "test"),
          FoldAtServerStart.class, List.of("model.zip", "1,16,16", "0"),
          FineTuneToFewerLayers.class, List.of("model.zip", "training", "test", "fewer.zip"),
          FoldInATrainingPipeline.class, List.of("model.zip", "training", "test", "out.zip"));

  @TempDir Path folder;

  private static Stream<Class<?>> programs() {
    return ARGUMENTS.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void a_missing_model_ends_the_process_with_1_and_one_sentence(Class<?> program) throws Exception {
    List<String> java =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            program.getName());
    Process process =
        new ProcessBuilder(Stream.of(java, ARGUMENTS.get(program)).flatMap(List::stream).toList())
            .directory(folder.toFile())
            .start();
    String error =
        new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();

    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(error).isEqualTo("model.zip: there is no such file. Check the path.");
  }
}
