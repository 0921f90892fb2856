package io.github.dl4jbnfold.examples.command.notebook;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.console.OutputFile;
import io.github.dl4jbnfold.examples.command.console.Subcommand;
import io.github.dl4jbnfold.examples.notebook.Jupyter;
import io.github.dl4jbnfold.examples.notebook.JupyterKernel;
import io.github.dl4jbnfold.examples.notebook.Notebooks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bnfold notebook open}: copies notebooks and starts Jupyter on them. */
@Command(
    name = "open",
    description =
        "Copies notebooks that ship with this command into the working directory, where they are"
            + " not there yet, and opens them in Jupyter.")
final class NotebookOpenCommand extends Subcommand {
  @Nullable
  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "Which one, by its name or number. Default: all of them.")
  private String name;

  @Option(
      names = "--dir",
      paramLabel = "DIRECTORY",
      description = "Where to copy to. Default: the working directory.")
  private Path folder = Path.of(".");

  @Option(names = "--no-start", description = "Copy only.")
  private boolean copyOnly;

  @Override
  protected void run() {
    String wanted = name;
    List<String> chosen =
        wanted == null
            ? Notebooks.names()
            : List.of(Notebooks.find(wanted).orElseThrow(() -> NotebookRunCommand.missing(wanted)));
    chosen.forEach(this::copy);
    if (!copyOnly) {
      open(chosen.size() == 1 ? folder.resolve(chosen.get(0) + Notebooks.SUFFIX) : folder);
    }
  }

  private void copy(String notebook) {
    Path target = folder.resolve(notebook + Notebooks.SUFFIX);
    if (Files.exists(target)) {
      out().printf("%s: it is there already, and stays as it is.%n", target);
      return;
    }
    try (OutputFile file = OutputFile.prepare(target, false, Notebooks.bytes(notebook))) {
      file.publish();
    }
    out().printf("%s: copied.%n", target);
  }

  private void open(Path target) {
    Optional<Path> jupyter = Jupyter.find(System.getenv("PATH"));
    if (jupyter.isEmpty()) {
      out()
          .println(
              "Jupyter is not installed: 'pip install jupyterlab' gets it; 'bnfold notebook run"
                  + " NAME' needs none, and writes a page with all outputs.");
      return;
    }
    if (!Files.isDirectory(JupyterKernel.folder(JupyterKernel.dataFolder()))) {
      out()
          .println(
              "Jupyter has no kernel for these notebooks yet: 'bnfold notebook install-kernel'"
                  + " installs it.");
    }
    out().flush();
    int code = Jupyter.run(jupyter.get(), target);
    if (code != 0) {
      throw CommandFailure.refused(
          "%s: it ended with exit code %d.".formatted(jupyter.get(), code));
    }
  }
}
