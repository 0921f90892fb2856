package io.github.dl4jbnfold.linearize.merge;

import java.util.List;
import java.util.Optional;

/**
 * One convolution in the place of several that read the same and whose outputs are added: the
 * branches of a residual connection, where an identity is a kernel of one tap.
 */
final class Sum {
  private Sum() {}

  /** See {@link Convolution#sum}. */
  static Optional<Convolution> of(List<Convolution> branches, long... sizes) {
    return Form.sum(branches.stream().map(Convolution::form).toList(), sizes)
        .map(form -> of(branches, form));
  }

  private static Convolution of(List<Convolution> branches, Form form) {
    return branches.stream()
        .map(branch -> aligned(branch.grouped(form.groups()), form.axes()))
        .reduce(Sum::plus)
        .orElseThrow();
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
