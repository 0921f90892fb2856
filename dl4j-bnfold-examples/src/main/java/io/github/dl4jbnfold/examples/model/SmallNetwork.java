package io.github.dl4jbnfold.examples.model;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A residual network for {@link ShapeImages}, not yet trained. */
public final class SmallNetwork {
  private static final int CHANNELS = 12;

  private SmallNetwork() {}

  /** Makes one; always the same. */
  public static ComputationGraph create() {
    GraphBuilder graph =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .updater(new Nesterovs(0.05, 0.9))
            .weightInit(WeightInit.RELU)
            .graphBuilder()
            .addInputs("image")
            .setInputTypes(InputType.convolutional(ShapeImages.SIZE, ShapeImages.SIZE, 1));
    String stem = block(graph, "stem", "image", 2);
    String first = block(graph, "first", stem, 1);
    String second = block(graph, "second", first, 1);
    graph.addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), stem, second);
    String last = block(graph, "last", "add", 2);
    graph.addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), last);
    graph.addLayer(
        "class",
        new OutputLayer.Builder(LossFunction.MCXENT)
            .nOut(ShapeImages.CLASSES.size())
            .activation(Activation.SOFTMAX)
            .build(),
        "pool");
    ComputationGraph network = new ComputationGraph(graph.setOutputs("class").build());
    network.init();
    return network;
  }

  private static String block(GraphBuilder graph, String name, String input, int stride) {
    graph.addLayer(
        name + "-conv",
        new ConvolutionLayer.Builder(3, 3)
            .nOut(CHANNELS)
            .stride(stride, stride)
            .convolutionMode(ConvolutionMode.Truncate)
            .padding(1, 1)
            .activation(Activation.IDENTITY)
            .build(),
        input);
    graph.addLayer(name + "-norm", new BatchNormalization(), name + "-conv");
    graph.addLayer(name, new ActivationLayer(Activation.RELU), name + "-norm");
    return name;
  }
}
