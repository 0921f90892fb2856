package io.github.dl4jbnfold.examples.command.notebook;

import io.github.dl4jbnfold.examples.command.console.Program;
import picocli.CommandLine.Command;

/** {@code bnfold notebook}: tutorials that run, in Jupyter or without it. */
@Command(
    name = "notebook",
    mixinStandardHelpOptions = true,
    versionProvider = Program.Version.class,
    subcommands = {
      NotebookListCommand.class,
      NotebookRunCommand.class,
      NotebookInstallKernelCommand.class,
      NotebookOpenCommand.class
    },
    description = {
      "Java notebooks that explain the library step by step: runs them without Python, or makes"
          + " Jupyter run them."
    },
    footer = {
      "",
      "Examples:",
      "  bnfold notebook list",
      "  bnfold notebook run 01                       # writes a page to read",
      "  bnfold notebook run mine.ipynb -o done.ipynb",
      "  bnfold notebook install-kernel",
      "  bnfold notebook open 01"
    })
public final class NotebookCommand {}
