package io.github.dl4jbnfold.examples.command.notebook;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.console.OutputFile;
import io.github.dl4jbnfold.examples.command.console.Progress;
import io.github.dl4jbnfold.examples.command.console.Subcommand;
import io.github.dl4jbnfold.examples.notebook.Notebook;
import io.github.dl4jbnfold.examples.notebook.NotebookException;
import io.github.dl4jbnfold.examples.notebook.NotebookPage;
import io.github.dl4jbnfold.examples.notebook.NotebookRunner;
import io.github.dl4jbnfold.examples.notebook.Notebooks;
import io.github.dl4jbnfold.report.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code bnfold notebook run}: runs a notebook without Jupyter. */
@Command(
    name = "run",
    description =
        "Runs the Java cells of a notebook in this process, without Jupyter and Python, and writes"
            + " the notebook with its outputs. Its code may do whatever Java may.")
final class NotebookRunCommand extends Subcommand {
  private static final String PAGE = ".html";

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Parameters(
      paramLabel = "NAME",
      description =
          "A notebook that ships with this command, by its name or number, or the file of another"
              + " one (.ipynb).")
  private String name;

  @Nullable
  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description =
          "What to write: a page to read (.html), or a notebook (.ipynb). Default: a page of the"
              + " notebook's name in the working directory.")
  private Path out;

  @Option(names = "--overwrite", description = "Replace the file if it is there.")
  private boolean overwrite;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "How long each cell may take. Default: ${DEFAULT-VALUE}.")
  private double timeout;

  @Option(names = "--json", description = "Print what was done as JSON.")
  private boolean json;

  private record Done(String notebook, double seconds, String writtenTo) {}

  @Override
  protected void run() {
    if (!(timeout > 0 && timeout < Integer.MAX_VALUE)) {
      throw new ParameterException(
          spec().commandLine(), "--timeout: %s is no time.".formatted(timeout));
    }
    Notebook notebook = notebook();
    Path target = out == null ? Path.of(stem(notebook.name()) + PAGE) : out;
    boolean page = isPage(target);
    OutputFile.check(target, overwrite);
    long start = System.nanoTime();
    Notebook done;
    try (Progress progress = progress()) {
      NotebookRunner runner =
          new NotebookRunner(
              Duration.ofMillis(Math.max(1, Math.round(timeout * 1000))),
              (number, count) ->
                  progress.show("%s: cell %d of %d".formatted(notebook.name(), number, count)));
      done = quietly(() -> runner.run(notebook));
    }
    byte[] content = page ? NotebookPage.of(done).getBytes(StandardCharsets.UTF_8) : done.toBytes();
    try (OutputFile file = OutputFile.prepare(target, overwrite, content)) {
      file.publish();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (json) {
      out().print(Json.of(new Done(notebook.name(), seconds, target.toString())));
    } else {
      out()
          .printf(
              Locale.ROOT, "%s: ran in %.1f s, written to %s%n", notebook.name(), seconds, target);
    }
  }

  private boolean isPage(Path target) {
    String file = target.toString().toLowerCase(Locale.ROOT);
    if (file.endsWith(PAGE) || file.endsWith(".htm")) {
      return true;
    }
    if (file.endsWith(Notebooks.SUFFIX)) {
      return false;
    }
    throw new ParameterException(
        spec().commandLine(),
        "--out: '%s' ends neither with .html nor with .ipynb.".formatted(target));
  }

  private Notebook notebook() {
    Path file = Path.of(name);
    if (Files.isRegularFile(file)) {
      return read(file);
    }
    return Notebooks.find(name).map(Notebooks::read).orElseThrow(() -> missing(name));
  }

  private static Notebook read(Path file) {
    try {
      return Notebook.read(String.valueOf(file.getFileName()), Files.readAllBytes(file));
    } catch (NotebookException e) {
      throw CommandFailure.usage(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw CommandFailure.usage("%s: it cannot be read (%s).".formatted(file, e), e);
    }
  }

  static CommandFailure missing(String name) {
    return CommandFailure.usage(
        "%s: there is no such file, and no such notebook ships with this command. 'bnfold notebook"
                .formatted(name)
            + " list' names them.");
  }

  private static String stem(String file) {
    return file.endsWith(Notebooks.SUFFIX)
        ? file.substring(0, file.length() - Notebooks.SUFFIX.length())
        : file;
  }
}
