package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.rewrite.KernelLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the parameters of an operator of the project's graph live in the network. */
public sealed interface Binding {
  /** The layer or vertex that the operator is, or is a part of. */
  Step step();

  /**
   * The weights of a linear layer.
   *
   * @param kernels one, or two for a separable convolution: depthwise, then pointwise
   * @param bias the key of the bias, whether or not the layer has one yet
   * @param tap the index on each spatial kernel axis that reads the position that is written, or
   *     null
   * @param positions what the layer reads, where its size is the same in every run
   */
  record LinearBinding(
      Step step,
      List<Kernel> kernels,
      String bias,
      @Nullable List<Integer> tap,
      @Nullable Positions positions)
      implements Binding {
    public LinearBinding {
      kernels = List.copyOf(kernels);
    }

    LinearBinding(Step step, List<Kernel> kernels, String bias, @Nullable List<Integer> tap) {
      this(step, kernels, bias, tap, null);
    }
  }

  /** The shape of what a layer reads, and which axis of it the channels are. */
  record Positions(List<Long> shape, int channelAxis) {
    public Positions {
      shape = List.copyOf(shape);
    }
  }

  /**
   * One weight array.
   *
   * @param key of the parameter
   * @param axes the shape in which the elements of the parameter, in row-major order, are read;
   *     empty for the shape that the parameter has
   */
  record Kernel(String key, List<Long> axes, KernelLayout layout) {
    public Kernel {
      axes = List.copyOf(axes);
    }

    static Kernel of(String key, KernelLayout layout) {
      return new Kernel(key, List.of(), layout);
    }
  }

  /** The matrices by which a recurrent layer multiplies its input, each with a bias of its own. */
  record RecurrentBinding(Step step, List<InputMatrix> matrices) implements Binding {
    public RecurrentBinding {
      matrices = List.copyOf(matrices);
    }
  }

  /** The keys of an input matrix [nIn, columns] of a recurrent layer and of its bias. */
  record InputMatrix(String weights, String bias) {}

  /** The table [rows, channels] of an embedding. */
  record TableBinding(Step step) implements Binding {}

  /** A batch normalization. */
  record NormBinding(Step step) implements Binding {}

  /** A vertex that multiplies by one number or adds one number. */
  record NumberBinding(Step step) implements Binding {}

  /** A vertex that adds. */
  record SumBinding(Step step) implements Binding {}

  /**
   * An activation that can become a clamp.
   *
   * @param inside whether it is a part of a layer that does something else first
   */
  record ActivationBinding(Step step, boolean inside, int channelAxis) implements Binding {}

  /**
   * A layer that pads with zeros.
   *
   * @param pooled what an average reads that counts the zeros; null for a layer that only pads
   */
  record PaddingBinding(Step step, int channelAxis, @Nullable Positions pooled)
      implements Binding {}
}
