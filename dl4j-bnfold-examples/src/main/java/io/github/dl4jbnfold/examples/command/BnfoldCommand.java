package io.github.dl4jbnfold.examples.command;

import io.github.dl4jbnfold.examples.command.compare.BenchCommand;
import io.github.dl4jbnfold.examples.command.compare.VerifyCommand;
import io.github.dl4jbnfold.examples.command.console.Program;
import io.github.dl4jbnfold.examples.command.fold.CostsCommand;
import io.github.dl4jbnfold.examples.command.fold.DemoCommand;
import io.github.dl4jbnfold.examples.command.fold.FoldCommand;
import io.github.dl4jbnfold.examples.command.fold.InspectCommand;
import io.github.dl4jbnfold.examples.command.fold.ReportCommand;
import io.github.dl4jbnfold.examples.command.linearize.LinearizeCommand;
import io.github.dl4jbnfold.examples.command.notebook.NotebookCommand;
import picocli.CommandLine.Command;

/** The command without a subcommand; {@link Main} turns nothing at all into the demonstration. */
@Command(
    name = "bnfold",
    mixinStandardHelpOptions = true,
    versionProvider = Program.Version.class,
    subcommands = {
      FoldCommand.class,
      InspectCommand.class,
      ReportCommand.class,
      LinearizeCommand.class,
      VerifyCommand.class,
      BenchCommand.class,
      CostsCommand.class,
      NotebookCommand.class,
      DemoCommand.class,
      CompletionCommand.class
    },
    description = {
      "Removes batch normalizations from trained networks without changing what they compute, and"
          + " makes networks shallower. Without a subcommand: runs the demonstration."
    },
    footer = {
      "",
      "Examples:",
      "  bnfold inspect model.fb",
      "  bnfold fold model.fb -o folded.fb --report folded.md",
      "  bnfold fold model.fb --objective fastest",
      "  bnfold report model.zip --html report.html",
      "  bnfold verify model.zip model-folded.zip",
      "  bnfold bench model.zip model-folded.zip",
      "  bnfold linearize model.zip --dry-run",
      "  bnfold linearize model.zip --data images --budget 0.6",
      "",
      "Exit codes:",
      "  0  done",
      "  1  refused, or the check failed; nothing was written",
      "  2  bad usage, or a model that cannot be read"
    })
final class BnfoldCommand implements Program {
  private final boolean ownsProcess;

  BnfoldCommand(boolean ownsProcess) {
    this.ownsProcess = ownsProcess;
  }

  @Override
  public boolean ownsProcess() {
    return ownsProcess;
  }
}
