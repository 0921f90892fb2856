package io.github.dl4jbnfold.layers;

import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationPReLU;
import org.nd4j.linalg.activations.impl.ActivationRReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.gradient.EluBp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Activation functions of single numbers, with their derivatives. */
final class ElementWise {
  /** What Deeplearning4j 1.0.0-M2.1 multiplies x³ with: it cubes the published 0.044715, too. */
  private static final double GELU_CUBE = Math.pow(0.044715, 3);

  private static final double GELU_SCALE = Math.sqrt(2 / Math.PI);

  private ElementWise() {}

  /** Not softmax, RReLU (it draws numbers) and PReLU (it learns). */
  static boolean isElementWise(IActivation activation) {
    return !(activation instanceof ActivationSoftmax
        || activation instanceof ActivationRReLU
        || activation instanceof ActivationPReLU
        || activation.numParams(1) > 0);
  }

  /**
   * Throws for what is no function of single numbers.
   *
   * @throws IllegalArgumentException if it is not {@link #isElementWise}
   */
  static void require(IActivation activation) {
    if (!isElementWise(activation)) {
      throw new IllegalArgumentException(
          "A gate takes an activation that maps each number by itself, the same in every run and"
              + " without parameters, which '%s' does not.".formatted(activation));
    }
  }

  /** Whether it is max(x, 0). */
  static boolean isRectifier(IActivation activation) {
    return activation.getClass() == ActivationReLU.class && activation.equals(new ActivationReLU());
  }

  /**
   * The gradient with respect to x.
   *
   * <p>Three derivatives of Deeplearning4j 1.0.0-M2.1 are not those of its functions: those of ELU
   * (for α = 1 only), of the precise GELU (off by 2.5e-4) and of ReLU with a maximum (of 0 or
   * less).
   *
   * @param x is overwritten
   * @param epsilon the gradient with respect to the result; it stays as it is, and may be returned
   */
  static INDArray gradient(IActivation activation, INDArray x, INDArray epsilon) {
    if (activation instanceof ActivationELU elu) {
      return Nd4j.exec(new EluBp(x, epsilon, x, elu.getAlpha()))[0];
    } else if (activation instanceof ActivationGELU gelu && gelu.isPrecise()) {
      return preciseGelu(x).muli(epsilon);
    } else if (activation instanceof ActivationReLU relu
        && relu.getMax() != null
        && relu.getMax() <= 0) {
      IActivation free = new ActivationReLU(null, relu.getThreshold(), relu.getNegativeSlope());
      INDArray below = free.getActivation(x.dup(), true).lt(relu.getMax());
      return free.backprop(x, epsilon).getFirst().muli(below);
    }
    return activation.backprop(x, epsilon).getFirst();
  }

  /** Of x/2·(1 + tanh u) with u = s·(x + c·x³): (1 + tanh u)/2 + x/2·(1 − tanh² u)·u'. */
  private static INDArray preciseGelu(INDArray x) {
    INDArray square = x.mul(x);
    INDArray tanh = square.mul(GELU_CUBE).addi(1).muli(x).muli(GELU_SCALE);
    Transforms.tanh(tanh, false);
    INDArray inner = square.muli(3 * GELU_CUBE).addi(1).muli(GELU_SCALE);
    x.muli(inner).muli(tanh.mul(tanh).rsubi(1));
    return x.addi(tanh).addi(1).divi(2);
  }
}
