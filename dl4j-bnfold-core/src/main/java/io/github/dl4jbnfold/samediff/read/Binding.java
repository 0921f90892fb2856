package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.rewrite.KernelLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the parameters of an operator of the project's graph live in the SameDiff graph. */
public sealed interface Binding {

  /**
   * The weights of a linear operator.
   *
   * @param kernels one, or two for a separable convolution: depthwise, then pointwise
   * @param bias the input that is the bias, or null
   * @param addition the addition that serves as bias, or null
   * @param positions the shape and the channel axis of the input, or null where sizes are not known
   * @param tap the index on each spatial kernel axis that reads the position that is written, or
   *     null
   */
  record LinearBinding(
      Op op,
      List<Kernel> kernels,
      @Nullable Integer bias,
      @Nullable ChannelConstant addition,
      @Nullable Positions positions,
      @Nullable List<Integer> tap)
      implements Binding {
    public LinearBinding {
      kernels = List.copyOf(kernels);
    }

    LinearBinding withAddition(ChannelConstant added) {
      return new LinearBinding(op, kernels, bias, added, positions, tap);
    }
  }

  /**
   * The matrices that a recurrent operator multiplies its input by, each with a bias of its own.
   * Their columns are all that reads the input.
   */
  record RecurrentBinding(Op op, List<InputMatrix> matrices) implements Binding {
    public RecurrentBinding {
      matrices = List.copyOf(matrices);
    }
  }

  /**
   * An input matrix of a recurrent operator. Where the matrix of the state is stacked below it in
   * one array, the input has the first rows.
   *
   * @param weights which input the matrix is
   * @param bias which input the bias is, or null where the operator has none
   */
  record InputMatrix(int weights, @Nullable Integer bias, KernelLayout layout) {}

  /** A table whose last axis is the channel axis; the input of the operator that it is. */
  record TableBinding(Op op, int input) implements Binding {}

  /** The shape of an array whose sizes but the first are the same in every run. */
  record Positions(List<Long> shape, int channelAxis) {
    public Positions {
      shape = List.copyOf(shape);
    }
  }

  /** A padding with zeros, or a pool that counts them. */
  record PaddingBinding(Op op, Positions positions) implements Binding {}

  /** An activation that can become a clamp; the shape broadcasts a channel vector against it. */
  record ActivationBinding(Op op, List<Long> channelShape) implements Binding {}

  /**
   * A maximum or minimum with a constant.
   *
   * @param input which input the constant is
   * @param channelShape the shape in which a channel vector broadcasts against the result
   */
  record BoundBinding(Op op, int input, List<Long> channelShape) implements Binding {}

  /** A sum of tensors. */
  record SumBinding(Op op) implements Binding {}

  /** One weight array: the input of the operator that it is, and its axes. */
  record Kernel(int input, KernelLayout layout) {}

  /**
   * A batch-normalization operator.
   *
   * @param mean input index of the running mean
   * @param variance input index of the running variance
   * @param gamma input index of gamma, or −1
   * @param beta input index of beta, or −1
   * @param channelShape the shape in which a channel vector broadcasts against the result
   */
  record BatchNormBinding(
      Op op, int mean, int variance, int gamma, int beta, double epsilon, List<Long> channelShape)
      implements Binding {
    public BatchNormBinding {
      channelShape = List.copyOf(channelShape);
    }
  }

  /** Affine arithmetic with constants, one operator or a run of several that read each other. */
  record ArithmeticBinding(List<ChannelConstant> run) implements Binding {
    public ArithmeticBinding {
      run = List.copyOf(run);
    }

    /** The operators that carry the whole. */
    public Carriers carriers() {
      return Carriers.of(run);
    }
  }

  /** What a constant operand does. */
  enum Form {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE
  }

  /**
   * An operator with one constant operand that differs between channels only.
   *
   * @param input which input the constant is, or −1 where it is a number inside the operator
   * @param shape the shape in which a channel vector broadcasts against the result
   * @param effect what is multiplied or added, one number per channel: 1/m for a division by m, −k
   *     for a subtraction of k
   */
  record ChannelConstant(Op op, Form form, int input, List<Long> shape, double[] effect) {
    /** The input that is not the constant. */
    public int operand() {
      return input == 0 ? 1 : 0;
    }

    /** Whether the constant is a number inside the operator. */
    public boolean isNumber() {
      return input < 0;
    }

    public boolean isAddition() {
      return form == Form.ADD || form == Form.SUBTRACT;
    }
  }

  /**
   * An addition of a constant that differs between positions.
   *
   * @param input which input the constant is
   * @param constantSign the sign of the constant in the result
   * @param operandSign the sign of the other operand in the result
   * @param channelShape the shape in which a channel vector broadcasts against the result
   */
  record FieldBinding(Op op, int input, int constantSign, int operandSign, List<Long> channelShape)
      implements Binding {}
}
