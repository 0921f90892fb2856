package io.github.dl4jbnfold.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.NetworkFold;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;

/** Lists of layers that say little, or the same, of themselves. */
class LayerNamesTest {
  private static NetworkFold fold(Layer... layers) {
    var list =
        new NeuralNetConfiguration.Builder()
            .dataType(DataType.DOUBLE)
            .activation(Activation.IDENTITY)
            .list();
    for (Layer layer : layers) {
      list.layer(layer);
    }
    return NetworkFold.of(list.setInputType(InputType.feedForward(3)).build());
  }

  @Test
  void a_name_may_be_the_one_that_another_layer_has_by_its_index() {
    DenseLayer first = new DenseLayer.Builder().name("layer1").nOut(4).build();
    BatchNormalization second = new BatchNormalization();
    second.setLayerName("twin");
    DenseLayer third = new DenseLayer.Builder().name("twin").nOut(5).build();

    fold(first, second, third).removes("layer1-2").equalOutputs(2, 3);
  }

  @Test
  void a_dropout_at_the_beginning_does_not_say_how_long_vectors_are() {
    fold(new DropoutLayer(0.5), new BatchNormalization(), new DenseLayer.Builder().nOut(4).build())
        .removesAll()
        .equalOutputs(2, 3);
  }

  @Test
  void a_locally_connected_layer_keeps_the_size_of_its_input() {
    var configuration =
        new NeuralNetConfiguration.Builder()
            .dataType(DataType.DOUBLE)
            .activation(Activation.IDENTITY)
            .list()
            .layer(new BatchNormalization())
            .layer(
                new LocallyConnected2D.Builder()
                    .kernelSize(3, 3)
                    .nOut(4)
                    .activation(Activation.IDENTITY)
                    .build())
            .layer(new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build())
            .setInputType(InputType.convolutional(8, 6, 3))
            .build();

    NetworkFold fold = NetworkFold.of(configuration).equalOutputs(2, 3, 8, 6);

    LocallyConnected2D local =
        (LocallyConnected2D) ((MultiLayerNetwork) fold.before()).getLayer(1).conf().getLayer();
    assertThat(local.getInputSize()).containsExactly(8, 6);
  }
}
