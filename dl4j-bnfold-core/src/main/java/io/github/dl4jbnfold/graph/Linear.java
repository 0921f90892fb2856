package io.github.dl4jbnfold.graph;

import java.util.List;

/**
 * A linear operator with constant weights: convolution, transposed convolution, dense, matrix
 * product. It absorbs any scale: W̃ = a_out·W/a_in and b̃ = a_out·b + c_out − Σ W̃·c_in. Theory,
 * section 1.
 *
 * @param border whether a shift of the input is a constant after the operator
 * @param bias where a bias can be held
 */
public record Linear(
    String name, String kind, Tensor input, Tensor output, Border border, BiasSlot bias)
    implements Operator {

  /** What the operator reads beyond the border of its input. */
  public enum Border {
    /** Nothing: a constant input shift is a constant output shift. */
    NONE,
    /** Zeros: the input must not carry a shift. */
    ZERO_PADDED,
    /** Transposed convolution: a shift becomes periodic, so the input must not carry one. */
    TRANSPOSED
  }

  /** Where a bias is, or could be. */
  public enum BiasSlot {
    PRESENT,
    /** The operator takes a bias input that is not used yet. */
    OPEN,
    /** A bias would be an operator of its own. */
    NEEDS_OPERATOR
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(input);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(output);
  }

  @Override
  public void demand(Demands demands) {
    if (border != Border.NONE) {
      demands.noShift(input.all());
    }
  }
}
