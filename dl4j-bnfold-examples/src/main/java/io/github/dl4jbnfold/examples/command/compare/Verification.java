package io.github.dl4jbnfold.examples.command.compare;

import io.github.dl4jbnfold.examples.measure.Agreement;
import io.github.dl4jbnfold.examples.measure.Agreement.Parting;
import io.github.dl4jbnfold.examples.measure.Agreement.Verdict;
import io.github.dl4jbnfold.examples.measure.Errors;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a comparison of two models found, as data that become JSON.
 *
 * @param same whether nothing told them apart, and something could have
 * @param verdict the same with a third case: the outputs are such that nothing could be told
 * @param examples how many random ones were run of each deviation
 * @param partsAt the first layer or operator that writes something else; null if they are the same,
 *     or it cannot be told
 */
record Verification(
    String model,
    String other,
    boolean same,
    Verdict verdict,
    int examples,
    List<Output> outputs,
    @Nullable PartsAt partsAt) {

  /**
   * One output.
   *
   * @param tolerance the largest relative difference that counts as the same
   * @param largestError relative to its largest magnitude
   * @param largestLogError the same for the logarithms of probabilities; null for other outputs
   * @param equal how many of its numbers are the same to the last bit
   * @param predictions how many examples it classifies; 0 if it does not
   */
  record Output(
      String name,
      String otherName,
      Verdict verdict,
      double tolerance,
      double largestError,
      @Nullable Double largestLogError,
      long numbers,
      long equal,
      int predictions,
      int changedPredictions) {}

  /**
   * Where they part.
   *
   * @param error what no scale and no shift per channel explains, relative to the largest magnitude
   * @param lastEqual the last common one before it that agrees; null if there is none
   * @param compared how many have the same name and write the same shape in both
   */
  record PartsAt(String name, double error, @Nullable String lastEqual, int compared) {}

  static Verification of(Path model, Path other, int examples, Agreement agreement) {
    return new Verification(
        model.toString(),
        other.toString(),
        agreement.verdict() == Verdict.SAME,
        agreement.verdict(),
        examples,
        agreement.outputs().stream().map(Verification::output).toList(),
        agreement.parting().map(Verification::partsAt).orElse(null));
  }

  private static Output output(Agreement.Output output) {
    return new Output(
        output.first(),
        output.second(),
        output.verdict(),
        output.tolerance(),
        output.errors().largest(),
        output.logErrors().map(Errors::largest).orElse(null),
        output.errors().count(),
        output.errors().equal(),
        output.predictions(),
        output.changed());
  }

  private static PartsAt partsAt(Parting parting) {
    return new PartsAt(
        parting.part(), parting.error(), parting.lastEqual().orElse(null), parting.compared());
  }

  String toText() {
    StringBuilder text = new StringBuilder();
    text.append("%s%n%s%n".formatted(model, other));
    text.append(headline());
    outputs.forEach(output -> text.append(text(output)));
    if (verdict == Verdict.DIFFERENT) {
      text.append(parting());
    }
    return text.toString();
  }

  private String headline() {
    return switch (verdict) {
      case SAME -> "the same function, as far as 2 × %d random examples tell%n".formatted(examples);
      case DIFFERENT -> "not the same function%n".formatted();
      case UNTOLD -> "maybe the same function: some outputs tell nothing%n".formatted();
    };
  }

  private static String text(Output output) {
    String name =
        output.name.equals(output.otherName)
            ? output.name
            : output.name + " and " + output.otherName;
    String errors =
        String.format(
            Locale.ROOT,
            "  %s: largest difference %.2e of the largest magnitude%s (%.0e counts as the same);"
                + " %,d of %,d numbers are equal",
            name,
            output.largestError,
            output.largestLogError == null
                ? ""
                : String.format(Locale.ROOT, ", %.2e of logarithms", output.largestLogError),
            output.tolerance,
            output.equal,
            output.numbers);
    String predictions =
        output.predictions == 0
            ? ""
            : "; %d of %d predictions changed"
                .formatted(output.changedPredictions, output.predictions);
    String untold =
        output.verdict == Verdict.UNTOLD
            ? "%n    no number, certain or the same for all examples: nothing can be told from it"
                .formatted()
            : "";
    return "%s%s%s%n".formatted(errors, predictions, untold);
  }

  private String parting() {
    if (partsAt == null) {
      return "  where they part cannot be told: no layer of the same name and shape differs by more than a scale and a shift of its channels%n"
          .formatted();
    }
    String before =
        partsAt.lastEqual == null ? "" : ", '%s' before it agrees".formatted(partsAt.lastEqual);
    return String.format(
        Locale.ROOT,
        "  they part at '%s': %.2e of its largest magnitude is no scale and no shift of a"
            + " channel%s%n  (%d layers have the same name and shape in both)%n",
        partsAt.name,
        partsAt.error,
        before,
        partsAt.compared);
  }
}
