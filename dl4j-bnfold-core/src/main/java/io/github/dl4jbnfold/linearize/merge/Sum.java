package io.github.dl4jbnfold.linearize.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One convolution in the place of several that read the same and whose outputs are added: the
 * branches of a residual connection, where an identity is a kernel of one tap.
 */
final class Sum {
  private Sum() {}

  /**
   * The sum; empty if the branches do not go on by the same strides or do not write equal sizes.
   *
   * @param sizes of the input, one for each spatial axis
   */
  static Optional<Convolution> of(List<Convolution> branches, long... sizes) {
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      int index = i;
      List<Axis> along = branches.stream().map(b -> b.axes().get(index)).toList();
      Optional<Axis> common = common(along, sizes[i]);
      if (common.isEmpty()) {
        return Optional.empty();
      }
      axes.add(common.get());
    }
    int groups = branches.stream().map(Convolution::groups).reduce(0, Axis::greatestCommonDivisor);
    return branches.stream().map(branch -> aligned(branch.grouped(groups), axes)).reduce(Sum::plus);
  }

  /** An axis with all taps of several. */
  private static Optional<Axis> common(List<Axis> axes, long size) {
    Axis some = axes.get(0);
    int before = axes.stream().mapToInt(Axis::before).max().orElseThrow();
    int slack = axes.stream().mapToInt(Axis::slack).max().orElseThrow();
    int last = Integer.MIN_VALUE;
    int dilation = 0;
    for (Axis axis : axes) {
      if (axis.stride() != some.stride() || axis.outputs(size) != some.outputs(size)) {
        return Optional.empty();
      }
      last = Math.max(last, axis.extent() - axis.before());
      dilation = Axis.greatestCommonDivisor(dilation, axis.step());
      dilation = Axis.greatestCommonDivisor(dilation, before - axis.before());
    }
    int extent = before + last;
    int unit = Math.max(1, dilation);
    // The same slack as the branches: so it writes as many positions.
    int after = slack + extent - before;
    return Optional.of(new Axis((extent - 1) / unit + 1, some.stride(), unit, before, after));
  }

  private static Convolution aligned(Convolution branch, List<Axis> axes) {
    int[] offset = new int[axes.size()];
    for (int i = 0; i < offset.length; i++) {
      Axis common = axes.get(i);
      offset[i] = (common.before() - branch.axes().get(i).before()) / common.dilation();
    }
    return branch.spread(axes, offset);
  }

  private static Convolution plus(Convolution a, Convolution b) {
    double[] bias = a.bias().clone();
    for (int o = 0; o < bias.length; o++) {
      bias[o] += b.bias()[o];
    }
    return new Convolution(a.weights().add(b.weights()), bias, a.groups(), a.axes());
  }
}
