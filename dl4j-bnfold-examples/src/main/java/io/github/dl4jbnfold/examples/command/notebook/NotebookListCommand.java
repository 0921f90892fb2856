package io.github.dl4jbnfold.examples.command.notebook;

import io.github.dl4jbnfold.examples.command.console.Subcommand;
import io.github.dl4jbnfold.examples.notebook.Notebook;
import io.github.dl4jbnfold.examples.notebook.Notebooks;
import picocli.CommandLine.Command;

/** {@code bnfold notebook list}: the notebooks that ship with the command. */
@Command(name = "list", description = "Names the notebooks that ship with this command.")
final class NotebookListCommand extends Subcommand {
  @Override
  protected void run() {
    for (String name : Notebooks.names()) {
      Notebook notebook = Notebooks.read(name);
      out().printf("%s%n  %s%n  %s%n", name, notebook.title(), notebook.summary());
    }
  }
}
