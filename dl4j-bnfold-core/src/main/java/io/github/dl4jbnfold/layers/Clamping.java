package io.github.dl4jbnfold.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Max;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Min;
import org.nd4j.linalg.factory.Nd4j;

/** Computes a {@link ClampLayer}. */
final class Clamping extends PlainLayer<ClampLayer> {
  private static final long serialVersionUID = 1;

  /** slope·x + offset, one number per channel each; a null slope is 0. */
  private record Bound(@Nullable INDArray slope, INDArray offset) {
    static @Nullable Bound of(
        double @Nullable [] slope, double @Nullable [] offset, DataType type) {
      return offset == null
          ? null
          : new Bound(slope == null ? null : constant(slope, type), constant(offset, type));
    }

    INDArray at(INDArray x, int axis) {
      INDArray constant = along(offset, axis, x.shape());
      return slope == null ? constant : x.mul(along(slope, axis, x.shape())).addi(constant);
    }

    /** The derivative where the bound does not hold x back (1), and where it does (its slope). */
    INDArray derivative(INDArray free, int axis) {
      return slope == null ? free : free.rsub(1).muli(along(slope, axis, free.shape())).addi(free);
    }
  }

  private final @Nullable Bound lower;
  private final @Nullable Bound upper;
  private final int axis;

  Clamping(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
    ClampLayer layer = (ClampLayer) configuration.getLayer();
    lower = Bound.of(layer.lowerSlope(), layer.lower(), type);
    upper = Bound.of(layer.upperSlope(), layer.upper(), type);
    axis = layer.channelAxis();
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    INDArray x = input.castTo(dataType);
    INDArray y =
        workspaces.createUninitialized(ArrayType.ACTIVATIONS, dataType, x.shape(), x.ordering());
    raised(x, y);
    if (upper != null) {
      Nd4j.exec(new Min(y, upper.at(x, axis), y));
    }
    return y;
  }

  /** Writes max(x, lower bound) into another array. */
  private void raised(INDArray x, INDArray y) {
    if (lower == null) {
      y.assign(x);
    } else {
      Nd4j.exec(new Max(x, lower.at(x, axis), y));
    }
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray x = input.castTo(dataType);
    INDArray raised = x.ulike();
    raised(x, raised);
    INDArray slope =
        lower == null
            ? x.like().addi(1)
            : lower.derivative(x.gt(lower.at(x, axis)).castTo(dataType), axis);
    if (upper != null) {
      // Where the upper bound holds, the lower one does not count.
      INDArray free = raised.lt(upper.at(x, axis)).castTo(dataType);
      slope.muli(free);
      if (upper.slope() != null) {
        slope.addi(upper.derivative(free, axis).subi(free));
      }
    }
    INDArray gradient = workspaces.dup(ArrayType.ACTIVATION_GRAD, epsilon).muli(slope);
    return new Pair<>(new DefaultGradient(), gradient);
  }
}
