package io.github.dl4jbnfold.samediff.write;

import io.github.dl4jbnfold.rewrite.KernelLayout;
import io.github.dl4jbnfold.rewrite.LinearRewrite;
import io.github.dl4jbnfold.samediff.read.Binding.Kernel;
import io.github.dl4jbnfold.samediff.read.Binding.LinearBinding;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.write.LinearChange.Shift;
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
    double[] bias = bias(binding, change);
    INDArray map = change.shift() == Shift.MAP ? map(binding, change, bias) : null;
    writeWeights(binding, change);
    if (map == null) {
      writeBias(binding, change.writesOnes() ? followedByOne(bias) : bias);
    } else {
      writeMap(binding, map);
    }
  }

  /** a_out·b + c_out − Σ W̃·c_in, the sum only where it is to be a part of the bias. */
  double[] bias(LinearBinding binding, LinearChange change) {
    double[] answer = new double[change.out().channels()];
    if (change.shift() == Shift.BIAS) {
      answer = change.in().relativeShift();
      for (Kernel kernel : binding.kernels()) {
        answer = LinearRewrite.response(weights(binding, kernel), kernel.layout(), answer);
      }
    }
    double[] bias = LinearRewrite.bias(bias(binding, answer.length), answer, change.out());
    for (int i = 0; change.taken() != null && i < bias.length; i++) {
      bias[i] += change.taken().bias()[i];
    }
    return bias;
  }

  /**
   * What an operator with one kernel, which reads no zeros, leaves to the one that takes it over.
   *
   * @param factor how often it is taken
   */
  Contribution contribution(LinearBinding binding, LinearChange change, double factor) {
    Kernel kernel = binding.kernels().get(0);
    INDArray wide =
        LinearRewrite.scaled(
            weights(binding, kernel),
            kernel.layout(),
            change.out().scale(),
            change.in().inverseScale());
    if (change.taken() != null) {
      takeOver(wide, kernel.layout(), Objects.requireNonNull(binding.tap()), change.taken());
    }
    double[] bias = bias(binding, change);
    Arrays.setAll(bias, i -> factor * bias[i]);
    return new Contribution(new double[0], bias, List.of(wide.mul(factor)));
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

  private void writeWeights(LinearBinding binding, LinearChange change) {
    List<Kernel> kernels = binding.kernels();
    int middle = middleChannels(kernels.get(0), weights(binding, kernels.get(0)));
    for (int k = 0; k < kernels.size(); k++) {
      INDArray weights = weights(binding, kernels.get(k));
      double[] scale = k == kernels.size() - 1 ? change.out().scale() : Parameters.ones(middle);
      double[] inverse = k == 0 ? change.in().inverseScale() : Parameters.ones(middle);
      KernelLayout layout = kernels.get(k).layout();
      INDArray wide = LinearRewrite.scaled(weights, layout, scale, inverse);
      if (change.taken() != null) {
        takeOver(wide, layout, Objects.requireNonNull(binding.tap()), change.taken());
      }
      if (change.shift() == Shift.ONES_CHANNEL) {
        double[] shift = change.in().relativeShift();
        INDArray row = LinearRewrite.onesKernel(weights, layout, scale, shift);
        wide = LinearRewrite.withInput(wide, layout, row);
      }
      if (change.writesOnes()) {
        wide = LinearRewrite.withSilentOutput(wide, layout);
      }
      parameters.write(binding.op(), kernels.get(k).input(), LinearRewrite.rounded(wide, weights));
    }
  }

  private static void takeOver(
      INDArray wide, KernelLayout layout, List<Integer> tap, Contribution taken) {
    LinearRewrite.addIdentity(wide, layout, tap, taken.diagonal());
    taken.points().forEach(point -> LinearRewrite.addPoint(wide, layout, tap, point));
  }

  private static int middleChannels(Kernel kernel, INDArray weights) {
    return (int)
        kernel.layout().outputAxes().stream().mapToLong(weights::size).reduce(1, (a, b) -> a * b);
  }

  private static double[] followedByOne(double[] vector) {
    double[] longer = Arrays.copyOf(vector, vector.length + 1);
    longer[vector.length] = 1;
    return longer;
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
