package io.github.dl4jbnfold.examples.command.fold;

import io.github.dl4jbnfold.examples.command.console.Progress;
import io.github.dl4jbnfold.examples.command.console.Subcommand;
import io.github.dl4jbnfold.report.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bnfold demo}: folds the network that ships with the command, and compares. */
@Command(
    name = "demo",
    description =
        "Folds a small trained network that ships with the command, and compares predictions and"
            + " times before and after on generated images.")
public final class DemoCommand extends Subcommand {
  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "20260101",
      description = "Which images to generate. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--json", description = "Print the report, predictions and times as JSON.")
  private boolean json;

  @Override
  protected void run() {
    Demonstration.Result result = quietly(this::demonstrate);
    if (json) {
      out().print(Json.of(result));
    } else {
      print(result.toText());
    }
  }

  private Demonstration.Result demonstrate() {
    try (Progress progress = progress()) {
      return new Demonstration(seed).run(progress);
    }
  }
}
