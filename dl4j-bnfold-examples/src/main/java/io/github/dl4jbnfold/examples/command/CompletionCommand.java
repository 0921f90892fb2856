package io.github.dl4jbnfold.examples.command;

import io.github.dl4jbnfold.examples.command.console.Subcommand;
import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** {@code bnfold completion}: what a shell needs to complete the command. */
@Command(
    name = "completion",
    description = {
      "Prints a script by which bash and zsh complete subcommands and options:",
      "  alias bnfold='java -jar /path/to/bnfold.jar'",
      "  source <(bnfold completion)"
    })
final class CompletionCommand extends Subcommand {
  @Override
  protected void run() {
    out().print(AutoComplete.bash("bnfold", spec().root().commandLine()));
  }
}
