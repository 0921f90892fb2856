package io.github.dl4jbnfold.layers;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce3.Dot;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMin;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.api.ops.impl.transforms.custom.Max;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.AddOp;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.Axpy;
import org.nd4j.linalg.api.ops.impl.transforms.pairwise.arithmetic.MulOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Computes a {@link GateLayer}. Its gradients are
 *
 * <pre>dL/dx = ε·(α·slope + (1 − α)·σ'(x))      dL/dα = Σ ε·(slope·x + shift − σ(x))</pre>
 *
 * <p>Whichever of the two sides does not count is not computed: a gate at an end costs what that
 * end costs. Of ReLU with the line x, a gate is max(x, α·x), which is cheaper than both sides.
 */
final class Gating extends ParameterHolder<GateLayer> {
  private static final long serialVersionUID = 1;

  private final IActivation activation;
  private final boolean rectifies;
  private final int axis;

  /** Slope and shift; null where the line is x. */
  private final @Nullable INDArray slope;

  private final @Nullable INDArray shift;

  Gating(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
    GateLayer layer = (GateLayer) configuration.getLayer();
    activation = layer.activation();
    axis = layer.channelAxis();
    slope = layer.slope().length == 0 ? null : constant(layer.slope(), type);
    shift = layer.shift().length == 0 ? null : constant(layer.shift(), type);
    rectifies = slope == null && ElementWise.isRectifier(activation);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    double alpha = GateLayer.alpha(this);
    // What a convolution returns does not lie in one piece: one copy of it is read, and no more.
    INDArray y = copy(input.castTo(dataType), ArrayType.ACTIVATIONS, workspaces);
    if (alpha == 0) {
      INDArray bent = activation.getActivation(y, training);
      return workspaces.leverageTo(ArrayType.ACTIVATIONS, bent);
    } else if (alpha == 1) {
      return line(y, 1);
    }
    INDArray other = copy(y, ArrayType.FF_WORKING_MEM, workspaces);
    if (rectifies && alpha > 0 && alpha < 1) {
      return Nd4j.exec(new Max(y, other.muli(alpha), y))[0];
    }
    INDArray bent = activation.getActivation(other, training);
    return Nd4j.exec(new Axpy(bent, line(y, alpha), y, 1 - alpha));
  }

  private static INDArray copy(INDArray array, ArrayType where, LayerWorkspaceMgr workspaces) {
    return workspaces.dup(where, array, array.ordering());
  }

  /** factor·(slope·x + shift), in place. */
  private INDArray line(INDArray x, double factor) {
    sloped(x, factor);
    return shift == null
        ? x
        : Nd4j.exec(new AddOp(x, along(shift.mul(factor), axis, x.shape()), x))[0];
  }

  /** factor·slope·x, in place. */
  private INDArray sloped(INDArray x, double factor) {
    if (slope == null) {
      return factor == 1 ? x : x.muli(factor);
    }
    return Nd4j.exec(new MulOp(x, along(slope.mul(factor), axis, x.shape()), x))[0];
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray x = input.castTo(dataType);
    double alpha = GateLayer.alpha(this);
    boolean trains = takesGradient() && !layerConf().frozen();
    if (!trains && alpha == 1) {
      INDArray gradient = sloped(copy(epsilon, ArrayType.ACTIVATION_GRAD, workspaces), 1);
      return new Pair<>(gradient(0), gradient);
    }
    INDArray own = copy(x, ArrayType.ACTIVATION_GRAD, workspaces);
    boolean alike = epsilon.ordering() == own.ordering() && epsilon.elementWiseStride() == 1;
    INDArray arrived =
        alike ? epsilon : workspaces.dup(ArrayType.BP_WORKING_MEM, epsilon, own.ordering());
    double ofAlpha = trains ? alphaGradient(own, arrived, workspaces) : 0;
    return new Pair<>(gradient(ofAlpha), inputGradient(own, arrived, alpha, workspaces));
  }

  private double alphaGradient(INDArray x, INDArray epsilon, LayerWorkspaceMgr workspaces) {
    INDArray other = copy(x, ArrayType.BP_WORKING_MEM, workspaces);
    if (rectifies) {
      return dot(epsilon, Nd4j.exec(new ScalarMin(other, null, other, 0)));
    }
    INDArray bent = activation.getActivation(other, true);
    INDArray line = slope == null ? x : line(copy(x, ArrayType.BP_WORKING_MEM, workspaces), 1);
    return dot(epsilon, bent.rsubi(line)); // The difference first: the two sums might cancel.
  }

  /** Overwrites x, and most often with the result. */
  private INDArray inputGradient(
      INDArray x, INDArray epsilon, double alpha, LayerWorkspaceMgr workspaces) {
    if (alpha == 1) {
      return sloped(x.assign(epsilon), 1);
    } else if (rectifies) {
      Nd4j.exec(new Step(x, x, 0.0));
      return (alpha == 0 ? x : x.muli(1 - alpha).addi(alpha)).muli(epsilon);
    }
    INDArray bent = ElementWise.gradient(activation, x, epsilon);
    INDArray gradient =
        bent == epsilon
            ? x.assign(epsilon)
            : workspaces.leverageTo(ArrayType.ACTIVATION_GRAD, bent);
    if (alpha == 0) {
      return gradient;
    }
    gradient.muli(1 - alpha);
    INDArray straight =
        slope == null ? epsilon : sloped(copy(epsilon, ArrayType.BP_WORKING_MEM, workspaces), 1);
    return Nd4j.exec(new Axpy(straight, gradient, gradient, alpha));
  }

  /** Σ a·b; BLAS is the fastest way to it, where both lie in memory alike. */
  private static double dot(INDArray a, INDArray b) {
    boolean alike =
        a.dataType() == b.dataType()
            && (a.dataType() == DataType.FLOAT || a.dataType() == DataType.DOUBLE)
            && a.ordering() == b.ordering()
            && Arrays.equals(a.stride(), b.stride())
            && a.elementWiseStride() == 1
            && b.elementWiseStride() == 1
            && a.length() <= Integer.MAX_VALUE;
    return alike
        ? Nd4j.getBlasWrapper().dot(vector(a), vector(b))
        : Nd4j.exec(new Dot(a, b)).getDouble(0);
  }

  private static INDArray vector(INDArray array) {
    return array.reshape(array.ordering(), new long[] {array.length()});
  }
}
