package io.github.dl4jbnfold.examples.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One of the notebooks in Jupyter itself, where it is installed: the kernel shows figures, too. */
class RealJupyterTest {
  private static final String NAME = "01-fold-a-samediff-graph";
  private static final int TRIES = 3;

  @TempDir Path folder;

  private static boolean isInstalled() {
    String path = System.getenv("PATH");
    return path != null
        && Stream.of(path.split(File.pathSeparator))
            .anyMatch(entry -> Files.isExecutable(Path.of(entry).resolve("jupyter-nbconvert")));
  }

  @Test
  void a_shipped_notebook_runs_in_jupyter_with_the_kernel_that_is_installed() throws Exception {
    assumeTrue(isInstalled(), "There is no jupyter-nbconvert on the search path.");
    JupyterKernel.forThisProgram(null).install(folder);
    Path input = folder.resolve(NAME + Notebooks.SUFFIX);
    Files.write(input, Notebooks.bytes(NAME));

    // The start of a kernel may time out on a busy machine.
    int code = 1;
    for (int i = 0; i < TRIES && code != 0; i++) {
      code = convert(input);
    }

    assertThat(code).as(Files.readString(folder.resolve("log"))).isZero();
    Path output = folder.resolve("done" + Notebooks.SUFFIX);
    List<Output> outputs =
        Notebook.read("done", Files.readAllBytes(output)).cells().stream()
            .flatMap(cell -> cell.outputs().stream())
            .toList();
    assertThat(outputs)
        .anySatisfy(
            text -> assertThat(text).isEqualTo(new Output.Stream("stdout", "14 operators\n")))
        .anySatisfy(o -> assertThat(type(o)).isEqualTo(Output.PNG))
        .anySatisfy(o -> assertThat(type(o)).isEqualTo(Output.HTML));
  }

  private static String type(Output output) {
    return output instanceof Output.Display display ? display.type() : "";
  }

  private int convert(Path input) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
                "jupyter-nbconvert",
                "--to",
                "notebook",
                "--execute",
                "--ExecutePreprocessor.timeout=300",
                "--ExecutePreprocessor.startup_timeout=60",
                "--output-dir",
                folder.toString(),
                "--output",
                "done.ipynb",
                input.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile());
    builder.environment().put("JUPYTER_DATA_DIR", folder.toString());
    Process process = builder.start();
    if (!process.waitFor(500, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return process.waitFor();
  }
}
