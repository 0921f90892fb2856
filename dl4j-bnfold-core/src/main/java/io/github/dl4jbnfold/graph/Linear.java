package io.github.dl4jbnfold.graph;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A linear operator with constant weights: convolution, transposed convolution, dense, matrix
 * product. It absorbs any scale: W̃ = a_out·W/a_in and b̃ = a_out·b + c_out − Σ W̃·c_in. Theory,
 * section 1.
 *
 * @param border whether a shift of the input is a constant after the operator
 * @param bias where a bias can be held
 * @param abilities what else it can take over
 * @param alignment equal for operators of which one can take over the other where they read the
 *     same tensor and enter the same sum; null where no tap reads the position that is written
 */
public record Linear(
    String name,
    String kind,
    Tensor input,
    Tensor output,
    Border border,
    BiasSlot bias,
    Set<Ability> abilities,
    @Nullable String alignment)
    implements Repairable {
  public Linear {
    abilities = Set.copyOf(abilities);
  }

  /** A linear operator that takes over no other one. */
  public Linear(
      String name,
      String kind,
      Tensor input,
      Tensor output,
      Border border,
      BiasSlot bias,
      Set<Ability> abilities) {
    this(name, kind, input, output, border, bias, abilities, null);
  }

  /** A linear operator without further abilities. */
  public Linear(
      String name, String kind, Tensor input, Tensor output, Border border, BiasSlot bias) {
    this(name, kind, input, output, border, bias, Set.of());
  }

  /** What a linear operator can take over besides scales and shifts. */
  public enum Ability {
    /** The sizes of its positions are known, so a bias that differs between them can be added. */
    BIAS_MAP,
    /** Some tap of its kernel reads the position that it writes, and it keeps the channels. */
    IDENTITY_TAP,
    /** Its kernel is dense: it can read one more input channel, and write one more. */
    DENSE_KERNEL,
    /** It reads one position only, and no zeros: another operator can take it over. */
    POINT_KERNEL
  }

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
    NEEDS_OPERATOR,
    /**
     * An operator that adds one number to all channels, which one with a constant would replace.
     */
    NUMBER;

    /** Whether a bias can change although no operator may be added or replaced. */
    public boolean isFree() {
      return this == PRESENT || this == OPEN;
    }
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

  /** Without a bias of its own: no shift on either side, since b̃ = c_out − Σ W̃·c_in. */
  @Override
  public void demandWithoutNewOperator(Demands demands) {
    demand(demands);
    if (!bias.isFree()) {
      demands.noShift(input.all());
      demands.noShift(output.all());
    }
    if (bias == BiasSlot.NUMBER) {
      demands.unitScale(output.all());
    }
  }

  @Override
  public Repair repair() {
    return Repair.BORDER_MAP;
  }

  @Override
  public boolean isRepairable() {
    return border != Border.NONE && abilities.contains(Ability.BIAS_MAP);
  }

  @Override
  public void demandRepaired(Demands demands) {
    // The map takes any shift, and the weights any scale.
  }
}
