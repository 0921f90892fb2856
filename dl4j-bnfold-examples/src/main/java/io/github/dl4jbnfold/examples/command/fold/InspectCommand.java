package io.github.dl4jbnfold.examples.command.fold;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.console.Progress;
import io.github.dl4jbnfold.examples.command.console.Subcommand;
import io.github.dl4jbnfold.examples.command.model.LoadedModel;
import io.github.dl4jbnfold.examples.command.model.ModelFile;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.verify.FoldingException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bnfold inspect}: says what a fold would do, and writes nothing. */
@Command(
    name = "inspect",
    description =
        "Shows which batch normalizations a fold would remove, which would stay and why, and what"
            + " the network is made of. Writes nothing.")
public final class InspectCommand extends Subcommand {
  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Parameters(
      paramLabel = "MODEL",
      description =
          "A SameDiff graph (.fb), a network of Deeplearning4j (.zip), or a Keras model (.h5).")
  private Path model;

  @Option(names = "--json", description = "Print the report as JSON.")
  private boolean json;

  @Mixin private final NetworkOptions network = new NetworkOptions();

  @Override
  protected void run() {
    network.check(spec());
    ModelFile.check(model);
    out().print(quietly(this::inspect));
  }

  private String inspect() {
    try (Progress progress = progress()) {
      progress.show("reading " + model);
      LoadedModel read = ModelFile.read(model);
      progress.show("planning " + model);
      NetworkNames names = new NetworkNames(model, read);
      FoldReport plan = read.plan(names.resolve(network));
      names.checkKept(network, plan);
      return json ? plan.toJson() : "%s%n%s%s".formatted(model, read.summary(plan), plan.toText());
    } catch (FoldingException e) {
      throw CommandFailure.refused("%s: %s".formatted(model, e.getMessage()), e);
    }
  }
}
