package io.github.dl4jbnfold.linearize.train;

import io.github.dl4jbnfold.layers.GateLayer;
import java.util.Collection;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

/** What {@link MlpGates} does, to the step "relu" of a graph. */
final class GraphGates {
  private static final String STEP = "relu";

  private GraphGates() {}

  static ComputationGraph gated(ComputationGraph graph) {
    return with(graph, new GateLayer.Builder().updater(new Sgd(0.1)).build());
  }

  static ComputationGraph ungated(ComputationGraph graph, Collection<String> linear) {
    Activation left = linear.contains(STEP) ? Activation.IDENTITY : Activation.RELU;
    return with(graph, new ActivationLayer.Builder().activation(left).build());
  }

  private static ComputationGraph with(ComputationGraph graph, Layer layer) {
    ComputationGraphConfiguration configuration = graph.getConfiguration().clone();
    NeuralNetConfiguration step =
        ((LayerVertex) configuration.getVertices().get(STEP)).getLayerConf();
    layer.setLayerName(STEP);
    step.setLayer(layer);
    step.clearVariables();
    ComputationGraph other = new ComputationGraph(configuration);
    other.init();
    graph
        .paramTable()
        .forEach(
            (name, values) -> {
              INDArray target = other.paramTable().get(name);
              if (target != null) {
                target.assign(values);
              }
            });
    return other;
  }
}
