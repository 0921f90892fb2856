package io.github.dl4jbnfold.examples.command.notebook;

import io.github.dl4jbnfold.examples.command.console.Subcommand;
import io.github.dl4jbnfold.examples.notebook.Notebook;
import io.github.dl4jbnfold.examples.notebook.Notebooks;
import io.github.dl4jbnfold.report.Json;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bnfold notebook list}: the notebooks that ship with the command. */
@Command(name = "list", description = "Names the notebooks that ship with this command.")
final class NotebookListCommand extends Subcommand {
  @Option(names = "--json", description = "Print them as JSON.")
  private boolean json;

  private record Entry(String name, String title, String summary) {}

  @Override
  protected void run() {
    List<Entry> entries = Notebooks.names().stream().map(NotebookListCommand::entry).toList();
    if (json) {
      out().print(Json.of(entries));
      return;
    }
    for (Entry entry : entries) {
      out().printf("%s%n  %s%n  %s%n", entry.name, entry.title, entry.summary);
    }
  }

  private static Entry entry(String name) {
    Notebook notebook = Notebooks.read(name);
    return new Entry(name, notebook.title(), notebook.summary());
  }
}
