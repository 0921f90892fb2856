package io.github.dl4jbnfold.network.layers;

import static io.github.dl4jbnfold.network.layers.Chain.lastAxisNorm;
import static io.github.dl4jbnfold.network.layers.Chain.norm;
import static io.github.dl4jbnfold.network.layers.Chain.wall;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.graph.Reason;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Dense layers, with and without bias, on vectors and on sequences. */
class DenseLayersTest {
  private static final InputType VECTORS = InputType.feedForward(3);
  private static final InputType SEQUENCES = InputType.recurrent(3, 6, RNNFormat.NWC);

  private static DenseLayer dense(int outputs, boolean bias) {
    return new DenseLayer.Builder().nOut(outputs).hasBias(bias).build();
  }

  @Test
  void a_norm_goes_backward_into_a_dense_layer() {
    Chain.of(VECTORS, dense(4, true), norm(), wall()).removesAll();
  }

  @Test
  void a_dense_layer_without_bias_gets_one() {
    Chain chain = Chain.of(VECTORS, dense(4, false), norm(), wall());

    chain.removesAll();
    NetworkFold fold = chain.folds().get(0);
    assertThat(((MultiLayerNetwork) fold.after()).getLayer(0).paramTable()).containsKey("b");
    assertThat(((MultiLayerNetwork) fold.before()).getLayer(0).paramTable()).doesNotContainKey("b");
  }

  @Test
  void a_norm_goes_forward_into_a_dense_layer() {
    Chain.of(VECTORS, wall(), norm(), dense(4, true), wall()).removesAll();
    Chain.of(VECTORS, wall(), norm(), dense(4, false), wall()).removesAll();
  }

  @Test
  void an_activation_inside_a_dense_layer_stops_the_shift_of_a_norm_behind_it() {
    DenseLayer relu = new DenseLayer.Builder().nOut(4).activation(Activation.RELU).build();

    Chain.of(VECTORS, relu, norm(), wall()).positive().keeps("layer1", Reason.SHIFT_CONFLICT);
  }

  @Test
  void a_positive_scale_passes_the_ReLU_inside_a_dense_layer_forward() {
    DenseLayer relu = new DenseLayer.Builder().nOut(4).activation(Activation.RELU).build();

    Chain.of(VECTORS, relu, norm(), dense(2, true), wall()).positive().removesAll();
  }

  @Test
  void a_norm_goes_forward_into_an_output_layer() {
    for (boolean bias : new boolean[] {true, false}) {
      OutputLayer output =
          new OutputLayer.Builder().nOut(4).activation(Activation.SOFTMAX).hasBias(bias).build();
      Chain.of(VECTORS, wall(), norm(), output).removesAll();
    }
  }

  @Test
  void a_norm_goes_backward_into_an_output_layer() {
    OutputLayer output =
        new OutputLayer.Builder(LossFunctions.LossFunction.MSE)
            .nOut(4)
            .activation(Activation.IDENTITY)
            .build();

    Chain.of(VECTORS, output, norm(), wall()).removesAll();
  }

  @Test
  void the_last_layer_may_be_the_norm_itself() {
    Chain.of(VECTORS, dense(4, true), norm()).removesAll();
  }

  @Test
  void layer_normalization_inside_a_dense_layer_is_a_wall() {
    DenseLayer normalized = new DenseLayer.Builder().nOut(4).hasLayerNorm(true).build();

    Chain.of(VECTORS, wall(), norm(), normalized, norm(), wall())
        .keeps("layer1", Reason.SCALE_CONFLICT);
  }

  @Test
  void a_norm_of_sequences_goes_backward_into_a_time_distributed_layer_if_nothing_is_masked() {
    // A mask sets what the layer writes to 0, and the norm would make t of it.
    TimeDistributed each = new TimeDistributed(dense(4, true), RNNFormat.NWC);

    Chain.of(SEQUENCES, each, lastAxisNorm(), wall()).keeps("layer1", Reason.SHIFT_CONFLICT);
  }

  @Test
  void a_norm_of_sequences_goes_forward_into_a_time_distributed_layer() {
    for (boolean bias : new boolean[] {true, false}) {
      TimeDistributed each = new TimeDistributed(dense(4, bias), RNNFormat.NWC);
      Chain.of(SEQUENCES, wall(), lastAxisNorm(), each, wall()).removesAll();
    }
  }

  @Test
  void a_norm_of_sequences_goes_forward_into_an_output_layer_of_sequences() {
    RnnOutputLayer output =
        new RnnOutputLayer.Builder()
            .nOut(4)
            .activation(Activation.SOFTMAX)
            .dataFormat(RNNFormat.NWC)
            .build();

    Chain.of(SEQUENCES, wall(), lastAxisNorm(), output).removesAll();
  }

  @Test
  void a_norm_goes_both_ways_into_an_element_wise_multiplication() {
    ElementWiseMultiplicationLayer product =
        new ElementWiseMultiplicationLayer.Builder().nIn(3).nOut(3).build();

    Chain.of(VECTORS, product, norm(), wall()).removesAll();
    Chain.of(VECTORS, wall(), norm(), product, wall()).removesAll();
  }
}
