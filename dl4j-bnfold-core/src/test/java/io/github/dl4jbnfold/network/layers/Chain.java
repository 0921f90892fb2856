package io.github.dl4jbnfold.network.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Layers one after the other, in float64 and with random parameters, before and after a fold. Their
 * default activation is the identity, and their names are "layer0", "layer1" and so on.
 *
 * <pre>{@code
 * Chain.of(InputType.feedForward(3), dense, norm(), wall()).removesAll();
 * }</pre>
 *
 * <p>Whatever is expected, the outputs must be equal for several parameters and for another number
 * of examples than the fold was checked with.
 */
public final class Chain {
  private static final int EXAMPLES = 5;

  private final @Nullable InputType input;
  private final long[] shape;
  private final List<Layer> layers;
  private final Map<Integer, InputPreProcessor> preprocessors = new TreeMap<>();
  private long rows;
  private double negative = 0.5;
  private boolean centred;
  private int seeds = 2;

  private Chain(@Nullable InputType input, long[] shape, Layer... layers) {
    this.input = input;
    this.shape = shape;
    this.layers = List.of(layers);
  }

  public static Chain of(InputType input, Layer... layers) {
    return new Chain(input, input.getShape(), layers);
  }

  /** Layers that state all their sizes, behind an input of a shape without the examples. */
  public static Chain ofShape(long[] shape, Layer... layers) {
    return new Chain(null, shape, layers);
  }

  /** A batch normalization. */
  public static BatchNormalization norm() {
    return new BatchNormalization();
  }

  /** A batch normalization of sequences in the format NWC. */
  public static BatchNormalization lastAxisNorm() {
    return new BatchNormalization.Builder().dataFormat(CNN2DFormat.NHWC).build();
  }

  /** What nothing passes. */
  public static ActivationLayer wall() {
    return new ActivationLayer(Activation.SIGMOID);
  }

  /** The same with a preprocessor before a layer. */
  public Chain before(int layer, InputPreProcessor preprocessor) {
    preprocessors.put(layer, preprocessor);
    return this;
  }

  /** The same whose input are indices of a table of so many rows. */
  public Chain indices(long tableRows) {
    rows = tableRows;
    return this;
  }

  /** The same with scales that are all positive. */
  public Chain positive() {
    negative = 0;
    return this;
  }

  /** The same with scales that are all negative. */
  public Chain negative() {
    negative = 1;
    return this;
  }

  /** The same with norms that only scale. */
  public Chain centred() {
    centred = true;
    return this;
  }

  /** The same with one choice of parameters, for what is slow. */
  public Chain once() {
    seeds = 1;
    return this;
  }

  public void removesAll() {
    folds().forEach(fold -> equal(fold.removesAll()));
  }

  public void removes(String... names) {
    folds().forEach(fold -> equal(fold.removes(names)));
  }

  public void keeps(String name, Reason reason) {
    folds().forEach(fold -> equal(fold.keeps(name, reason)));
  }

  /** The fold throws, and says why. */
  public void refused(String... says) {
    MultiLayerNetwork network = network(1);
    FoldingException refusal =
        catchThrowableOfType(FoldingException.class, () -> NetworkFold.of(network, options()));
    assertThat(refusal).hasMessageContainingAll(says);
  }

  /** The folds of networks with several parameters. */
  public List<NetworkFold> folds() {
    List<NetworkFold> folds = new ArrayList<>();
    for (int seed = 1; seed <= seeds; seed++) {
      MultiLayerNetwork network = network(seed);
      folds.add(NetworkFold.of(network, options()));
    }
    return folds;
  }

  /** Compares the outputs of a fold. */
  public NetworkFold equal(NetworkFold fold) {
    return fold.equalOutputs(example());
  }

  private MultiLayerNetwork network(int seed) {
    NeuralNetConfiguration.ListBuilder list =
        new NeuralNetConfiguration.Builder()
            .dataType(DataType.DOUBLE)
            .activation(Activation.IDENTITY)
            .list();
    layers.forEach(layer -> list.layer(layer.clone()));
    preprocessors.forEach(list::inputPreProcessor);
    if (input == null) {
      list.overrideNinUponBuild(false);
    } else {
      list.setInputType(input);
    }
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    RandomParameters.in(network, seed, negative);
    if (centred) {
      RandomParameters.centre(network);
    }
    return network;
  }

  private FoldingOptions options() {
    return FoldingOptions.defaults().inputShape("input", shape());
  }

  private long[] shape() {
    return LongStream.concat(LongStream.of(EXAMPLES), LongStream.of(shape)).toArray();
  }

  private INDArray example() {
    return rows == 0
        ? Nd4j.randn(DataType.DOUBLE, shape())
        : Transforms.floor(Nd4j.rand(DataType.DOUBLE, shape()).muli(rows));
  }
}
