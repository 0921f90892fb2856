package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.Clip;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Rectifier;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.samediff.read.Binding.ActivationBinding;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.ops.random.impl.DropOut;
import org.nd4j.linalg.api.ops.random.impl.DropOutInverted;

/** Activations, identity and dropout: operators on each element by itself. */
final class ElementwiseTranslator implements Translator {
  @Override
  public boolean translate(Op op, Reading reading) {
    Layout layout = reading.layout(op.input(0));
    long[] shape = reading.shape(op.input(0));
    if (layout == null
        || shape == null
        || isThresholded(op)
        || (op.type().startsWith("dropout") && !keepsAll(op))
        || !Arrays.equals(shape, reading.shape(op.output()))) {
      return false;
    }
    if (op.type().equals("prelu") && !reading.constants().isKnown(op.input(1))) {
      return false;
    }
    Tensor x = reading.input(op.input(0), layout);
    Tensor y = reading.output(op.output(), layout);
    int axis = layout.axisIn(shape);
    Operator operator = operator(op, x, y, axis >= 0 ? slopes(op, layout, reading) : null);
    if (axis >= 0 && (operator instanceof Rectifier || operator instanceof Clip)) {
      reading.add(operator, new ActivationBinding(op, ChannelVectors.broadcastShape(shape, axis)));
    } else {
      reading.add(operator);
    }
    return true;
  }

  private static Operator operator(Op op, Tensor x, Tensor y, double @Nullable [] slopes) {
    return switch (op.type()) {
      case "relu" -> new Rectifier(op.label(), "ReLU", x, y, slopes);
      case "leakyrelu" -> new Rectifier(op.label(), "LeakyReLU", x, y, slopes);
      case "prelu" -> new Rectifier(op.label(), Rectifier.PRELU, x, y, slopes);
      case "identity" -> new Carrier(op.label(), "identity", x, y, true);
      case "dropout", "dropout_inverted" -> new Carrier(op.label(), "dropout", x, y, true);
      case "relu6" -> new Clip(op.label(), "ReLU6", x, y, 0, slopes == null ? Double.NaN : 6);
      default ->
          new Clip(
              op.label(),
              "clip",
              x,
              y,
              op.real(0, Double.NaN),
              slopes == null ? Double.NaN : op.real(1, Double.NaN));
    };
  }

  /** The slope for negative inputs per channel; null where it is not one number per channel. */
  private static double @Nullable [] slopes(Op op, Layout layout, Reading reading) {
    double[] slopes = new double[layout.channels()];
    if (op.type().equals("leakyrelu")) {
      if (!(op.function() instanceof ScalarOp scalar) || scalar.scalar() == null) {
        return null;
      }
      Arrays.fill(slopes, scalar.scalar().getDouble(0));
    } else if (op.type().equals("prelu")) {
      INDArray alpha = reading.constants().array(op.input(1));
      return alpha != null
              && layout.equals(ChannelVectors.layout(alpha.shape(), op.output(), layout, reading))
          ? ChannelVectors.values(alpha, layout.channels())
          : null;
    }
    return slopes;
  }

  /** relu and relu6 with a cutoff other than 0 are something else. */
  private static boolean isThresholded(Op op) {
    return op.type().startsWith("relu")
        && op.function() instanceof ScalarOp scalar
        && scalar.scalar() != null
        && scalar.scalar().getDouble(0) != 0;
  }

  /**
   * SameDiff applies its dropout operators at inference too, so only a trivial one is an identity.
   */
  private static boolean keepsAll(Op op) {
    Object[] extra =
        op.function() instanceof DropOut drop
            ? drop.extraArgs()
            : op.function() instanceof DropOutInverted inverted ? inverted.extraArgs() : null;
    return extra != null && extra.length > 0 && ((Number) extra[0]).doubleValue() == 1;
  }
}
