package io.github.dl4jbnfold.linearize.merge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a convolution is apart from its numbers.
 *
 * @param inputs channels that it reads
 * @param outputs channels that it writes
 * @param groups into which both are divided; an output reads the inputs of its own group only
 * @param axes one for each spatial axis
 */
public record Form(int inputs, int outputs, int groups, List<Axis> axes) {
  public Form {
    axes = List.copyOf(axes);
    if (groups < 1 || inputs % groups != 0 || outputs % groups != 0) {
      throw new IllegalArgumentException(
          "%d inputs and %d outputs do not fall into %d groups."
              .formatted(inputs, outputs, groups));
    }
  }

  /** Whether each output reads the input at its own position only. */
  public boolean isPoint() {
    return axes.stream().allMatch(Axis::isPoint);
  }

  /** Whether it multiplies channel by channel, each by a kernel of its own. */
  public boolean isDepthwise() {
    return groups == inputs && groups > 1;
  }

  /** The sizes of the output for sizes of the input, one for each spatial axis. */
  public long[] outputSizes(long... inputSizes) {
    return IntStream.range(0, axes.size())
        .mapToLong(i -> axes.get(i).outputs(inputSizes[i]))
        .toArray();
  }

  /** Multiplications of one example of given sizes. */
  public long multiplyAdds(long... inputSizes) {
    long positions = Arrays.stream(outputSizes(inputSizes)).reduce(1, (a, b) -> a * b);
    long taps = axes.stream().mapToLong(Axis::kernel).reduce(1, (a, b) -> a * b);
    return positions * taps * outputs * (inputs / groups);
  }

  /** As people write it: "3 × 3, 16 → 32 channels". */
  public String text() {
    String kernel =
        axes.stream().map(axis -> String.valueOf(axis.kernel())).collect(Collectors.joining(" × "));
    return "%s%d → %d channels%s"
        .formatted(
            kernel.isEmpty() ? "" : kernel + ", ",
            inputs,
            outputs,
            groups == 1 ? "" : " in " + groups + " groups");
  }

  /**
   * One convolution in the place of this one and another that reads its output. Where groups are
   * aligned they stay; depthwise after depthwise stays depthwise.
   *
   * @throws IllegalArgumentException if the other reads another number of channels or axes
   */
  public Form then(Form next) {
    if (outputs != next.inputs || axes.size() != next.axes.size()) {
      throw new IllegalArgumentException(
          "%d channels with %d axes do not go into %d with %d."
              .formatted(outputs, axes.size(), next.inputs, next.axes.size()));
    }
    List<Axis> merged = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      merged.add(axes.get(i).then(next.axes.get(i)));
    }
    int common = Axis.greatestCommonDivisor(groups, next.groups);
    return new Form(inputs, next.outputs, common, merged);
  }

  /**
   * One convolution in the place of several that read the same input and whose outputs are added.
   *
   * @param sizes of the input, one for each spatial axis
   * @return empty if they do not go on by the same strides or do not write equal sizes
   */
  public static Optional<Form> sum(List<Form> branches, long... sizes) {
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      int index = i;
      List<Axis> along = branches.stream().map(b -> b.axes().get(index)).toList();
      Optional<Axis> common = Axis.containing(along, sizes[i]);
      if (common.isEmpty()) {
        return Optional.empty();
      }
      axes.add(common.get());
    }
    int groups = branches.stream().map(Form::groups).reduce(0, Axis::greatestCommonDivisor);
    Form some = branches.get(0);
    return Optional.of(new Form(some.inputs, some.outputs, groups, axes));
  }
}
