package io.github.dl4jbnfold.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A padding with a value of its own for each channel. */
class PadValueLayerTest {
  private static final double[] VALUES = {0.5, -1, 0, 2};

  private static PadValueLayer padding(CNN2DFormat format) {
    return new PadValueLayer(format == CNN2DFormat.NCHW ? 1 : 3, new int[] {1, 2, 0, 3}, VALUES);
  }

  @Test
  void it_pads_an_image_with_the_value_of_the_channel() {
    INDArray x = Nd4j.randn(DataType.DOUBLE, 2, 4, 3, 5);
    INDArray y = LayerCheck.output(padding(CNN2DFormat.NCHW), x);

    INDArray zeros = LayerCheck.output(new ZeroPaddingLayer(1, 2, 0, 3), x);
    INDArray inside = LayerCheck.output(new ZeroPaddingLayer(1, 2, 0, 3), x.like().addi(1));
    INDArray values = Nd4j.createFromArray(VALUES).reshape(1, 4, 1, 1);
    assertThat(y).isEqualTo(inside.rsub(1).mul(values).add(zeros));
    INDArray last = LayerCheck.output(padding(CNN2DFormat.NHWC), x.permute(0, 2, 3, 1).dup('c'));
    assertThat(last.permute(0, 3, 1, 2)).isEqualTo(y);
  }

  @Test
  void it_pads_sequences_and_volumes() {
    INDArray x = Nd4j.randn(DataType.FLOAT, 2, 4, 3).dup('f');
    INDArray y = LayerCheck.output(new PadValueLayer(1, new int[] {1, 2}, VALUES), x);

    assertThat(y.shape()).containsExactly(2, 4, 6);
    assertThat(y.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(1, 4)))
        .isEqualTo(x);
    assertThat(y.getDouble(1, 3, 5)).isEqualTo(2);
    assertThat(y.getDouble(1, 1, 0)).isEqualTo(-1);
    PadValueLayer volume = new PadValueLayer(1, new int[] {1, 0, 0, 2, 3, 0}, VALUES);
    assertThat(LayerCheck.output(volume, Nd4j.randn(DataType.DOUBLE, 1, 4, 2, 2, 2)).shape())
        .containsExactly(1, 4, 3, 4, 5);
  }

  @ParameterizedTest
  @EnumSource(CNN2DFormat.class)
  void gradients_are_those_of_what_is_inside(CNN2DFormat format) {
    LayerCheck.gradients(
        LayerCheck.between(padding(format), format, DataType.DOUBLE), LayerCheck.images(format));
  }

  @Test
  void a_network_with_it_survives_its_files() {
    MultiLayerNetwork network =
        LayerCheck.between(padding(CNN2DFormat.NHWC), CNN2DFormat.NHWC, DataType.FLOAT);
    LayerCheck.survivesFiles(network, LayerCheck.images(CNN2DFormat.NHWC).castTo(DataType.FLOAT));
  }

  @Test
  void the_type_of_its_output_is_larger() {
    assertThat(padding(CNN2DFormat.NCHW).getOutputType(0, InputType.convolutional(3, 5, 4)))
        .isEqualTo(InputType.convolutional(6, 8, 4));
    assertThat(
            new PadValueLayer(2, new int[] {1, 2}, VALUES)
                .getOutputType(0, InputType.recurrent(4, 7, RNNFormat.NWC)))
        .isEqualTo(InputType.recurrent(4, 10, RNNFormat.NWC));
    assertThat(
            new PadValueLayer(1, new int[] {1, 0, 0, 2, 3, 0}, VALUES)
                .getOutputType(
                    0, InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 2, 2, 2, 4)))
        .isEqualTo(InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 3, 4, 5, 4));
    assertThatThrownBy(() -> padding(CNN2DFormat.NCHW).getOutputType(0, InputType.feedForward(4)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_copy_is_equal_and_another_padding_is_not() {
    PadValueLayer layer = padding(CNN2DFormat.NCHW);

    assertThat(layer.clone()).isEqualTo(layer).hasSameHashCodeAs(layer).isNotSameAs(layer);
    assertThat(layer).isNotEqualTo(padding(CNN2DFormat.NHWC));
  }

  @Test
  void what_is_no_padding_is_refused() {
    assertThatThrownBy(() -> new PadValueLayer(1, new int[] {1}, VALUES))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PadValueLayer(1, new int[] {1, -1}, VALUES))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PadValueLayer(3, new int[] {1, 1}, VALUES))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
