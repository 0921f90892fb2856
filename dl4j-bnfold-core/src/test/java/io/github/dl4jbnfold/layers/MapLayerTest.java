package io.github.dl4jbnfold.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.memory.MemoryType;
import org.deeplearning4j.nn.conf.memory.MemoryUseMode;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A constant map that is added to every example. */
class MapLayerTest {
  private static MultiLayerNetwork network(CNN2DFormat format, DataType type) {
    MapLayer layer = format == CNN2DFormat.NCHW ? new MapLayer(4, 5, 4) : new MapLayer(5, 4, 4);
    return LayerCheck.between(layer, format, type);
  }

  private static INDArray map(MultiLayerNetwork network) {
    return network.getLayer(1).getParam(MapLayer.MAP);
  }

  @Test
  void it_adds_its_map_to_every_example() {
    for (char order : new char[] {'c', 'f'}) {
      MultiLayerConfiguration configuration =
          new NeuralNetConfiguration.Builder()
              .dataType(DataType.DOUBLE)
              .list(new MapLayer(2, 3, 4))
              .build();
      MultiLayerNetwork network = new MultiLayerNetwork(configuration);
      network.init();
      INDArray x = Nd4j.randn(DataType.DOUBLE, 5, 2, 3, 4).dup(order);
      INDArray before = x.dup();
      assertThat(network.output(x)).as("a new map is 0").isEqualTo(x);
      INDArray map = Nd4j.randn(DataType.DOUBLE, 1, 2, 3, 4);
      network.setParam("0_map", map);

      assertThat(network.output(x)).isEqualTo(x.add(map.broadcast(x.ulike())));
      assertThat(x).isEqualTo(before);
    }
  }

  @Test
  void an_image_of_another_size_is_refused() {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder().list(new MapLayer(2, 1, 4)).build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();

    assertThatThrownBy(() -> network.output(Nd4j.randn(DataType.FLOAT, 1, 2, 3, 4)))
        .hasMessageContaining("[2, 1, 4]");
    assertThatThrownBy(() -> new MapLayer(2, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(CNN2DFormat.class)
  void gradients_pass_and_the_map_has_none(CNN2DFormat format) {
    MultiLayerNetwork network = network(format, DataType.DOUBLE);
    LayerCheck.gradients(network, LayerCheck.images(format), "1_map");
  }

  @Test
  void a_network_with_it_survives_its_files() {
    for (CNN2DFormat format : CNN2DFormat.values()) {
      MultiLayerNetwork network = network(format, DataType.DOUBLE);
      LayerCheck.survivesFiles(network, LayerCheck.images(format));
      assertThat(map(LayerCheck.reloaded(network))).isEqualTo(map(network));
    }
  }

  @Test
  void training_leaves_the_map_alone_whatever_the_network_is_told() {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .updater(new Adam(1e-2))
            .l2(0.1)
            .weightDecay(0.1)
            .gradientNormalization(GradientNormalization.RenormalizeL2PerLayer)
            .list()
            .layer(new ConvolutionLayer.Builder(2, 2).nOut(4).build())
            .layer(new MapLayer(4, 5, 4))
            .layer(new OutputLayer.Builder(LossFunction.MSE).nOut(2).build())
            .setInputType(InputType.convolutional(6, 5, 2))
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    network.setParam("1_map", Nd4j.randn(DataType.FLOAT, 1, 4, 5, 4));
    INDArray map = map(network).dup();
    INDArray images = LayerCheck.images(CNN2DFormat.NCHW).castTo(DataType.FLOAT);
    INDArray labels = Nd4j.rand(DataType.FLOAT, 3, 2);
    INDArray weights = network.getParam("0_W").dup();
    for (int i = 0; i < 30; i++) {
      network.fit(images, labels);
    }

    assertThat(network.getParam("0_W")).isNotEqualTo(weights);
    assertThat(map(network)).isEqualTo(map);
  }

  @Test
  void transfer_learning_carries_the_map_over() {
    MultiLayerNetwork network = network(CNN2DFormat.NCHW, DataType.DOUBLE);
    INDArray images = LayerCheck.images(CNN2DFormat.NCHW);

    MultiLayerNetwork other = new TransferLearning.Builder(network).setFeatureExtractor(2).build();

    assertThat(other.output(images.dup())).isEqualTo(network.output(images.dup()));
    other.fit(images, Nd4j.rand(DataType.DOUBLE, 3, 2));
    assertThat(other.getLayer(1).params()).isEqualTo(network.getLayer(1).params());
  }

  @Test
  void a_copy_is_equal_and_another_map_is_not() {
    MapLayer layer = new MapLayer(4, 5, 4);

    assertThat(layer.clone()).isEqualTo(layer).hasSameHashCodeAs(layer).isNotSameAs(layer);
    assertThat(layer).isNotEqualTo(new MapLayer(5, 4, 4));
  }

  @Test
  void its_parameters_are_in_the_memory_report() {
    MapLayer layer = new MapLayer(4, 5, 4);

    assertThat(
            layer
                .getMemoryReport(InputType.convolutional(5, 4, 4))
                .getMemoryBytes(
                    MemoryType.PARAMETERS,
                    1,
                    MemoryUseMode.INFERENCE,
                    CacheMode.NONE,
                    DataType.FLOAT))
        .isEqualTo(320);
  }

  @Test
  void a_network_takes_another_data_type_with_its_map() {
    MultiLayerNetwork network = network(CNN2DFormat.NCHW, DataType.DOUBLE);
    INDArray images = LayerCheck.images(CNN2DFormat.NCHW);
    INDArray wide = network.output(images.dup()).dup();

    INDArray narrow = network.convertDataType(DataType.FLOAT).output(images.castTo(DataType.FLOAT));

    assertThat(narrow.castTo(DataType.DOUBLE).sub(wide).amaxNumber().doubleValue())
        .isLessThan(1e-4);
  }
}
