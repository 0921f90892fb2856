package io.github.dl4jbnfold.layers;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * What a gate pays for its activation: weight·|1 − α^power|, 0 where the activation is gone (Ben
 * Dror et al., BMVC 2022, equation 3).
 *
 * <p>It is a part of the loss: the score of the network has it, and its gradient
 * −weight·power·α^(power−1) joins that of the other losses before the updater sees it. So the
 * learning rate and the momentum of the gate's updater act on it, and an adaptive updater divides
 * its weight away where the gate has no other gradient.
 */
public final class GatePenalty implements Regularization {
  private static final long serialVersionUID = 1;

  /** 0 or more. */
  private final double weight;

  /** 1 or more. */
  private final double power;

  /**
   * A penalty.
   *
   * @param weight of the penalty in the loss
   * @param power 1 pulls an α of 0 as strongly as any other; 2, that of the paper, does not pull it
   *     at all
   * @throws IllegalArgumentException if the weight is negative, or the power less than 1: the
   *     gradient at α = 0 would be infinite
   */
  @JsonCreator
  public GatePenalty(@JsonProperty("weight") double weight, @JsonProperty("power") double power) {
    if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "A penalty has a weight of 0 or more, not " + weight + ".");
    }
    if (!(power >= 1 && power < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "A penalty has a power of 1 or more, not "
              + power
              + ": below 1 its gradient at 0 is infinite.");
    }
    this.weight = weight;
    this.power = power;
  }

  /** {@return the weight of the penalty in the loss} */
  @JsonProperty("weight")
  public double weight() {
    return weight;
  }

  /** {@return the power of α} */
  @JsonProperty("power")
  public double power() {
    return power;
  }

  @Override
  public ApplyStep applyStep() {
    return ApplyStep.BEFORE_UPDATER;
  }

  @Override
  public void apply(INDArray alpha, INDArray gradient, double rate, int iteration, int epoch) {
    double a = alpha.getDouble(0);
    double slope = weight * power * Math.pow(Math.max(a, 0), power - 1);
    gradient.addi(a > 1 ? slope : -slope);
  }

  @Override
  public double score(INDArray alpha, int iteration, int epoch) {
    // A power of a negative number may be none.
    return weight * Math.abs(1 - Math.pow(Math.max(alpha.getDouble(0), 0), power));
  }

  @Override
  @SuppressWarnings("MethodDoesntCallSuperMethod")
  public GatePenalty clone() {
    return new GatePenalty(weight, power);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof GatePenalty penalty
        && Double.compare(weight, penalty.weight) == 0
        && Double.compare(power, penalty.power) == 0;
  }

  @Override
  public int hashCode() {
    return 31 * Double.hashCode(weight) + Double.hashCode(power);
  }

  @Override
  public String toString() {
    return "GatePenalty(weight=" + weight + ", power=" + power + ")";
  }
}
