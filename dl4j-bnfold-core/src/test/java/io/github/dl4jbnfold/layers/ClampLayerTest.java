package io.github.dl4jbnfold.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Bounds with one constant per channel. */
class ClampLayerTest {
  private static final double NONE = Double.POSITIVE_INFINITY;

  /** Channel by channel: bounded below, above, on both sides, not at all. */
  private static ClampLayer.Builder clamp() {
    return new ClampLayer.Builder().lower(-0.1, -NONE, -0.3, -NONE).upper(NONE, 0.2, 0.1, NONE);
  }

  /** Slopes of both signs, both bounds in one channel. */
  private static ClampLayer.Builder sloped() {
    return new ClampLayer.Builder()
        .lower(new double[] {0.3, 0, 0.2, -0.4}, new double[] {-0.1, -NONE, -0.3, 0.05})
        .upper(new double[] {0, 0.1, 0.5, 0}, new double[] {NONE, 0.2, 0.1, NONE});
  }

  private static double expected(ClampLayer clamp, int channel, double x) {
    double y = x;
    double[] slope = clamp.lowerSlope();
    if (clamp.lower() != null) {
      y = Math.max(y, (slope == null ? 0 : slope[channel] * x) + clamp.lower()[channel]);
    }
    slope = clamp.upperSlope();
    return clamp.upper() == null
        ? y
        : Math.min(y, (slope == null ? 0 : slope[channel] * x) + clamp.upper()[channel]);
  }

  private static void check(ClampLayer clamp, long... shape) {
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      for (char order : new char[] {'c', 'f'}) {
        INDArray x = Nd4j.randn(DataType.DOUBLE, shape).castTo(type).dup(order);
        INDArray y = LayerCheck.output(clamp, x);

        assertThat(y.dataType()).isEqualTo(type);
        assertThat(y.shape()).isEqualTo(shape);
        for (long i = 0; i < x.length(); i++) {
          long[] at = position(shape, i);
          double wanted = expected(clamp, (int) at[clamp.channelAxis()], x.getDouble(at));
          assertThat(y.getDouble(at)).isCloseTo(wanted, tolerance(type));
        }
      }
    }
  }

  private static Offset<Double> tolerance(DataType type) {
    return Offset.offset(type == DataType.DOUBLE ? 1e-15 : 1e-6);
  }

  private static long[] position(long[] shape, long index) {
    long[] at = new long[shape.length];
    long rest = index;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      at[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    return at;
  }

  @Test
  void each_channel_of_an_image_has_its_bounds() {
    check(clamp().build(), 2, 4, 3, 5);
    check(sloped().build(), 2, 4, 3, 5);
    check(clamp().channelAxis(3).build(), 2, 3, 5, 4);
    check(sloped().channelAxis(3).build(), 2, 3, 5, 4);
  }

  @Test
  void each_channel_of_a_sequence_a_volume_and_a_vector_has_its_bounds() {
    check(clamp().build(), 3, 4, 5);
    check(clamp().channelAxis(2).build(), 3, 5, 4);
    check(sloped().build(), 5, 4);
    check(sloped().build(), 1, 4, 2, 3, 2);
  }

  @Test
  void one_bound_is_enough() {
    check(new ClampLayer.Builder().lower(-0.1, 0.3, 0, -NONE).build(), 2, 4, 3);
    check(new ClampLayer.Builder().upper(-0.1, 0.3, 0, NONE).build(), 2, 4, 3);
    check(new ClampLayer.Builder().build(), 2, 4, 3);
  }

  @ParameterizedTest
  @EnumSource(CNN2DFormat.class)
  void gradients_are_those_of_the_bounds(CNN2DFormat format) {
    int axis = format == CNN2DFormat.NCHW ? 1 : 3;
    for (ClampLayer.Builder clamp : List.of(clamp(), sloped())) {
      MultiLayerNetwork network =
          LayerCheck.between(clamp.channelAxis(axis).build(), format, DataType.DOUBLE);
      LayerCheck.gradients(network, LayerCheck.images(format));
    }
  }

  @Test
  void a_network_with_it_survives_its_files_in_both_data_types() {
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      MultiLayerNetwork network = LayerCheck.between(sloped().build(), CNN2DFormat.NCHW, type);
      LayerCheck.survivesFiles(network, LayerCheck.images(CNN2DFormat.NCHW).castTo(type));
    }
  }

  @Test
  void json_keeps_every_bit_of_the_bounds() {
    double[] bounds = {1.0 / 3, Math.nextUp(0.1), -Double.MIN_VALUE, -NONE, Math.PI * 1e200};
    ClampLayer clamp = new ClampLayer.Builder().lower(bounds).channelAxis(2).build();
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder().list(clamp).build();

    MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(configuration.toJson());

    assertThat(((ClampLayer) read.getConf(0).getLayer()).lower()).containsExactly(bounds);
    assertThat(read.getConf(0).getLayer()).isEqualTo(clamp).hasSameHashCodeAs(clamp);
    assertThat(MultiLayerConfiguration.fromYaml(configuration.toYaml())).isEqualTo(configuration);
  }

  @Test
  void a_copy_is_equal_and_another_clamp_is_not() {
    ClampLayer clamp = clamp().build();

    assertThat(clamp.clone()).isEqualTo(clamp).isNotSameAs(clamp);
    assertThat(clamp).isNotEqualTo(clamp().channelAxis(3).build());
    assertThat(clamp).isNotEqualTo(sloped().build());
    assertThat(clamp).isNotEqualTo(new ClampLayer.Builder().lower(clamp.lower()).build());
  }

  @Test
  void training_goes_on_and_leaves_the_bounds_alone() {
    MultiLayerNetwork network =
        LayerCheck.between(clamp().build(), CNN2DFormat.NCHW, DataType.FLOAT);
    INDArray images = LayerCheck.images(CNN2DFormat.NCHW).castTo(DataType.FLOAT);
    network.setLearningRate(1e-3);
    INDArray labels = Nd4j.rand(DataType.FLOAT, 3, 2);
    network.fit(images, labels);
    double first = network.score();
    for (int i = 0; i < 30; i++) {
      network.fit(images, labels);
    }

    assertThat(network.score()).isLessThan(first);
    assertThat(network.getLayer(1).conf().getLayer()).isEqualTo(clamped(network));
    assertThat(network.getLayer(1).numParams()).isZero();
  }

  private static ClampLayer clamped(MultiLayerNetwork network) {
    ClampLayer clamp = clamp().build();
    clamp.setLayerName(network.getLayer(1).conf().getLayer().getLayerName());
    return clamp;
  }

  @Test
  void transfer_learning_freezes_it_and_what_is_before_it() {
    MultiLayerNetwork network =
        LayerCheck.between(clamp().build(), CNN2DFormat.NCHW, DataType.DOUBLE);
    INDArray images = LayerCheck.images(CNN2DFormat.NCHW);

    MultiLayerNetwork other = new TransferLearning.Builder(network).setFeatureExtractor(1).build();

    assertThat(other.output(images.dup())).isEqualTo(network.output(images.dup()));
    other.fit(images, Nd4j.rand(DataType.DOUBLE, 3, 2));
    assertThat(other.getLayer(0).params()).isEqualTo(network.getLayer(0).params());
  }

  @Test
  void its_output_is_of_the_type_of_its_input() {
    ClampLayer clamp = clamp().build();
    for (InputType type :
        List.of(
            InputType.convolutional(3, 5, 4),
            InputType.recurrent(4, 7),
            InputType.feedForward(4),
            InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 2, 2, 2, 4))) {
      assertThat(clamp.getOutputType(0, type)).isEqualTo(type);
      LayerMemoryReport report = clamp.getMemoryReport(type);
      assertThat(report.getReportClass()).isEqualTo(ClampLayer.class);
    }
    assertThatThrownBy(() -> clamp.getOutputType(0, null))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void its_network_reports_its_memory() {
    MultiLayerNetwork network =
        LayerCheck.between(clamp().build(), CNN2DFormat.NCHW, DataType.FLOAT);

    assertThat(
            network
                .getLayerWiseConfigurations()
                .getMemoryReport(InputType.convolutional(6, 5, 2))
                .toString())
        .contains("ClampLayer");
    assertThat(network.summary()).contains("Clamping");
  }

  @Test
  void what_is_no_clamp_is_refused() {
    assertThatThrownBy(() -> new ClampLayer.Builder().lower(1, 2).upper(1, 2, 3).build())
        .hasMessageContaining("one number per channel");
    assertThatThrownBy(() -> new ClampLayer.Builder().channelAxis(0).build())
        .hasMessageContaining("examples");
    assertThatThrownBy(
            () -> LayerCheck.output(clamp().build(), Nd4j.randn(DataType.DOUBLE, 2, 3, 5)))
        .isInstanceOf(RuntimeException.class);
  }

  @Test
  void a_dense_layer_may_stand_before_it() {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .dataType(DataType.DOUBLE)
            .list(new DenseLayer.Builder().nIn(3).nOut(4).build(), clamp().build())
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    INDArray x = Nd4j.randn(DataType.DOUBLE, 6, 3);

    assertThat(network.output(x))
        .isEqualTo(LayerCheck.output(clamp().build(), network.feedForward(x).get(1).dup()));
  }
}
