package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.Clip;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Rectifier;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.ZeroPadding;
import java.util.Arrays;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.ops.random.impl.DropOut;
import org.nd4j.linalg.api.ops.random.impl.DropOutInverted;

/** Activations, identity and dropout: operators on each element by itself. */
final class ElementwiseTranslator implements Translator {
  @Override
  public boolean translate(Op op, Reading reading) {
    Layout layout = reading.layout(op.input(0));
    boolean passes = layout != null && !isThresholded(op) && alphaIsKnown(op, reading);
    if (layout == null || !passes) {
      return false;
    }
    boolean sameShape = Arrays.equals(reading.shape(op.input(0)), reading.shape(op.output()));
    if (!sameShape) {
      return false;
    }
    reading.add(
        operator(op, reading.input(op.input(0), layout), reading.output(op.output(), layout)));
    return true;
  }

  private static Operator operator(Op op, Tensor x, Tensor y) {
    return switch (op.type()) {
      case "relu" -> new Rectifier(op.label(), "ReLU", x, y);
      case "leakyrelu" -> new Rectifier(op.label(), "LeakyReLU", x, y);
      case "prelu" -> new Rectifier(op.label(), "PReLU", x, y);
      case "identity" -> new Carrier(op.label(), "identity", x, y);
      case "dropout", "dropout_inverted" ->
          keepsAll(op)
              ? new Carrier(op.label(), "dropout", x, y)
              : new ZeroPadding(op.label(), "dropout that drops at inference", x, y);
      default -> new Clip(op.label(), op.type().equals("relu6") ? "ReLU6" : "clip", x, y);
    };
  }

  /** relu with a cutoff other than 0 is not homogeneous. */
  private static boolean isThresholded(Op op) {
    return op.type().equals("relu")
        && op.function() instanceof ScalarOp scalar
        && scalar.scalar() != null
        && scalar.scalar().getDouble(0) != 0;
  }

  private static boolean alphaIsKnown(Op op, Reading reading) {
    return !op.type().equals("prelu") || reading.constants().isKnown(op.input(1));
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
