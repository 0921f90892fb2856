package io.github.dl4jbnfold.layers;

import static io.github.dl4jbnfold.layers.Gates.SHIFT;
import static io.github.dl4jbnfold.layers.Gates.SLOPE;
import static io.github.dl4jbnfold.layers.Gates.gate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.CacheMode;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryType;
import org.deeplearning4j.nn.conf.memory.MemoryUseMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationPReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** What a gate computes, and what it is as a layer of DL4J. */
class GateLayerTest {
  private static List<IActivation> activations() {
    return Gates.activations();
  }

  private static INDArray random(DataType type, long... shape) {
    return Nd4j.randn(DataType.DOUBLE, shape).muli(2).castTo(type);
  }

  /** The line of a gate in float64. */
  private static INDArray line(GateLayer gate, INDArray x) {
    if (gate.slope().length == 0) {
      return x;
    }
    long[] shape = new long[x.rank()];
    Arrays.fill(shape, 1);
    shape[gate.channelAxis()] = gate.slope().length;
    return x.mul(Nd4j.createFromArray(gate.slope()).reshape(shape))
        .add(Nd4j.createFromArray(gate.shift()).reshape(shape));
  }

  /** Compares outputs with the formula, in both data types and orders. */
  private static void check(GateLayer gate, long... shape) {
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      INDArray x = random(type, shape);
      INDArray wide = x.castTo(DataType.DOUBLE);
      INDArray bent = gate.activation().getActivation(wide.dup(), false);
      INDArray wanted = line(gate, wide).mul(gate.start()).add(bent.mul(1 - gate.start()));
      double size = 1 + wanted.amaxNumber().doubleValue();
      for (char order : new char[] {'c', 'f'}) {
        INDArray y = LayerCheck.output(gate, x.dup(order));

        assertThat(y.dataType()).isEqualTo(type);
        assertThat(y.shape()).isEqualTo(shape);
        assertThat(y.castTo(DataType.DOUBLE).sub(wanted).amaxNumber().doubleValue())
            .isLessThan(size * (type == DataType.DOUBLE ? 1e-14 : 2e-6));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void with_an_alpha_of_0_it_is_the_activation(IActivation activation) {
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      INDArray x = random(type, 5, 4, 3);
      INDArray before = activation.getActivation(x.dup(), false);

      GateLayer plain = gate(0).activation(activation).build();
      assertThat(LayerCheck.output(plain, x).equalsWithEps(before, 0)).isTrue();
      GateLayer sloped = gate(0).activation(activation).line(1, SLOPE, SHIFT).build();
      assertThat(LayerCheck.output(sloped, x).equalsWithEps(before, 0)).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void with_an_alpha_of_1_it_is_the_line(IActivation activation) {
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      INDArray x = random(type, 5, 4, 3);

      GateLayer plain = gate(1).activation(activation).build();
      assertThat(LayerCheck.output(plain, x).equalsWithEps(x, 0)).isTrue();
    }
    check(gate(1).activation(activation).line(1, SLOPE, SHIFT).build(), 5, 4, 3);
  }

  @ParameterizedTest
  @MethodSource("activations")
  void in_between_it_is_a_mean_of_both(IActivation activation) {
    check(gate(0.3).activation(activation).build(), 5, 4, 3);
    check(gate(0.8).activation(activation).line(1, SLOPE, SHIFT).build(), 5, 4, 3);
  }

  @Test
  void vectors_sequences_images_and_volumes_have_a_line_for_each_channel() {
    check(gate(0.4).line(1, SLOPE, SHIFT).build(), 6, 4);
    check(gate(0.4).line(1, SLOPE, SHIFT).build(), 1, 4);
    check(gate(0.4).line(1, SLOPE, SHIFT).build(), 2, 4, 5);
    check(gate(0.4).line(2, SLOPE, SHIFT).build(), 2, 5, 4);
    check(gate(0.4).line(1, SLOPE, SHIFT).build(), 2, 4, 3, 5);
    check(gate(0.4).line(3, SLOPE, SHIFT).build(), 2, 3, 5, 4);
    check(gate(0.4).line(1, SLOPE, SHIFT).build(), 1, 4, 2, 3, 2);
    check(gate(0.4).line(4, SLOPE, SHIFT).build(), 1, 2, 3, 2, 4);
  }

  @Test
  void an_input_with_other_channels_than_the_line_is_refused() {
    GateLayer gate = gate(0.5).line(1, SLOPE, SHIFT).build();

    assertThatThrownBy(() -> LayerCheck.output(gate, Nd4j.randn(DataType.DOUBLE, 2, 3, 4)))
        .hasMessageContaining("has not 4 channels");
  }

  @Test
  void a_view_of_an_array_is_an_input_like_any_other() {
    INDArray x = random(DataType.DOUBLE, 2, 3, 5, 4).permute(0, 3, 1, 2);
    GateLayer gate = gate(0.4).line(1, SLOPE, SHIFT).activation(Activation.TANH).build();

    assertThat(LayerCheck.output(gate, x)).isEqualTo(LayerCheck.output(gate, x.dup('c')));
    assertThat(LayerCheck.output(gate(0.4).build(), x))
        .isEqualTo(LayerCheck.output(gate(0.4).build(), x.dup('c')));
  }

  @ParameterizedTest
  @EnumSource(CNN2DFormat.class)
  void a_network_with_it_survives_its_files_in_both_data_types(CNN2DFormat format) {
    int axis = format == CNN2DFormat.NCHW ? 1 : 3;
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      GateLayer gate = gate(0.25).line(axis, SLOPE, SHIFT).penalty(0.1, 2).build();
      MultiLayerNetwork network = LayerCheck.between(gate, format, type);
      Gates.setAlpha(network, 0.625);

      LayerCheck.survivesFiles(network, LayerCheck.images(format).castTo(type));
      assertThat(Gates.alpha(LayerCheck.reloaded(network))).isEqualTo(0.625);
      assertThat(LayerCheck.reloaded(network).calcRegularizationScore(true))
          .isEqualTo(network.calcRegularizationScore(true))
          .isPositive();
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void json_keeps_all_that_it_was_told(IActivation activation) {
    double[] odd = {1.0 / 3, Math.nextUp(0.1), -Double.MIN_VALUE, Math.PI * 1e200};
    GateLayer gate =
        gate(1.0 / 7)
            .activation(activation)
            .line(2, odd, SHIFT)
            .penalty(0.3, 1.5)
            .updater(new Adam(new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.1, 3, 0.01))))
            .build();
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder().dropOut(0.5).list(gate).build();

    MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(configuration.toJson());

    assertThat(read.getConf(0).getLayer()).isEqualTo(gate).hasSameHashCodeAs(gate);
    assertThat(((GateLayer) read.getConf(0).getLayer()).slope()).containsExactly(odd);
    assertThat(((GateLayer) read.getConf(0).getLayer()).activation()).isEqualTo(activation);
    assertThat(MultiLayerConfiguration.fromYaml(configuration.toYaml())).isEqualTo(configuration);
    GateLayer frozen = new GateLayer.Builder().frozen(true).build();
    configuration = new NeuralNetConfiguration.Builder().list(frozen).build();
    assertThat(MultiLayerConfiguration.fromJson(configuration.toJson()).getConf(0).getLayer())
        .isEqualTo(frozen);
  }

  @Test
  void a_copy_is_equal_and_shares_nothing_that_changes() {
    GateLayer gate = gate(0.2).line(1, SLOPE, SHIFT).penalty(1, 2).updater(new Adam(0.1)).build();

    GateLayer copy = gate.clone();
    assertThat(copy).isEqualTo(gate).hasSameHashCodeAs(gate).isNotSameAs(gate);
    copy.getUpdaterByParam(GateLayer.ALPHA).setLrAndSchedule(0.5, null);
    assertThat(copy).isNotEqualTo(gate);
    assertThat(gate.getUpdaterByParam(GateLayer.ALPHA)).isEqualTo(new Adam(0.1));

    MultiLayerNetwork network = Gates.network(Gates.double64(), gate);
    MultiLayerNetwork other = network.clone();
    Gates.setAlpha(other, 0.9);
    assertThat(Gates.alpha(network)).isEqualTo(0.2);
  }

  @Test
  void gates_that_differ_are_not_equal() {
    GateLayer gate = gate(0.2).build();

    assertThat(gate).isEqualTo(gate(0.2).build());
    assertThat(gate).isNotEqualTo(gate(0.3).build());
    assertThat(gate).isNotEqualTo(gate(0.2).activation(Activation.ELU).build());
    assertThat(gate).isNotEqualTo(gate(0.2).line(1, SLOPE, SHIFT).build());
    assertThat(gate).isNotEqualTo(gate(0.2).penalty(1, 2).build());
    assertThat(gate).isNotEqualTo(gate(0.2).frozen(true).build());
    assertThat(gate).isNotEqualTo(gate(0.2).updater(new Sgd(0.5)).build());
    assertThat(gate(0.2).line(1, SLOPE, SHIFT).build())
        .isNotEqualTo(gate(0.2).line(2, SLOPE, SHIFT).build())
        .isNotEqualTo(gate(0.2).line(1, SLOPE, SLOPE).build());
  }

  @Test
  void it_tells_what_it_was_told() {
    GateLayer gate =
        gate(0.2).activation(Activation.ELU).line(3, SLOPE, SHIFT).penalty(0.5, 2).build();

    assertThat(gate.activation()).isEqualTo(Activation.ELU.getActivationFunction());
    assertThat(gate.start()).isEqualTo(0.2);
    assertThat(gate.channelAxis()).isEqualTo(3);
    assertThat(gate.slope()).containsExactly(SLOPE);
    assertThat(gate.shift()).containsExactly(SHIFT);
    assertThat(gate.penalty()).isEqualTo(new GatePenalty(0.5, 2));
    assertThat(gate.updater()).isEqualTo(new Sgd(1.0));
    assertThat(gate.frozen()).isFalse();
    GateLayer frozen = new GateLayer.Builder().frozen(true).build();
    assertThat(frozen.frozen()).isTrue();
    assertThat(frozen.penalty()).isNull();
    assertThat(frozen.updater()).isNull();
    assertThat(frozen.getUpdaterByParam(GateLayer.ALPHA)).isEqualTo(new NoOp());
    assertThat(frozen.activation()).isEqualTo(new ActivationReLU());
  }

  @Test
  void an_activation_that_is_no_function_of_single_numbers_is_refused() {
    for (Activation activation : List.of(Activation.SOFTMAX, Activation.RRELU)) {
      assertThatThrownBy(() -> gate(0).activation(activation).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(activation.name().toLowerCase(Locale.ROOT));
    }
    IActivation learns = new ActivationPReLU(Nd4j.ones(1, 4), null);
    assertThatThrownBy(() -> gate(0).activation(learns).build())
        .hasMessageContaining("without parameters");
  }

  @Test
  void what_is_no_gate_is_refused() {
    for (double alpha : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> gate(alpha).build()).hasMessageContaining("between 0 and 1");
    }
    assertThatThrownBy(() -> gate(0).line(0, SLOPE, SHIFT).build()).hasMessageContaining("Axis 0");
    assertThatThrownBy(() -> gate(0).line(1, SLOPE, new double[3]).build())
        .hasMessageContaining("per channel");
    assertThatThrownBy(() -> gate(0).line(1, new double[] {Double.NaN}, new double[1]).build())
        .hasMessageContaining("finite");
    assertThatThrownBy(() -> new GateLayer.Builder().build()).hasMessageContaining("updater");
  }

  @Test
  void it_trains_as_the_layer_whose_activation_it_is() {
    MapSchedule rates = new MapSchedule(ScheduleType.EPOCH, Map.of(0, 0.1, 3, 0.01));
    DenseLayer dense = new DenseLayer.Builder().nIn(3).nOut(4).updater(new AdaGrad(rates)).build();

    GateLayer gate = new GateLayer.Builder().trainedAs(dense).build();

    dense.getIUpdater().setLrAndSchedule(9, null);
    AdaGrad updater = (AdaGrad) gate.clone().getUpdaterByParam(GateLayer.ALPHA);
    assertThat(updater.getLearningRateSchedule()).isEqualTo(rates);
    assertThatThrownBy(() -> new GateLayer.Builder().trainedAs(new BatchNormalization()))
        .hasMessageContaining("no weights");
    assertThatThrownBy(
            () -> new GateLayer.Builder().trainedAs(new DenseLayer.Builder().nOut(2).build()))
        .hasMessageContaining("no weights with an updater");
  }

  @Test
  void its_output_is_of_the_type_of_its_input_and_its_memory_is_reported() {
    GateLayer gate = gate(0.5).updater(new Adam()).build();
    InputType images = InputType.convolutional(5, 3, 4);

    assertThat(gate.getOutputType(0, images)).isEqualTo(images);
    assertThat(gate.getPreProcessorForInputType(images)).isNull();
    LayerMemoryReport report = gate.getMemoryReport(images);
    assertThat(bytes(report, MemoryType.PARAMETERS)).isEqualTo(8);
    assertThat(bytes(report, MemoryType.UPDATER_STATE)).isEqualTo(16);
    assertThat(bytes(report, MemoryType.WORKING_MEMORY_VARIABLE)).isEqualTo(8 * 7 * 2 * 60);
  }

  private static long bytes(LayerMemoryReport report, MemoryType type) {
    return report.getMemoryBytes(type, 7, MemoryUseMode.TRAINING, CacheMode.NONE, DataType.DOUBLE);
  }

  @Test
  void in_a_graph_the_other_readers_of_its_input_see_what_it_sees() {
    for (double alpha : new double[] {0, 0.3, 1}) {
      ComputationGraph graph = graph(alpha);
      INDArray x = random(DataType.DOUBLE, 6, 4);

      INDArray y = graph.outputSingle(x.dup());

      INDArray dense = graph.feedForward(x.dup(), false).get("dense");
      INDArray gated = LayerCheck.output(gate(alpha).build(), dense.dup());
      INDArray wanted = Activation.TANH.getActivationFunction().getActivation(gated, false);
      assertThat(y).isEqualTo(wanted.add(dense));
    }
  }

  /** DL4J's activation behind the gate overwrites its input, which must not be the gate's. */
  private static ComputationGraph graph(double alpha) {
    ComputationGraphConfiguration configuration =
        Gates.double64()
            .graphBuilder()
            .addInputs("in")
            .addLayer(
                "dense",
                new DenseLayer.Builder().nIn(4).nOut(4).activation(Activation.IDENTITY).build(),
                "in")
            .addLayer("gate", gate(alpha).build(), "dense")
            .addLayer("tanh", new ActivationLayer(Activation.TANH), "gate")
            .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "tanh", "dense")
            .setOutputs("sum")
            .build();
    ComputationGraph graph = new ComputationGraph(configuration);
    graph.init();
    return graph;
  }
}
