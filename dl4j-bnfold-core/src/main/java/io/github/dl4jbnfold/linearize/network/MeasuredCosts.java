package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.cost.Machine;
import io.github.dl4jbnfold.cost.Turns;
import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Costs;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What layers of DL4J cost on this machine with the backend in use: seconds of a run of the layer,
 * less those of a run of a layer that does nothing. A form is measured when it is first asked for,
 * which takes up to a second, and remembered.
 */
public final class MeasuredCosts implements Costs {
  private final DataType type;
  private final int examples;
  private final Turns turns;
  private final Map<String, Double> seconds = new TreeMap<>();

  private MeasuredCosts(DataType type, int examples, Turns turns) {
    this.type = type;
    this.examples = examples;
    this.turns = turns;
  }

  /**
   * Costs on this machine.
   *
   * @param type of the network
   * @param examples of one run: merging may pay for many and not for one
   * @return a table that is empty at first and may be used by several threads
   */
  public static MeasuredCosts onThisMachine(DataType type, int examples) {
    return new MeasuredCosts(type, examples, Turns.of(Machine.current().threads()));
  }

  /**
   * All that has been measured: seconds by what it is.
   *
   * @return a copy; keys are texts for people
   */
  public synchronized Map<String, Double> known() {
    return Map.copyOf(seconds);
  }

  @Override
  public synchronized double convolution(Form form, long... sizes) {
    String key = form + " of " + List.of(boxed(sizes));
    Double known = seconds.get(key);
    if (known == null) {
      known = measured(layers(form, sizes), input(form.inputs(), sizes));
      seconds.put(key, known);
    }
    return known;
  }

  @Override
  public synchronized double elementwise(int channels, int inputs, long... sizes) {
    String key = "element-wise of " + channels + " × " + List.of(boxed(sizes));
    Double known = seconds.get(key);
    if (known == null) {
      known = measured(List.of(new ActivationLayer(Activation.RELU)), input(channels, sizes));
      seconds.put(key, known);
    }
    return known;
  }

  @Override
  public double branches(List<Double> costs) {
    return costs.stream().mapToDouble(Double::doubleValue).sum();
  }

  private static Long[] boxed(long... sizes) {
    Long[] boxed = new Long[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      boxed[i] = sizes[i];
    }
    return boxed;
  }

  private static List<Layer> layers(Form form, long... sizes) {
    if (sizes.length > 0) {
      return MergedLayer.layers(form, 1);
    }
    return List.of(
        new DenseLayer.Builder()
            .nIn(form.inputs())
            .nOut(form.outputs())
            .activation(Activation.IDENTITY)
            .build());
  }

  private INDArray input(int channels, long... sizes) {
    long[] shape = new long[sizes.length + 2];
    shape[0] = examples;
    shape[1] = channels;
    System.arraycopy(sizes, 0, shape, 2, sizes.length);
    return Nd4j.randn(type, shape);
  }

  private double measured(List<Layer> layers, INDArray input) {
    MultiLayerNetwork nothing = network(List.of(new ActivationLayer(Activation.IDENTITY)));
    MultiLayerNetwork network = network(layers);
    return turns.difference(() -> nothing.output(input), () -> network.output(input));
  }

  private MultiLayerNetwork network(List<Layer> layers) {
    ListBuilder list = new NeuralNetConfiguration.Builder().dataType(type).list();
    layers.forEach(list::layer);
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    return network;
  }
}
