package io.github.dl4jbnfold.examples.command.compare;

import io.github.dl4jbnfold.examples.measure.Agreement;
import io.github.dl4jbnfold.examples.measure.Agreement.Parting;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a comparison of two models found, as data that become JSON.
 *
 * @param tolerance the largest relative difference that counts as the same
 * @param examples how many random ones were run
 * @param partsAt the first layer or operator that writes something else; null if they are the same,
 *     or it cannot be told
 */
record Verification(
    String model,
    String other,
    boolean same,
    double tolerance,
    int examples,
    List<Output> outputs,
    @Nullable PartsAt partsAt) {

  /**
   * One output.
   *
   * @param largestError relative to its largest magnitude
   * @param equal how many of its numbers are the same to the last bit
   * @param predictions how many examples it classifies; 0 if it does not
   */
  record Output(
      String name,
      String otherName,
      double largestError,
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
        agreement.same(),
        agreement.tolerance(),
        examples,
        agreement.outputs().stream().map(Verification::output).toList(),
        agreement.parting().map(Verification::partsAt).orElse(null));
  }

  private static Output output(Agreement.Output output) {
    return new Output(
        output.first(),
        output.second(),
        output.errors().largest(),
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
    text.append(
        same
            ? "the same function, on %d random examples to %.1e of each output's largest magnitude%n"
                .formatted(examples, tolerance)
            : "not the same function%n".formatted());
    outputs.forEach(output -> text.append(text(output)));
    if (!same) {
      text.append(parting());
    }
    return text.toString();
  }

  private static String text(Output output) {
    String name =
        output.name.equals(output.otherName)
            ? output.name
            : output.name + " and " + output.otherName;
    String errors =
        String.format(
            Locale.ROOT,
            "  %s: largest difference %.2e of the largest magnitude; %,d of %,d numbers are equal",
            name,
            output.largestError,
            output.equal,
            output.numbers);
    return output.predictions == 0
        ? "%s%n".formatted(errors)
        : "%s; %d of %d predictions changed%n"
            .formatted(errors, output.changedPredictions, output.predictions);
  }

  private String parting() {
    if (partsAt == null) {
      return "  where they part cannot be told: no layer of the same name and shape differs%n"
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
