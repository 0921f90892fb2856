package io.github.dl4jbnfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.layers.GateLayer;
import io.github.dl4jbnfold.linearize.network.EndPoint;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.run.Candidate;
import io.github.dl4jbnfold.linearize.run.Choice;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.run.PaddingScope;
import io.github.dl4jbnfold.linearize.train.Epochs;
import io.github.dl4jbnfold.linearize.train.LayerFoldingResult;
import io.github.dl4jbnfold.linearize.train.Validation;
import io.github.dl4jbnfold.verify.FoldingException;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Layer folding as a user calls it. */
class LayerFoldingTest {
  private static final LayerFoldingOptions SHALLOW =
      LayerFoldingOptions.defaults().costs(Costs.DEPTH);

  private static ListBuilder list() {
    return new NeuralNetConfiguration.Builder()
        .dataType(DataType.DOUBLE)
        .updater(new Adam(0.01))
        .list();
  }

  private static ConvolutionLayer conv(int outputs, Activation activation) {
    return new ConvolutionLayer.Builder(3, 3)
        .nOut(outputs)
        .convolutionMode(ConvolutionMode.Same)
        .activation(activation)
        .build();
  }

  /** conv (relu inside) → conv → BN → swish → dense (tanh inside) → softmax. */
  private static MultiLayerNetwork network() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            list()
                .layer(conv(4, Activation.RELU))
                .layer(conv(5, Activation.IDENTITY))
                .layer(new BatchNormalization())
                .layer(new ActivationLayer(Activation.SWISH))
                .layer(new DenseLayer.Builder().nOut(6).activation(Activation.TANH).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(6, 5, 2))
                .build());
    network.init();
    return RandomParameters.in(network, 3);
  }

  private static INDArray images(int examples) {
    return Nd4j.getRandomFactory()
        .getNewRandomInstance(9)
        .nextGaussian(new long[] {examples, 2, 6, 5})
        .castTo(DataType.DOUBLE);
  }

  private static double difference(MultiLayerNetwork a, MultiLayerNetwork b) {
    INDArray x = images(4);
    return a.output(x.dup()).sub(b.output(x.dup())).amaxNumber().doubleValue();
  }

  @Test
  void every_activation_but_the_last_gets_a_gate_hidden_or_not() {
    var prepared = LayerFolding.prepare(network(), LayerFoldingOptions.defaults());
    assertThat(prepared.gates()).containsExactly("layer0-gate", "layer3", "layer4-gate");
    assertThat(LayerFolding.alphas(prepared.network()).values()).containsOnly(0.1);
  }

  @Test
  void with_alpha_0_and_padding_where_it_was_the_network_is_the_original() {
    MultiLayerNetwork network = network();
    var prepared =
        LayerFolding.prepare(
            network, LayerFoldingOptions.defaults().start(0).padding(PaddingScope.NONE));
    assertThat(difference(network, prepared.network())).isLessThan(1e-12);
  }

  @Test
  void padding_in_front_changes_what_is_computed_at_borders() {
    MultiLayerNetwork network = network();
    var prepared = LayerFolding.prepare(network, SHALLOW.start(0));
    assertThat(difference(network, prepared.network())).isGreaterThan(1e-6);
  }

  @Test
  void all_of_it_linear_is_one_layer() {
    var prepared = LayerFolding.prepare(network(), SHALLOW);
    var converted =
        LayerFolding.convert(prepared.network(), new TreeSet<>(prepared.gates()), SHALLOW);
    assertThat(converted.network().getnLayers()).isEqualTo(1);
    assertThat(converted.report().maxRelativeError()).isLessThan(1e-9);
    assertThat(converted.report().merged()).hasSize(1);
  }

  @Test
  void the_network_with_gates_is_saved_loaded_trained_and_converted(@TempDir Path folder)
      throws Exception {
    var prepared = LayerFolding.prepare(network(), SHALLOW);
    File file = folder.resolve("gated.zip").toFile();
    prepared.network().save(file, true);
    MultiLayerNetwork loaded = MultiLayerNetwork.load(file, true);
    INDArray labels = Nd4j.zeros(DataType.DOUBLE, 8, 3);
    for (int i = 0; i < 8; i++) {
      labels.putScalar(i, i % 3, 1);
    }
    for (int i = 0; i < 30; i++) {
      loaded.fit(images(8), labels);
    }
    assertThat(LayerFolding.alphas(loaded).values())
        .allSatisfy(alpha -> assertThat(alpha).isBetween(0.0, 1.0).isNotEqualTo(0.1));
    var converted = LayerFolding.convert(loaded, Set.of("layer0-gate"), SHALLOW);
    assertThat(LayerFolding.alphas(converted.network())).isEmpty();
    converted.network().fit(images(8), labels);
    converted.network().save(folder.resolve("merged.zip").toFile(), true);
  }

  @Test
  void a_line_behind_a_batch_normalization_is_known_in_closed_form() {
    var prepared = LayerFolding.prepare(network(), SHALLOW.endPoint(EndPoint.CLOSED_FORM).start(0));
    GateLayer behindNorm = (GateLayer) prepared.network().getLayer("layer3").conf().getLayer();
    GateLayer other = (GateLayer) prepared.network().getLayer("layer0-gate").conf().getLayer();
    assertThat(behindNorm.slope()).hasSize(5);
    assertThat(other.slope()).isEmpty();
  }

  @Test
  void a_line_by_least_squares_has_a_number_for_each_channel() {
    var prepared = LayerFolding.prepare(network(), SHALLOW.leastSquares(images(50)));
    GateLayer gate = (GateLayer) prepared.network().getLayer("layer0-gate").conf().getLayer();
    assertThat(gate.slope()).hasSize(4).doesNotContain(1);
    assertThat(gate.shift()).hasSize(4).doesNotContain(0);
  }

  @Test
  void a_line_before_a_maximum_is_that_of_what_the_maximum_lets_through() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            list()
                .layer(conv(3, Activation.IDENTITY))
                .layer(new ActivationLayer(Activation.RELU))
                .layer(
                    new SubsamplingLayer.Builder(PoolingType.MAX)
                        .kernelSize(2, 1)
                        .stride(2, 1)
                        .build())
                .setInputType(InputType.convolutional(6, 5, 2))
                .build());
    network.init();
    RandomParameters.in(network, 6);
    INDArray images = images(40);
    INDArray read =
        network.getLayer(0).activate(images.dup(), false, LayerWorkspaceMgr.noWorkspaces());

    var prepared = LayerFolding.prepare(network, SHALLOW.leastSquares(images));

    GateLayer gate = (GateLayer) prepared.network().getLayer("layer1").conf().getLayer();
    for (int channel = 0; channel < 3; channel++) {
      SimpleRegression line = new SimpleRegression();
      for (int n = 0; n < 40; n++) {
        for (int y = 0; y + 1 < read.size(2); y += 2) {
          for (int x = 0; x < read.size(3); x++) {
            double most =
                Math.max(read.getDouble(n, channel, y, x), read.getDouble(n, channel, y + 1, x));
            line.addData(most, Math.max(0, most));
          }
        }
      }
      assertThat(gate.slope()[channel]).isCloseTo(line.getSlope(), within(1e-9));
      assertThat(gate.shift()[channel]).isCloseTo(line.getIntercept(), within(1e-9));
    }
  }

  @Test
  void a_line_that_nothing_takes_over_stays_as_a_layer_of_its_own() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            list()
                .layer(new ActivationLayer(Activation.RELU))
                .layer(conv(3, Activation.IDENTITY))
                .setInputType(InputType.convolutional(6, 5, 2))
                .build());
    network.init();
    LayerFoldingOptions options = SHALLOW.leastSquares(images(50));
    var prepared = LayerFolding.prepare(RandomParameters.in(network, 4), options);
    var converted = LayerFolding.convert(prepared.network(), Set.of("layer0"), options);
    assertThat(converted.report().maxRelativeError()).isCloseTo(0, within(1e-9));
  }

  @Test
  void a_line_goes_into_the_layer_before_it_also_where_depth_alone_counts() {
    LayerFoldingOptions lines = SHALLOW.leastSquares(images(20)).padding(PaddingScope.NONE);
    MultiLayerNetwork converted =
        LayerFolding.linearize(network(), Set.of("layer0-gate"), lines).network();
    assertThat(LayerFolding.depth(converted)).isEqualTo(4);
  }

  @Test
  void a_gate_that_is_not_there_is_named() {
    var prepared = LayerFolding.prepare(network(), SHALLOW);
    assertThatThrownBy(() -> LayerFolding.convert(prepared.network(), Set.of("relu"), SHALLOW))
        .isInstanceOf(FoldingException.class)
        .hasMessage("The network has no gate 'relu'; it has layer0-gate, layer3, layer4-gate.");
  }

  @Test
  void the_frontier_says_what_each_depth_costs_in_quality() {
    MultiLayerNetwork network = network();
    INDArray wanted = network.output(images(4));
    List<Integer> progress = new ArrayList<>();
    Frontier frontier =
        LayerFolding.frontier(
            network,
            gated -> gated.output(images(4)).squaredDistance(wanted),
            SHALLOW,
            (done, all) -> progress.add(all - done));
    assertThat(frontier.costBefore()).isEqualTo(4);
    assertThat(progress).isSortedAccordingTo(Comparator.reverseOrder()).endsWith(0);
    assertThat(frontier.choices()).isSortedAccordingTo(Comparator.comparingDouble(Choice::cost));
    assertThat(frontier.choices())
        .isSortedAccordingTo(Comparator.comparingDouble(Choice::loss).reversed());
    for (Choice choice : frontier.choices()) {
      var linearized = LayerFolding.linearize(network, choice.linear(), SHALLOW);
      assertThat(linearized.network().getnLayers())
          .isEqualTo((int) choice.cost() + (3 - choice.linear().size()) - hidden(choice));
    }
    assertThat(frontier.losing(0).linear()).isEmpty();
    assertThat(frontier.within(1).linear()).isEmpty();
    assertThat(frontier.within(0.5).cost()).isEqualTo(2);
    assertThatThrownBy(() -> frontier.within(0.1)).hasMessageContaining("0.25");
  }

  /** Activations that stay and hide in the layer before them again. */
  private static int hidden(Choice choice) {
    return 2 - (int) choice.linear().stream().filter(gate -> gate.endsWith("-gate")).count();
  }

  @Test
  void the_error_of_choices_is_that_of_the_network_with_these_activations_linear() {
    MultiLayerNetwork network = network();
    INDArray wanted = network.output(images(4));
    Frontier frontier =
        LayerFolding.frontier(
            network,
            gated -> gated.output(images(4)).squaredDistance(wanted),
            SHALLOW,
            (done, all) -> {});
    Choice one = frontier.choices().get(frontier.choices().size() - 2);
    MultiLayerNetwork linear =
        LayerFolding.linearize(network, one.linear(), SHALLOW.padding(PaddingScope.NONE)).network();
    assertThat(linear.output(images(4)).squaredDistance(wanted))
        .isCloseTo(one.loss(), within(1e-9));
  }

  @Test
  void a_trainer_goes_the_whole_way_and_tells_what_was_merged() {
    INDArray labels = Nd4j.zeros(DataType.DOUBLE, 8, 3);
    for (int i = 0; i < 8; i++) {
      labels.putScalar(i, i % 3, 1);
    }
    DataSet data = new DataSet(images(8), labels);
    List<LayerFoldingReport> told = new ArrayList<>();
    LayerFoldingResult<MultiLayerNetwork> result =
        LayerFolding.trainer(network(), SHALLOW, told::add)
            .data(Epochs.shuffled(data, 4))
            .validation(Validation.accuracy(() -> Epochs.shuffled(data, 8).epoch(1)))
            .steps(2, 2)
            .selection((gated, alphas) -> Set.of("layer0-gate"))
            .build()
            .run();
    assertThat(LayerFolding.depth(result.network())).isEqualTo(3);
    assertThat(LayerFolding.alphas(result.network())).isEmpty();
    assertThat(told).hasSize(1);
    assertThat(told.get(0).linear()).containsExactly("layer0-gate");
  }

  @Test
  void candidates_are_all_pieces_that_could_be_one_layer() {
    List<Candidate> candidates = LayerFolding.candidates(network(), SHALLOW);
    assertThat(candidates.stream().map(Candidate::gates))
        .contains(
            Set.of("layer0-gate"),
            Set.of("layer0-gate", "layer3"),
            Set.of("layer0-gate", "layer3", "layer4-gate"));
    assertThat(candidates)
        .allSatisfy(candidate -> assertThat(candidate.costAfter()).isEqualTo(1))
        .anySatisfy(candidate -> assertThat(candidate.costBefore()).isEqualTo(4));
    assertThat(candidates.stream().filter(Candidate::isWorthIt)).isNotEmpty();
  }

  @Test
  void an_error_that_is_not_a_number_is_refused() {
    assertThatThrownBy(
            () -> LayerFolding.frontier(network(), n -> Double.NaN, SHALLOW, (done, all) -> {}))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("not a number");
  }
}
