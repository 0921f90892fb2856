package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.Clip;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Rectifier;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.Arrays;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;

/**
 * DL4J's activation functions that are piecewise linear; the others are walls. RReLU is a wall: at
 * inference Deeplearning4j 1.0.0-M2.1 computes max(x, (l + u)/2), no leaky ReLU.
 */
final class Activations {
  private Activations() {}

  static boolean isKnown(IActivation activation) {
    return activation instanceof ActivationIdentity
        || activation instanceof ActivationReLU6
        || activation instanceof ActivationHardTanH
        || activation instanceof ActivationLReLU
        || (activation instanceof ActivationReLU relu && isKnown(relu));
  }

  /** A threshold makes a jump, and a maximum together with a slope is no single clamp. */
  private static boolean isKnown(ActivationReLU relu) {
    boolean plain = relu.getThreshold() == null || relu.getThreshold() == 0;
    boolean sloped = relu.getNegativeSlope() != null && relu.getNegativeSlope() != 0;
    return plain && (relu.getMax() == null || (!sloped && relu.getMax() >= 0));
  }

  /** What a known activation is. */
  static Operator operator(String name, IActivation activation, Tensor x, Tensor y) {
    if (activation instanceof ActivationReLU6) {
      return new Clip(name, "ReLU6", x, y, 0, 6);
    } else if (activation instanceof ActivationHardTanH) {
      return new Clip(name, "hard tanh", x, y, -1, 1);
    } else if (activation instanceof ActivationLReLU leaky) {
      return leaky(name, "LeakyReLU", leaky.getAlpha(), x, y);
    } else if (activation instanceof ActivationReLU relu && relu.getMax() != null) {
      return new Clip(name, "ReLU", x, y, 0, relu.getMax());
    } else if (activation instanceof ActivationReLU relu) {
      Double slope = relu.getNegativeSlope();
      return slope == null || slope == 0
          ? new Rectifier(name, "ReLU", x, y)
          : leaky(name, "LeakyReLU", slope, x, y);
    }
    return new Carrier(name, "identity", x, y, true);
  }

  private static Rectifier leaky(String name, String kind, double slope, Tensor x, Tensor y) {
    double[] slopes = new double[x.channels()];
    Arrays.fill(slopes, slope);
    return new Rectifier(name, kind, x, y, slopes);
  }
}
