package io.github.dl4jbnfold.network.layers;

import static io.github.dl4jbnfold.network.layers.Chain.norm;
import static io.github.dl4jbnfold.network.layers.Chain.wall;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.NetworkFold;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;

/** Layers whose parameters are frozen are folded like others, and stay frozen. */
class FrozenLayersTest {
  private static final InputType VECTORS = InputType.feedForward(3);

  static Stream<UnaryOperator<Layer>> wrappers() {
    return Stream.of(
        FrozenLayer::new,
        FrozenLayerWithBackprop::new,
        layer -> new FrozenLayer(new FrozenLayerWithBackprop(layer)));
  }

  private static DenseLayer dense(int outputs) {
    return new DenseLayer.Builder().nOut(outputs).activation(Activation.IDENTITY).build();
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("wrappers")
  void a_norm_goes_into_frozen_layers(UnaryOperator<Layer> frozen) {
    Chain.of(VECTORS, frozen.apply(dense(4)), norm(), wall()).removesAll();
    Chain.of(VECTORS, wall(), norm(), frozen.apply(dense(4)), wall()).removesAll();
    InputType images = InputType.convolutional(5, 4, 3);
    ConvolutionLayer conv =
        new ConvolutionLayer.Builder(2, 2).nOut(4).activation(Activation.IDENTITY).build();
    Chain.of(images, frozen.apply(conv), norm(), wall()).removesAll();
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("wrappers")
  void a_frozen_norm_goes_or_absorbs(UnaryOperator<Layer> frozen) {
    Chain.of(VECTORS, dense(4), frozen.apply(norm()), wall()).removesAll();
    Chain chain = Chain.of(VECTORS, wall(), frozen.apply(norm()), frozen.apply(norm()), wall());
    chain.folds().forEach(fold -> assertThat(chain.equal(fold).report().removed()).hasSize(1));
  }

  @Test
  void what_was_frozen_stays_frozen() {
    DenseLayer open = new DenseLayer.Builder().nOut(4).hasBias(false).build();
    Chain chain =
        Chain.of(VECTORS, new FrozenLayerWithBackprop(open), norm(), new FrozenLayer(dense(2)));

    for (NetworkFold fold : chain.folds()) {
      MultiLayerNetwork after = (MultiLayerNetwork) chain.equal(fold.removesAll()).after();
      List<Class<?>> kinds =
          Stream.of(after.getLayers())
              .<Class<?>>map(layer -> layer.conf().getLayer().getClass())
              .toList();
      assertThat(after.getLayerWiseConfigurations().getConf(0).getLayer())
          .isInstanceOf(FrozenLayerWithBackprop.class);
      assertThat(after.getLayerWiseConfigurations().getConf(1).getLayer())
          .isInstanceOf(FrozenLayer.class);
      assertThat(kinds).hasSize(2);
    }
  }

  @Test
  void a_layer_inside_two_wrappers_gets_a_bias_and_the_original_does_not() {
    DenseLayer open = new DenseLayer.Builder().nOut(4).hasBias(false).build();
    TimeDistributed each = new TimeDistributed(open, RNNFormat.NWC);
    Chain chain =
        Chain.of(
            InputType.recurrent(3, 6, RNNFormat.NWC),
            wall(),
            Chain.lastAxisNorm(),
            new FrozenLayer(each),
            wall());

    chain.removesAll();
    for (NetworkFold fold : chain.folds()) {
      assertThat(((MultiLayerNetwork) fold.before()).getLayer(2).numParams()).isEqualTo(12);
      assertThat(((MultiLayerNetwork) fold.after()).getLayer(1).numParams()).isEqualTo(16);
    }
  }
}
