package io.github.dl4jbnfold.examples.measure;

import io.github.dl4jbnfold.examples.view.NetworkView;
import io.github.dl4jbnfold.verify.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Whether two networks are the same function, as far as some examples tell.
 *
 * @param outputs one for each output, in the order of the first network
 * @param tolerance the largest difference that counts as the same, relative to the largest
 *     magnitude of an output
 * @param parting where they part, if they do and it can be told
 */
public record Agreement(List<Output> outputs, double tolerance, Optional<Parting> parting) {
  public Agreement {
    outputs = List.copyOf(outputs);
  }

  /**
   * One output in both networks.
   *
   * @param predictions how many examples it classifies; 0 where it is no vector per example
   * @param changed of how many the largest number is another one
   */
  public record Output(String first, String second, Errors errors, int predictions, int changed) {}

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
   * @param inputs of the first network
   * @param otherInputs the same for the second one
   * @param given the tolerance; by default what a fold has to keep in the narrower type of the two
   * @throws IllegalArgumentException if their outputs cannot be compared
   */
  public static Agreement of(
      NetworkView first,
      Map<String, INDArray> inputs,
      NetworkView second,
      Map<String, INDArray> otherInputs,
      OptionalDouble given) {
    Map<String, INDArray> one = first.outputs(inputs);
    Map<String, INDArray> other = second.outputs(otherInputs);
    List<Output> outputs = outputs(one, other);
    double tolerance = given.orElseGet(() -> precision(one, other).tolerance());
    Agreement agreement = new Agreement(outputs, tolerance, Optional.empty());
    return agreement.same()
        ? agreement
        : new Agreement(
            outputs,
            tolerance,
            parting(first.values(inputs), second.values(otherInputs), tolerance));
  }

  private static Precision precision(Map<String, INDArray> one, Map<String, INDArray> other) {
    return Precision.narrowest(
        Stream.concat(one.values().stream(), other.values().stream())
            .map(INDArray::dataType)
            .toList());
  }

  /** Whether all outputs agree. */
  public boolean same() {
    return outputs.stream().allMatch(output -> output.errors().largest() <= tolerance);
  }

  /** The largest relative difference of all outputs. */
  public double largest() {
    return outputs.stream().mapToDouble(output -> output.errors().largest()).max().orElse(0);
  }

  /** By name where both have the same, else one after the other. */
  private static List<Output> outputs(Map<String, INDArray> first, Map<String, INDArray> second) {
    if (first.size() != second.size()) {
      throw new IllegalArgumentException(
          "one has the outputs %s, the other %s".formatted(first.keySet(), second.keySet()));
    }
    List<String> others =
        List.copyOf(first.keySet().equals(second.keySet()) ? first.keySet() : second.keySet());
    List<Output> outputs = new ArrayList<>();
    for (String name : first.keySet()) {
      String other = others.get(outputs.size());
      outputs.add(output(name, array(first, name), other, array(second, other)));
    }
    return outputs;
  }

  private static Output output(String name, INDArray before, String other, INDArray after) {
    if (!Arrays.equals(before.shape(), after.shape())) {
      throw new IllegalArgumentException(
          "the output '%s' is %s in one and %s in the other"
              .formatted(name, Arrays.toString(before.shape()), Arrays.toString(after.shape())));
    }
    Errors errors = Errors.of(Map.of(name, before), Map.of(name, after));
    if (before.rank() != 2 || before.size(1) < 2) {
      return new Output(name, other, errors, 0, 0);
    }
    Predictions predictions = Predictions.compare(before, after);
    return new Output(
        name, other, errors, predictions.images(), predictions.changed() + predictions.ties());
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
