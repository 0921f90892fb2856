package io.github.dl4jbnfold.examples.command.fold;

import io.github.dl4jbnfold.examples.command.console.Subcommand;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bnfold costs}: shows what operators were measured to cost on this machine. */
@Command(
    name = "costs",
    description =
        "Shows the measured times of operators that are remembered for this user, and where they"
            + " lie. Starts no measurement.")
public final class CostsCommand extends Subcommand {
  @Nullable
  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "One table. Default: all tables in the cache folder of this user.")
  private Path file;

  @Option(names = "--clear", description = "Delete the tables; they are measured anew when needed.")
  private boolean clear;

  @Option(names = "--json", description = "Print the tables as JSON.")
  private boolean json;

  @Override
  protected void run() {
    CostTables tables = file == null ? CostTables.ofUser() : CostTables.of(file);
    if (clear) {
      tables.clear();
    }
    out().print(clear ? tables.cleared(json) : json ? tables.toJson() : tables.toText());
  }
}
