package io.github.dl4jbnfold.linearize.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.fixture.Clones;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.layers.GateLayer;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.run.Costs;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * A graph before and after its activations became linear, in float64.
 *
 * <pre>{@code
 * Folded.net(type).layer("a", conv).layer("b", conv).add("sum", "a", "b")…
 *     .allLinear().becomes(1).equalOutputs();
 * }</pre>
 */
final class Folded {
  private static final double EXACT = 1e-9;

  private final ComputationGraph gated;
  private final ComputationGraph merged;
  private final LayerFoldingReport report;
  private final InputType type;

  private Folded(
      ComputationGraph gated, LayerFolding.Converted<ComputationGraph> converted, InputType type) {
    this.gated = gated;
    this.merged = converted.network();
    this.report = converted.report();
    Clones.requireEqual(gated);
    Clones.requireEqual(merged);
    this.type = type;
  }

  /** Builds a graph, each layer behind the one before unless stated. */
  static final class Net {
    private final GraphBuilder builder;
    private final InputType type;
    private String last = "in";
    private LayerFoldingOptions options = LayerFoldingOptions.defaults().costs(Costs.DEPTH);

    private Net(InputType type) {
      this.type = type;
      this.builder =
          new NeuralNetConfiguration.Builder()
              .dataType(DataType.DOUBLE)
              .updater(new Adam(0.01))
              .weightInit(WeightInit.XAVIER)
              .seed(12)
              .graphBuilder()
              .addInputs("in")
              .setInputTypes(type);
    }

    Net layer(String name, Layer layer, String... inputs) {
      builder.addLayer(name, layer, inputs.length == 0 ? new String[] {last} : inputs);
      last = name;
      return this;
    }

    Net add(String name, String... inputs) {
      builder.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), inputs);
      last = name;
      return this;
    }

    Net options(LayerFoldingOptions other) {
      options = other;
      return this;
    }

    private ComputationGraph build() {
      ComputationGraphConfiguration configuration = builder.setOutputs(last).build();
      ComputationGraph graph = new ComputationGraph(configuration);
      graph.init();
      return RandomParameters.in(graph, 17, 0.3);
    }

    /** The network with gates. */
    LayerFolding.Prepared<ComputationGraph> prepared() {
      return LayerFolding.prepare(build(), sized());
    }

    private LayerFoldingOptions sized() {
      long[] shape = type.getShape(true);
      shape[0] = 2;
      return options.inputShape("in", shape);
    }

    ComputationGraph original() {
      return build();
    }

    /** Makes all activations linear. */
    Folded allLinear() {
      var prepared = prepared();
      return linear(prepared.network(), new TreeSet<>(prepared.gates()));
    }

    Folded linear(String... names) {
      return linear(prepared().network(), Set.of(names));
    }

    private Folded linear(ComputationGraph gated, Set<String> names) {
      INDArray before = gated.params().dup();
      var converted = LayerFolding.convert(gated, names, sized());
      assertThat(gated.params()).as("parameters of the original").isEqualTo(before);
      LayerFolding.alphas(gated)
          .forEach(
              (name, alpha) ->
                  gated
                      .getVertex(name)
                      .getLayer()
                      .getParam(GateLayer.ALPHA)
                      .assign(names.contains(name) ? 1 : 0));
      return new Folded(gated, converted, type);
    }
  }

  static Net net(InputType type) {
    return new Net(type);
  }

  /** The number of vertices that have parameters. */
  Folded becomes(int weighted) {
    List<String> names =
        Arrays.stream(merged.getVertices())
            .filter(vertex -> vertex.numParams() > 0)
            .map(org.deeplearning4j.nn.graph.vertex.GraphVertex::getVertexName)
            .toList();
    assertThat(names).as("layers with weights").hasSize(weighted);
    return this;
  }

  Folded hasNoGates() {
    assertThat(LayerFolding.alphas(merged)).isEmpty();
    return this;
  }

  /** Compares with the gated network, whose gates are at 0 and 1. */
  Folded equalOutputs() {
    long[] shape = type.getShape(true);
    shape[0] = 3;
    INDArray x =
        Nd4j.getRandomFactory().getNewRandomInstance(5).nextGaussian(shape).castTo(DataType.DOUBLE);
    INDArray expected = gated.output(false, x.dup())[0].dup();
    INDArray actual = merged.output(false, x.dup())[0].dup();
    assertThat(actual.shape()).isEqualTo(expected.shape());
    double error =
        expected.sub(actual).amaxNumber().doubleValue() / expected.amaxNumber().doubleValue();
    assertThat(error).isLessThan(EXACT);
    return this;
  }

  LayerFoldingReport report() {
    return report;
  }

  ComputationGraph merged() {
    return merged;
  }
}
