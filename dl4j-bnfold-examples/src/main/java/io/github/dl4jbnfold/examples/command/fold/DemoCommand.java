package io.github.dl4jbnfold.examples.command.fold;

import io.github.dl4jbnfold.examples.command.console.Progress;
import io.github.dl4jbnfold.examples.command.console.Subcommand;
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

  @Override
  protected void run() {
    print(quietly(this::demonstrate));
  }

  private String demonstrate() {
    try (Progress progress = progress()) {
      return new Demonstration(seed).run(progress);
    }
  }
}
