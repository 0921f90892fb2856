package io.github.dl4jbnfold.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.RandomParameters;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.gradientcheck.GradientCheckUtil.MLNConfig;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What every layer of this project must bear. */
final class LayerCheck {
  private LayerCheck() {}

  /** A layer between two convolutions of images 6×5, with random parameters. */
  static MultiLayerNetwork between(Layer layer, CNN2DFormat format, DataType type) {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .dataType(type)
            .updater(new Sgd(1.0))
            .list()
            .layer(convolution(4, format))
            .layer(layer)
            .layer(convolution(3, format))
            .layer(new GlobalPoolingLayer(PoolingType.SUM))
            .layer(
                new OutputLayer.Builder(LossFunction.MSE)
                    .nOut(2)
                    .activation(Activation.IDENTITY)
                    .build())
            .setInputType(InputType.convolutional(6, 5, 2, format))
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return RandomParameters.in(network, 3);
  }

  private static ConvolutionLayer convolution(int channels, CNN2DFormat format) {
    return new ConvolutionLayer.Builder(2, 2)
        .nOut(channels)
        .dataFormat(format)
        .activation(Activation.TANH)
        .build();
  }

  static INDArray images(CNN2DFormat format) {
    Nd4j.getRandom().setSeed(5);
    return format == CNN2DFormat.NCHW
        ? Nd4j.randn(DataType.DOUBLE, 3, 2, 6, 5)
        : Nd4j.randn(DataType.DOUBLE, 3, 6, 5, 2);
  }

  /** Compares the gradients of all parameters but some with differences. */
  static void gradients(MultiLayerNetwork network, INDArray input, String... except) {
    DataType before = Nd4j.defaultFloatingPointType();
    Nd4j.setDefaultDataTypes(DataType.DOUBLE, DataType.DOUBLE);
    try {
      INDArray labels = Nd4j.randn(DataType.DOUBLE, network.output(input.dup()).shape());
      MLNConfig check =
          new MLNConfig()
              .net(network)
              .input(input)
              .labels(labels)
              .excludeParams(java.util.Set.of(except));
      assertThat(GradientCheckUtil.checkGradients(check)).isTrue();
    } finally {
      Nd4j.setDefaultDataTypes(before, before);
    }
  }

  /** Writes and reads a network: as JSON, and as a file. */
  static void survivesFiles(MultiLayerNetwork network, INDArray input) {
    String json = network.getLayerWiseConfigurations().toJson();
    assertThat(MultiLayerConfiguration.fromJson(json))
        .isEqualTo(network.getLayerWiseConfigurations());
    MultiLayerNetwork loaded = reloaded(network);
    assertThat(loaded.params()).isEqualTo(network.params());
    assertThat(loaded.output(input.dup())).isEqualTo(network.output(input.dup()));
    assertThat(network.clone().output(input.dup())).isEqualTo(network.output(input.dup()));
  }

  static MultiLayerNetwork reloaded(MultiLayerNetwork network) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try {
      ModelSerializer.writeModel(network, file, true);
      return ModelSerializer.restoreMultiLayerNetwork(
          new ByteArrayInputStream(file.toByteArray()), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a layer alone makes of an input; the input must be as before. */
  static INDArray output(Layer layer, INDArray input) {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder().dataType(input.dataType()).list(layer).build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    INDArray before = input.dup();
    List<INDArray> all = network.feedForward(input, false);
    assertThat(input).as("the input").isEqualTo(before);
    return all.get(1).dup();
  }
}
