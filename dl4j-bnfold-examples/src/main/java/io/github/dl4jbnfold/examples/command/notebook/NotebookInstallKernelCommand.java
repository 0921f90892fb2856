package io.github.dl4jbnfold.examples.command.notebook;

import io.github.dl4jbnfold.examples.command.console.Subcommand;
import io.github.dl4jbnfold.examples.notebook.JupyterKernel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bnfold notebook install-kernel}: lets Jupyter run Java cells that see this program. */
@Command(
    name = "install-kernel",
    description =
        "Installs a Java kernel for this user's Jupyter, or updates it. Its cells see this command"
            + " where it lies now: install the kernel again when you have moved it.")
final class NotebookInstallKernelCommand extends Subcommand {
  @Nullable
  @Option(
      names = "--dir",
      paramLabel = "DIRECTORY",
      description =
          "A data directory of Jupyter. Default: that of this user, as 'jupyter --data-dir' tells"
              + " it.")
  private Path data;

  @Nullable
  @Option(
      names = "--kernel-jar",
      paramLabel = "FILE",
      description =
          "The jar of rapaio-jupyter-kernel. Default: the one that the build puts beside"
              + " bnfold.jar.")
  private Path jar;

  @Override
  protected void run() {
    Path folder =
        JupyterKernel.forThisProgram(jar).install(data == null ? JupyterKernel.dataFolder() : data);
    out().printf("The kernel '%s' is installed in %s.%n", JupyterKernel.NAME, folder);
  }
}
