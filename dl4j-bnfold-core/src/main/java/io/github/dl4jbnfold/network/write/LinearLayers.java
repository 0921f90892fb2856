package io.github.dl4jbnfold.network.write;

import io.github.dl4jbnfold.network.read.Binding.Kernel;
import io.github.dl4jbnfold.network.read.Binding.LinearBinding;
import io.github.dl4jbnfold.network.read.Binding.Positions;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.rewrite.Contribution;
import io.github.dl4jbnfold.rewrite.LinearChange;
import io.github.dl4jbnfold.rewrite.LinearChange.Shift;
import io.github.dl4jbnfold.rewrite.LinearRewrite;
import io.github.dl4jbnfold.rewrite.LinearWeights;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Rewrites dense layers and convolutions, each once. */
final class LinearLayers {
  private final SourceNetwork network;
  private final NetworkEdit edit;
  private final RepairLayers repairs;

  LinearLayers(SourceNetwork network, NetworkEdit edit, RepairLayers repairs) {
    this.network = network;
    this.edit = edit;
    this.repairs = repairs;
  }

  void rewrite(LinearBinding binding, LinearChange change) {
    String step = binding.step().name();
    LinearWeights weights = weights(binding, change.out().channels());
    for (int k = 0; k < weights.kernels().size(); k++) {
      int index = k;
      edit.set(
          step,
          binding.kernels().get(k).key(),
          new NewParameter(
              () -> weights.kernel(index, change), () -> factor(weights, index, change)));
    }
    double[] bias = weights.biasWithOnes(change);
    boolean had = network.parameters(step).containsKey(binding.bias());
    if (had || Arrays.stream(bias).anyMatch(b -> b != 0)) {
      INDArray factor = had ? Nd4j.createFromArray(change.out().scale()) : null;
      edit.set(step, binding.bias(), new NewParameter(Nd4j.createFromArray(bias), factor));
    }
    if (!had && Arrays.stream(bias).anyMatch(b -> b != 0)) {
      edit.configure(step, Biases::add);
    }
    if (change.writesOnes() || change.shift() == Shift.ONES_CHANNEL) {
      edit.configure(step, layer -> widen(layer, change));
    }
    if (change.shift() == Shift.MAP) {
      repairs.add(step, map(binding, change));
    }
  }

  /**
   * −a_out times the answer to c_in/a_in; the bias stays where it is, so that it can be trained.
   */
  private INDArray map(LinearBinding binding, LinearChange change) {
    Positions positions = Objects.requireNonNull(binding.positions());
    INDArray answer =
        LayerResponse.of(
            binding.step(),
            network.parameters(binding.step().name()),
            binding.kernels().stream().map(Kernel::key).toList(),
            positions,
            change.in().relativeShift());
    double[] scale = change.out().scale();
    long[] vector = LayerResponse.channelShape(answer.rank(), positions, scale.length);
    INDArray map = answer.mul(Nd4j.createFromArray(scale).reshape(vector)).neg();
    if (!change.writesOnes()) {
      return map;
    }
    int axis = positions.channelAxis();
    long[] shape = map.shape().clone();
    shape[axis] = 1;
    return Nd4j.concat(axis, map, Nd4j.zeros(DataType.DOUBLE, shape));
  }

  Contribution contribution(LinearBinding binding, LinearChange change, double factor) {
    return weights(binding, change.out().channels()).contribution(change, factor);
  }

  private static void widen(Layer layer, LinearChange change) {
    if (layer instanceof TimeDistributed wrapper) {
      widen(wrapper.getUnderlying(), change);
    } else if (layer instanceof FeedForwardLayer sized) {
      sized.setNIn(sized.getNIn() + (change.shift() == Shift.ONES_CHANNEL ? 1 : 0));
      sized.setNOut(sized.getNOut() + (change.writesOnes() ? 1 : 0));
    }
  }

  private LinearWeights weights(LinearBinding binding, int channels) {
    Map<String, INDArray> parameters = network.parameters(binding.step().name());
    INDArray bias = parameters.get(binding.bias());
    double[] values =
        bias == null
            ? new double[channels]
            : bias.castTo(DataType.DOUBLE).reshape(channels).toDoubleVector();
    return new LinearWeights(
        binding.kernels().stream().map(kernel -> kernel(kernel, parameters)).toList(),
        values,
        binding.tap());
  }

  private static LinearWeights.Kernel kernel(Kernel kernel, Map<String, INDArray> parameters) {
    INDArray array = Objects.requireNonNull(parameters.get(kernel.key()));
    long[] axes = kernel.axes().stream().mapToLong(Long::longValue).toArray();
    INDArray read = axes.length == 0 ? array : array.dup('c').reshape('c', axes);
    return new LinearWeights.Kernel(read, kernel.layout());
  }

  /** a_out/a_in for each weight, of which only what enters the first and leaves the last counts. */
  private static INDArray factor(LinearWeights weights, int k, LinearChange change) {
    LinearWeights.Kernel kernel = weights.kernels().get(k);
    double[] middle = new double[weights.kernels().get(0).outputs()];
    Arrays.fill(middle, 1);
    boolean last = k == weights.kernels().size() - 1;
    return LinearRewrite.factors(
        kernel.array().shape(),
        kernel.layout(),
        last ? change.out().scale() : middle,
        k == 0 ? change.in().inverseScale() : middle);
  }
}
