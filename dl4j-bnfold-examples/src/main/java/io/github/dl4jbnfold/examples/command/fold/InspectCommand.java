package io.github.dl4jbnfold.examples.command.fold;

import io.github.dl4jbnfold.examples.command.console.Progress;
import io.github.dl4jbnfold.examples.command.model.ModelFiles;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** {@code bnfold inspect}: says what a fold would do, and writes nothing. */
@Command(
    name = "inspect",
    description =
        "Shows which batch normalizations a fold would remove, which would stay and why, and what"
            + " the network is made of. Writes nothing.")
public final class InspectCommand extends ModelsCommand {
  @Override
  void check(ModelFiles files) {
    // Nothing is written.
  }

  @Override
  Outcome handle(Path model) {
    return quietly(() -> inspect(model));
  }

  private Outcome inspect(Path model) {
    try (Progress progress = progress()) {
      Handled planned = plan(model, progress);
      return new Outcome(
          planned.report(),
          "%s%n%s%s"
              .formatted(
                  model, planned.network().summary(planned.report()), planned.report().toText()));
    }
  }
}
