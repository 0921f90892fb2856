package io.github.dl4jbnfold.samediff.write;

import io.github.dl4jbnfold.rewrite.Contribution;
import io.github.dl4jbnfold.rewrite.LinearChange;
import io.github.dl4jbnfold.rewrite.LinearChange.Shift;
import io.github.dl4jbnfold.rewrite.LinearRewrite;
import io.github.dl4jbnfold.rewrite.LinearWeights;
import io.github.dl4jbnfold.samediff.read.Binding.Kernel;
import io.github.dl4jbnfold.samediff.read.Binding.LinearBinding;
import io.github.dl4jbnfold.samediff.read.Op;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Rewrites linear operators: each once, from the gauges of its input and its output. */
final class LinearWriter {
  private final Parameters parameters;
  private final GraphEditor editor;

  LinearWriter(Parameters parameters, GraphEditor editor) {
    this.parameters = parameters;
    this.editor = editor;
  }

  void rewrite(LinearBinding binding, LinearChange change) {
    // The answer of the operator to the shift needs its weights as they are.
    LinearWeights weights = weights(binding);
    double[] bias = weights.bias(change);
    INDArray map = change.shift() == Shift.MAP ? map(binding, change, bias) : null;
    List<INDArray> kernels = weights.kernels(change);
    for (int k = 0; k < kernels.size(); k++) {
      INDArray old = weights.kernels().get(k).array();
      int input = binding.kernels().get(k).input();
      parameters.write(binding.op(), input, LinearRewrite.rounded(kernels.get(k), old));
    }
    if (map == null) {
      writeBias(binding, weights.biasWithOnes(change));
    } else {
      writeMap(binding, map);
    }
  }

  /**
   * What an operator with one kernel, which reads no zeros, leaves to the one that takes it over.
   *
   * @param factor how often it is taken
   */
  Contribution contribution(LinearBinding binding, LinearChange change, double factor) {
    return weights(binding).contribution(change, factor);
  }

  private LinearWeights weights(LinearBinding binding) {
    List<LinearWeights.Kernel> kernels =
        binding.kernels().stream()
            .map(k -> new LinearWeights.Kernel(weights(binding, k), k.layout()))
            .toList();
    LinearWeights.Kernel last = kernels.get(kernels.size() - 1);
    return new LinearWeights(kernels, bias(binding, last.outputs()), binding.tap());
  }

  private INDArray weights(LinearBinding binding, Kernel kernel) {
    return parameters.array(binding.op(), kernel.input());
  }

  private double[] bias(LinearBinding binding, int channels) {
    if (binding.bias() != null) {
      return Parameters.vector(parameters.array(binding.op(), binding.bias()));
    }
    return binding.addition() != null ? binding.addition().effect() : new double[channels];
  }

  private void writeBias(LinearBinding binding, double[] bias) {
    Op op = binding.op();
    String weights = op.input(binding.kernels().get(0).input());
    DataType type = weights(binding, binding.kernels().get(0)).dataType();
    INDArray values = Nd4j.createFromArray(bias).castTo(type);
    if (binding.bias() != null) {
      INDArray old = parameters.array(op, binding.bias());
      parameters.write(
          op,
          binding.bias(),
          old.length() == bias.length ? Parameters.like(old, bias) : values.castTo(old.dataType()));
    } else if (parameters.keepsOperators() && !holdsBias(binding)) {
      // The plan leaves no shift here, but for rounding.
      return;
    } else if (binding.addition() != null) {
      parameters.write(binding.addition(), bias);
    } else if (Arrays.stream(bias).anyMatch(b -> b != 0)) {
      boolean product = isProduct(op);
      INDArray shaped = product && writesRows(binding) ? values.reshape(bias.length, 1) : values;
      String name = editor.addLike(weights, op.name() + "_bias", shaped);
      if (product) {
        editor.insertAddition(op.output(), name);
      } else {
        editor.setInput(op.name(), 1 + binding.kernels().size(), name);
      }
    }
  }

  /** Whether a bias can change although no operator may be added or replaced. */
  private static boolean holdsBias(LinearBinding binding) {
    return binding.addition() == null ? !isProduct(binding.op()) : !binding.addition().isNumber();
  }

  private static boolean isProduct(Op op) {
    return op.type().equals("matmul");
  }

  /** Whether the channels of a matrix product are the last axis but one of its result. */
  private static boolean writesRows(LinearBinding binding) {
    boolean weightsFirst = binding.kernels().get(0).input() == 0;
    boolean transposed = binding.op().integer(2, 0) != 0;
    return weightsFirst != transposed;
  }

  /** The bias less what the operator answers to the shift: that differs by position. */
  private INDArray map(LinearBinding binding, LinearChange change, double[] bias) {
    List<INDArray> kernels = binding.kernels().stream().map(k -> weights(binding, k)).toList();
    INDArray answer =
        BorderMap.response(binding.op(), kernels, binding.positions(), change.in().relativeShift());
    long[] vector =
        BorderMap.channelShape(answer.rank(), binding.positions(), change.out().channels());
    INDArray map =
        answer
            .mul(Nd4j.createFromArray(change.out().scale()).reshape(vector))
            .rsub(Nd4j.createFromArray(bias).reshape(vector));
    if (change.writesOnes()) {
      int axis = Objects.requireNonNull(binding.positions()).channelAxis();
      long[] shape = map.shape().clone();
      shape[axis] = 1;
      map = Nd4j.concat(axis, map, Nd4j.ones(DataType.DOUBLE, shape));
    }
    return map.castTo(kernels.get(0).dataType());
  }

  private void writeMap(LinearBinding binding, INDArray map) {
    Op op = binding.op();
    if (binding.addition() != null) {
      parameters.writeMap(binding.addition(), map);
      return;
    }
    if (binding.bias() != null) {
      editor.removeInput(op.name(), op.input(binding.bias()));
    }
    String weights = op.input(binding.kernels().get(0).input());
    editor.insertAddition(op.output(), editor.addLike(weights, op.name() + "_map", map));
  }
}
