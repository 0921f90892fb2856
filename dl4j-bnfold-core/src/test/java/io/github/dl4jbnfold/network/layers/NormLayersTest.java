package io.github.dl4jbnfold.network.layers;

import static io.github.dl4jbnfold.network.layers.Chain.norm;
import static io.github.dl4jbnfold.network.layers.Chain.wall;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.graph.Reason;
import java.util.List;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;

/** Batch normalizations exactly as Deeplearning4j computes them. */
class NormLayersTest {
  private static final InputType VECTORS = InputType.feedForward(3);

  private static DenseLayer dense(int outputs) {
    return new DenseLayer.Builder().nOut(outputs).build();
  }

  private static InputType images(CNN2DFormat format) {
    return InputType.convolutional(5, 4, 3, format);
  }

  @Test
  void a_variance_is_stored_as_it_is_or_as_the_logarithm_of_its_root() {
    for (boolean logarithm : new boolean[] {true, false}) {
      BatchNormalization norm =
          new BatchNormalization.Builder().useLogStd(logarithm).eps(0.1).build();
      Chain.of(VECTORS, dense(4), norm, wall()).removesAll();
      Chain.of(VECTORS, wall(), norm, dense(4), wall()).removesAll();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "1, 0.5", "-2, 0.5", "0, 0.5"})
  void locked_parameters_count_only_if_both_do_something(double gamma, double beta) {
    BatchNormalization norm = new BatchNormalization.Builder(gamma, beta, true).build();

    Chain.of(VECTORS, dense(4), norm, wall()).removesAll();
    for (CNN2DFormat format : CNN2DFormat.values()) {
      ConvolutionLayer conv = new ConvolutionLayer.Builder(2, 2).nOut(4).build();
      Chain.of(images(format), conv, norm, wall()).removesAll();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "-2, 0.5"})
  void a_norm_with_locked_parameters_that_stays_absorbs_another_one(double gamma, double beta) {
    BatchNormalization locked = new BatchNormalization.Builder(gamma, beta, true).build();
    Chain chain = Chain.of(VECTORS, wall(), locked, norm(), wall());

    for (NetworkFold fold : chain.folds()) {
      chain.equal(fold);
      assertThat(fold.report().removed()).hasSize(1);
      assertThat(fold.report().kept()).hasSize(1);
    }
  }

  @Test
  void of_two_norms_between_walls_one_stays() {
    Chain chain = Chain.of(VECTORS, wall(), norm(), norm(), wall());

    for (NetworkFold fold : chain.folds()) {
      chain.equal(fold);
      assertThat(fold.report().removed()).hasSize(1);
      assertThat(((MultiLayerNetwork) fold.after()).getnLayers()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void two_norms_behind_a_convolution_both_go(CNN2DFormat format) {
    ConvolutionLayer conv = new ConvolutionLayer.Builder(2, 2).nOut(4).build();

    Chain.of(images(format), conv, norm(), norm(), wall()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_that_stays_absorbs_what_the_others_leave(CNN2DFormat format) {
    ConvolutionLayer conv = new ConvolutionLayer.Builder(2, 2).nOut(4).build();
    Layer[] layers = {wall(), norm(), new ActivationLayer(Activation.RELU), norm(), conv, wall()};

    Chain.of(images(format), layers).positive().keeps("layer1", Reason.SHIFT_CONFLICT);
  }

  @Test
  void the_activation_of_its_network_is_not_applied_by_a_norm() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .list(
                    new DenseLayer.Builder().nOut(4).activation(Activation.IDENTITY).build(),
                    new BatchNormalization(),
                    dense(2))
                .setInputType(VECTORS)
                .build());
    network.init();

    NetworkFold.of(RandomParameters.in(network, 3), FoldingOptions.defaults())
        .removesAll()
        .equalOutputs(5, 3);
  }

  @Test
  void a_network_that_is_one_norm_keeps_it() {
    Chain.of(VECTORS, norm()).keeps("layer0", Reason.OUTPUT);
  }

  @Test
  void a_negative_variance_is_refused_and_named() {
    BatchNormalization norm = new BatchNormalization.Builder().useLogStd(false).build();
    MultiLayerNetwork network = network(List.of(dense(4), norm, wall()));
    network.getLayer(1).paramTable().get("var").putScalar(0, -1);

    NetworkFold.of(network, FoldingOptions.defaults()).keeps("layer1", Reason.INVALID_PARAMETERS);
  }

  @Test
  void a_scale_of_zero_goes_back_into_a_layer_that_nothing_else_reads() {
    MultiLayerNetwork network = network(List.of(dense(4), norm(), wall()));
    network.getLayer(1).paramTable().get("gamma").putScalar(1, 0);

    NetworkFold.of(network, FoldingOptions.defaults()).removesAll().equalOutputs(5, 3);
  }

  @Test
  void what_the_user_names_stays() {
    MultiLayerNetwork network = network(List.of(dense(4), norm(), wall()));

    NetworkFold.of(network, FoldingOptions.defaults().keep("layer1"))
        .keeps("layer1", Reason.USER)
        .equalOutputs(5, 3);
  }

  private static MultiLayerNetwork network(List<Layer> layers) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .activation(Activation.IDENTITY)
                .list(layers.toArray(Layer[]::new))
                .setInputType(VECTORS)
                .build());
    network.init();
    return RandomParameters.in(network, 5);
  }
}
