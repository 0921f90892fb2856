package io.github.dl4jbnfold.examples.measure;

import io.github.dl4jbnfold.examples.view.NetworkView;
import io.github.dl4jbnfold.verify.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Whether two networks are the same function, as far as some examples tell.
 *
 * @param outputs one for each output, in the order of the first network
 * @param parting where they part, if they do and it can be told
 */
public record Agreement(List<Output> outputs, Optional<Parting> parting) {
  public Agreement {
    outputs = List.copyOf(outputs);
  }

  /** What some examples say. */
  public enum Verdict {
    /** Nothing told them apart. */
    SAME,
    /** Something did. */
    DIFFERENT,
    /** The outputs are such that nothing could. */
    UNTOLD
  }

  /**
   * The inputs of a run, in both networks.
   *
   * @param first those of the first one, by name
   * @param second the same for the second one
   */
  public record Inputs(Map<String, INDArray> first, Map<String, INDArray> second) {}

  /**
   * One output in both networks.
   *
   * @param tolerance the largest difference that counts as the same, relative to the largest
   *     magnitude; 0 for numbers that are whole
   * @param errors of the run in which they are largest
   * @param logErrors the same for the logarithms of probabilities; empty for other outputs
   * @param predictions how many examples it classifies; 0 where it is no vector per example
   * @param changed of how many the largest number is another one
   */
  public record Output(
      String first,
      String second,
      Verdict verdict,
      double tolerance,
      Errors errors,
      Optional<Errors> logErrors,
      int predictions,
      int changed) {
    double largest() {
      return Math.max(errors.largest(), logErrors.map(Errors::largest).orElse(0.0));
    }

    /** Both runs together: one that can tell is enough, and one that differs. */
    private Output and(Output other) {
      Output worse = other.largest() > largest() ? other : this;
      Verdict both =
          List.of(Verdict.DIFFERENT, Verdict.SAME, Verdict.UNTOLD).stream()
              .filter(some -> some == verdict || some == other.verdict)
              .findFirst()
              .orElseThrow();
      return new Output(
          first,
          second,
          both,
          tolerance,
          worse.errors,
          worse.logErrors,
          predictions + other.predictions,
          changed + other.changed);
    }
  }

  /**
   * The first part that writes something else.
   *
   * @param part its name, which both networks have
   * @param error what no scale and shift per channel explains, relative to the largest magnitude
   * @param lastEqual the part before it that writes the same in both, but for a scale and a shift
   * @param compared how many parts have the same name and shape in both
   */
  public record Parting(String part, double error, Optional<String> lastEqual, int compared) {}

  /**
   * Runs both networks.
   *
   * @param given the tolerance; by default what a fold has to keep in the narrower type of the two
   * @throws IllegalArgumentException if their outputs cannot be compared
   */
  public static Agreement of(
      NetworkView first, NetworkView second, List<Inputs> runs, OptionalDouble given) {
    List<Output> outputs = List.of();
    Optional<Inputs> apart = Optional.empty();
    for (Inputs run : runs) {
      List<Output> here =
          Pairing.of(first.outputs(run.first), second.outputs(run.second)).stream()
              .map(pair -> output(pair, given))
              .toList();
      outputs = outputs.isEmpty() ? here : both(outputs, here);
      if (apart.isEmpty() && here.stream().anyMatch(o -> o.verdict == Verdict.DIFFERENT)) {
        apart = Optional.of(run);
      }
    }
    double tolerance =
        outputs.stream().map(Output::tolerance).max(Comparator.naturalOrder()).orElse(0.0);
    return new Agreement(
        outputs,
        apart.flatMap(
            run -> parting(first.values(run.first), second.values(run.second), tolerance)));
  }

  /** Whether all outputs are the same. */
  public Verdict verdict() {
    List<Verdict> all = outputs.stream().map(Output::verdict).toList();
    return all.contains(Verdict.DIFFERENT)
        ? Verdict.DIFFERENT
        : all.contains(Verdict.UNTOLD) ? Verdict.UNTOLD : Verdict.SAME;
  }

  private static List<Output> both(List<Output> some, List<Output> others) {
    List<Output> both = new ArrayList<>();
    for (int i = 0; i < some.size(); i++) {
      both.add(some.get(i).and(others.get(i)));
    }
    return both;
  }

  private static Output output(Pairing pair, OptionalDouble given) {
    INDArray before = pair.before();
    INDArray after = pair.after();
    double tolerance = tolerance(pair, given);
    Errors errors = Errors.of(List.of(pair));
    Optional<Errors> logErrors = Optional.empty();
    boolean tells = tells(before);
    if (Distributions.are(before) && Distributions.are(after)) {
      INDArray logarithms = Distributions.logarithms(before);
      Pairing logs =
          new Pairing(pair.name(), logarithms, pair.otherName(), Distributions.logarithms(after));
      logErrors = Optional.of(Errors.of(List.of(logs)));
      tells &= !Distributions.areCertain(logarithms);
    }
    boolean vectors = before.rank() == 2 && before.size(1) > 1;
    Predictions predictions =
        vectors ? Predictions.compare(before, after) : new Predictions(0, 0, 0, 0, 0);
    double largest = Math.max(errors.largest(), logErrors.map(Errors::largest).orElse(0.0));
    return new Output(
        pair.name(),
        pair.otherName(),
        !(largest <= tolerance) ? Verdict.DIFFERENT : tells ? Verdict.SAME : Verdict.UNTOLD,
        tolerance,
        errors,
        logErrors,
        predictions.images(),
        predictions.changed() + predictions.ties());
  }

  /** Whole numbers have no rounding. */
  private static double tolerance(Pairing pair, OptionalDouble given) {
    boolean whole = !pair.before().dataType().isFPType() && !pair.after().dataType().isFPType();
    return whole
        ? 0
        : given.orElseGet(
            () ->
                Precision.narrowest(List.of(pair.before().dataType(), pair.after().dataType()))
                    .tolerance());
  }

  /** Whether some of it are numbers, and not the same ones for all examples. */
  private static boolean tells(INDArray output) {
    double[] all =
        output.castTo(DataType.DOUBLE).dup('c').reshape(output.length()).toDoubleVector();
    if (Arrays.stream(all).noneMatch(Double::isFinite)) {
      return false;
    }
    int examples = output.rank() == 0 ? 1 : (int) output.size(0);
    int size = all.length / examples;
    return examples == 1
        || IntStream.range(size, all.length).anyMatch(i -> all[i] != all[i % size]);
  }

  private static Optional<Parting> parting(
      Map<String, INDArray> first, Map<String, INDArray> second, double tolerance) {
    List<String> common =
        first.keySet().stream()
            .filter(second::containsKey)
            .filter(name -> Arrays.equals(array(first, name).shape(), array(second, name).shape()))
            .toList();
    Optional<String> lastEqual = Optional.empty();
    for (String part : common) {
      double error = ChannelLines.unexplained(array(first, part), array(second, part));
      if (!(error <= tolerance)) {
        return Optional.of(new Parting(part, error, lastEqual, common.size()));
      }
      lastEqual = Optional.of(part);
    }
    return Optional.empty();
  }

  private static INDArray array(Map<String, INDArray> arrays, String name) {
    return Objects.requireNonNull(arrays.get(name));
  }
}
