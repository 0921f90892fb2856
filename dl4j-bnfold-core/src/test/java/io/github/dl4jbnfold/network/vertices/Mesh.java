package io.github.dl4jbnfold.network.vertices;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.graph.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A graph of a few vertices in float64 with random parameters, before and after a fold. Its inputs
 * are "x", "y" and "z", and the layers' default activation is the identity.
 *
 * <pre>{@code
 * Mesh.of(InputType.feedForward(3))
 *     .dense("a", 4, "x")
 *     .norm("n", "a")
 *     .wall("out", "n")
 *     .removesAll();
 * }</pre>
 */
final class Mesh {
  private static final int EXAMPLES = 5;
  private static final List<String> INPUTS = List.of("x", "y", "z");

  private final InputType[] types;
  private final GraphBuilder builder;
  private final List<String> walls = new ArrayList<>();
  private boolean typed = true;
  private double negative = 0.5;
  private boolean centred;

  private Mesh(InputType... types) {
    this.types = types;
    this.builder =
        new NeuralNetConfiguration.Builder()
            .dataType(DataType.DOUBLE)
            .activation(Activation.IDENTITY)
            .graphBuilder()
            .addInputs(INPUTS.subList(0, types.length));
  }

  static Mesh of(InputType... types) {
    return new Mesh(types);
  }

  Mesh layer(String name, Layer layer, String input) {
    builder.addLayer(name, layer, input);
    return this;
  }

  Mesh layer(String name, Layer layer, InputPreProcessor preprocessor, String input) {
    builder.addLayer(name, layer, preprocessor, input);
    return this;
  }

  Mesh vertex(String name, GraphVertex vertex, String... inputs) {
    builder.addVertex(name, vertex, inputs);
    return this;
  }

  Mesh dense(String name, int outputs, String input) {
    return layer(name, new DenseLayer.Builder().nOut(outputs).build(), input);
  }

  /** A convolution that reads no zeros. */
  Mesh conv(String name, int outputs, String input) {
    return layer(name, new ConvolutionLayer.Builder(2, 2).nOut(outputs).build(), input);
  }

  Mesh norm(String name, String input) {
    return layer(name, new BatchNormalization(), input);
  }

  /** A norm of sequences in the format NWC. */
  Mesh lastAxisNorm(String name, String input) {
    BatchNormalization norm = new BatchNormalization.Builder().dataFormat(CNN2DFormat.NHWC).build();
    return layer(name, norm, input);
  }

  /** What nothing passes; the last ones of these are the outputs of the graph. */
  Mesh wall(String name, String input) {
    walls.add(name);
    return layer(name, new ActivationLayer(Activation.SIGMOID), input);
  }

  /** A vertex that is an output of the graph. */
  Mesh output(String name, GraphVertex vertex, String input) {
    walls.add(name);
    return vertex(name, vertex, input);
  }

  /** What nothing passes, and no output. */
  Mesh inner(String name, String input) {
    return layer(name, new ActivationLayer(Activation.SIGMOID), input);
  }

  /** All layers state their sizes: Deeplearning4j cannot find them for arrays that broadcast. */
  Mesh untyped() {
    typed = false;
    return this;
  }

  Mesh positive() {
    negative = 0;
    return this;
  }

  /** Norms only scale. */
  Mesh centred() {
    centred = true;
    return this;
  }

  Mesh negative() {
    negative = 1;
    return this;
  }

  NetworkFold removesAll() {
    return equal(fold().removesAll());
  }

  NetworkFold removes(String... names) {
    return equal(fold().removes(names));
  }

  NetworkFold keeps(String name, Reason reason) {
    return equal(fold().keeps(name, reason));
  }

  /** So many norms go, whichever. */
  NetworkFold removes(int count) {
    NetworkFold fold = fold();
    assertThat(fold.report().removed()).as(fold.report().toText()).hasSize(count);
    return equal(fold);
  }

  private NetworkFold fold() {
    if (typed) {
      builder.setInputTypes(types);
    }
    ComputationGraph graph =
        new ComputationGraph(builder.setOutputs(walls.toArray(String[]::new)).build());
    graph.init();
    FoldingOptions options = FoldingOptions.defaults();
    for (Map.Entry<String, long[]> shape : shapes().entrySet()) {
      options = options.inputShape(shape.getKey(), shape.getValue());
    }
    RandomParameters.in(graph, 11, negative);
    if (centred) {
      RandomParameters.centre(graph);
    }
    return NetworkFold.of(graph, options);
  }

  private NetworkFold equal(NetworkFold fold) {
    return fold.equalOutputs(
        shapes().values().stream()
            .map(shape -> Nd4j.randn(DataType.DOUBLE, shape))
            .toArray(INDArray[]::new));
  }

  private Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    for (int i = 0; i < types.length; i++) {
      LongStream shape = LongStream.of(types[i].getShape());
      shapes.put(INPUTS.get(i), LongStream.concat(LongStream.of(EXAMPLES), shape).toArray());
    }
    return shapes;
  }
}
