package io.github.dl4jbnfold.examples.command.compare;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.console.Progress;
import io.github.dl4jbnfold.examples.command.console.Subcommand;
import io.github.dl4jbnfold.examples.command.model.ModelFile;
import io.github.dl4jbnfold.examples.measure.Agreement;
import io.github.dl4jbnfold.report.Json;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
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
      "The kinds of their files may differ. A normalizer in a file is applied. Exit code 1 if they"
          + " differ."
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
      description = "How many random examples to run. Default: ${DEFAULT-VALUE}.")
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
    if (!result.same()) {
      throw CommandFailure.refused("%s and %s are not the same function.".formatted(model, other));
    }
  }

  private Verification verify() {
    try (Progress progress = progress()) {
      progress.show("reading " + model);
      Subject first = Subject.of(model, ModelFile.read(model), options);
      progress.show("reading " + other);
      Subject second = Subject.of(other, ModelFile.read(other), options);
      progress.show("comparing");
      Map<String, INDArray> sample = first.sample(examples, options.seed());
      // The inputs after the normalizer are moderate: from there back, and into the other model.
      Map<String, INDArray> raw =
          first.normalizer().isPresent() ? first.raw(sample) : second.raw(sample);
      Map<String, INDArray> inputs = first.inputs(raw, sample);
      Map<String, INDArray> otherInputs =
          second.inputs(raw, second.sample(examples, options.seed()));
      return Verification.of(model, other, examples, agreement(first, inputs, second, otherInputs));
    }
  }

  private Agreement agreement(
      Subject first,
      Map<String, INDArray> inputs,
      Subject second,
      Map<String, INDArray> otherInputs) {
    OptionalDouble given =
        tolerance == null ? OptionalDouble.empty() : OptionalDouble.of(tolerance);
    try {
      return Agreement.of(first.network(), inputs, second.network(), otherInputs, given);
    } catch (RuntimeException e) {
      throw CommandFailure.refused(
          "%s and %s cannot be compared (%s). Maybe name what to compare with --output, or the inputs with --shape."
              .formatted(model, other, e.getMessage()),
          e);
    }
  }
}
