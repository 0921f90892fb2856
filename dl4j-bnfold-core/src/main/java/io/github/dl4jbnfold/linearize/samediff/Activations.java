package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.samediff.read.Op;
import java.util.Set;

/**
 * The operators that are functions of single numbers without parameters that are trained. Not mish:
 * a graph with it can be neither trained nor saved in version 1.0.0-M2.1.
 */
final class Activations {
  private static final Set<String> TYPES =
      Set.of(
          "relu",
          "relu6",
          "leakyrelu",
          "thresholdedrelu",
          "tanh",
          "rational_tanh",
          "rectified_tanh",
          "hardtanh",
          "sigmoid",
          "hard_sigmoid",
          "logsigmoid",
          "swish",
          "gelu",
          "precise_gelu",
          "elu",
          "selu",
          "softplus",
          "softsign",
          "cube");

  private Activations() {}

  static boolean contains(Op op) {
    return TYPES.contains(op.type()) && op.inputs().size() == 1 && op.outputs().size() == 1;
  }
}
