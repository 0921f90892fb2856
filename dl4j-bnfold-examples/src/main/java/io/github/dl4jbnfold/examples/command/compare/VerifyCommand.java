package io.github.dl4jbnfold.examples.command.compare;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.console.Progress;
import io.github.dl4jbnfold.examples.command.console.Subcommand;
import io.github.dl4jbnfold.examples.command.model.ModelFile;
import io.github.dl4jbnfold.examples.measure.Agreement;
import io.github.dl4jbnfold.examples.measure.Agreement.Inputs;
import io.github.dl4jbnfold.report.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code bnfold verify}: whether two model files are the same function. */
@Command(
    name = "verify",
    description = {
      "Runs two models on the same random inputs, and says whether they are the same function and,"
          + " if not, which layer is the first that writes something else.",
      "The kinds of their files may differ. A normalizer in a file is applied. Inputs are normally"
          + " distributed, with deviation 1 and 8; sequences have no masks. What such inputs never"
          + " reach is not compared. Exit code 1 if they differ, or it cannot be told."
    })
public final class VerifyCommand extends Subcommand {
  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Parameters(index = "0", paramLabel = "MODEL", description = "A .fb, .zip or .h5 file.")
  private Path model;

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Parameters(index = "1", paramLabel = "OTHER", description = "The one to compare it with.")
  private Path other;

  @Option(
      names = "--examples",
      paramLabel = "N",
      defaultValue = "16",
      description = "How many random examples to run of each deviation. Default: ${DEFAULT-VALUE}.")
  private int examples;

  @Option(
      names = "--tolerance",
      paramLabel = "T",
      description =
          "The largest difference of an output that counts as the same, relative to its largest"
              + " magnitude. Default: 1e-9 in float64, 1e-4 in float32.")
  private @Nullable Double tolerance;

  @Mixin private final InputOptions options = new InputOptions();

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  @Override
  protected void run() {
    if (examples < 1) {
      throw new ParameterException(
          spec().commandLine(), "--examples: give a number above 0, not " + examples);
    }
    if (tolerance != null && !(tolerance >= 0)) {
      throw new ParameterException(
          spec().commandLine(),
          "--tolerance: give a number that is not negative, not " + tolerance);
    }
    ModelFile.check(model);
    ModelFile.check(other);
    Verification result = quietly(this::verify);
    if (json) {
      out().print(Json.of(result));
    } else {
      print(result.toText());
    }
    out().flush();
    switch (result.verdict()) {
      case SAME -> {}
      case DIFFERENT ->
          throw CommandFailure.refused(
              "%s and %s are not the same function.".formatted(model, other));
      case UNTOLD ->
          throw CommandFailure.refused(
              "Whether %s and %s are the same function cannot be told from these outputs: name others with --output, or take other inputs with --seed."
                  .formatted(model, other));
    }
  }

  private Verification verify() {
    try (Progress progress = progress()) {
      progress.show("reading " + model);
      Subject first = Subject.normalized(model, ModelFile.read(model), options);
      progress.show("reading " + other);
      Subject second = Subject.normalized(other, ModelFile.read(other), options);
      progress.show("comparing");
      List<Inputs> runs = RandomRuns.of(first, second, examples, options.seed());
      return Verification.of(model, other, examples, agreement(first, second, runs));
    }
  }

  private Agreement agreement(Subject first, Subject second, List<Inputs> runs) {
    OptionalDouble given =
        tolerance == null ? OptionalDouble.empty() : OptionalDouble.of(tolerance);
    try {
      return Agreement.of(first.network(), second.network(), runs, given);
    } catch (RuntimeException e) {
      throw CommandFailure.refused(
          "%s and %s cannot be compared (%s). Maybe name what to compare with --output, or the inputs with --shape."
              .formatted(model, other, e.getMessage()),
          e);
    }
  }
}
