package io.github.dl4jbnfold.network.write;

import io.github.dl4jbnfold.network.read.Binding.Positions;
import io.github.dl4jbnfold.network.structure.Step;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What a layer that reads padding makes of a constant: not a constant, but a map over positions. It
 * is computed by the layer itself, on one example in float64. Theory, section 4.
 */
final class LayerResponse {
  /** One would do, but some native operators refuse arrays of a single element. */
  private static final int EXAMPLES = 2;

  private LayerResponse() {}

  /**
   * The answer without bias and activation to an input that is one vector at every position: [1,
   * …].
   *
   * @param parameters of the layer
   * @param weights the keys of those that count; others are taken for 0
   */
  static INDArray of(
      Step step,
      Map<String, INDArray> parameters,
      Collection<String> weights,
      Positions positions,
      double[] vector) {
    NeuralNetConfiguration configuration =
        Objects.requireNonNull(step.copy().configuration()).clone();
    Layer layer = Objects.requireNonNull(step.layer()).clone();
    InnerActivation.remove(layer);
    layer.setDataType(DataType.DOUBLE);
    configuration.setLayer(layer);
    configuration.clearVariables();
    long length = layer.initializer().numParams(configuration);
    INDArray view = length == 0 ? null : Nd4j.create(DataType.DOUBLE, 1, length);
    org.deeplearning4j.nn.api.Layer run =
        layer.instantiate(configuration, List.of(), 0, view, false, DataType.DOUBLE);
    for (String key : weights) {
      INDArray values = Objects.requireNonNull(parameters.get(key));
      run.getParam(key).assign(values.castTo(DataType.DOUBLE));
    }
    INDArray answers =
        run.activate(everywhere(positions, vector), false, LayerWorkspaceMgr.noWorkspaces());
    return answers.get(NDArrayIndex.interval(0, 1)).dup('c');
  }

  private static INDArray everywhere(Positions positions, double[] vector) {
    long[] shape = positions.shape().stream().mapToLong(Long::longValue).toArray();
    shape[0] = EXAMPLES;
    INDArray along =
        Nd4j.createFromArray(vector).reshape(channelShape(shape.length, positions, vector.length));
    return along.broadcast(shape).dup('c');
  }

  /** The shape in which a vector runs along the channel axis. */
  static long[] channelShape(int rank, Positions positions, int channels) {
    long[] shape = new long[rank];
    Arrays.fill(shape, 1);
    shape[positions.channelAxis()] = channels;
    return shape;
  }
}
