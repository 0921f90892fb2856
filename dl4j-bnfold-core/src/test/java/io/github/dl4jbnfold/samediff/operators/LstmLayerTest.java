package io.github.dl4jbnfold.samediff.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.GraphState;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.verify.Agreement;
import io.github.dl4jbnfold.verify.CheckFailedException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMActivations;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDataFormat;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDirectionMode;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMLayerConfig;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMLayerWeights;
import org.nd4j.linalg.factory.Nd4j;

/**
 * lstmLayer in all formats and directions. ND4J cannot read such a graph back, nor copy it, so the
 * networks are built twice.
 */
class LstmLayerTest {
  private static final int TIME = 4;
  private static final int BATCH = 3;
  private static final int IN = 5;
  private static final int OUT = 2;

  private static boolean bidirectional(LSTMDirectionMode direction) {
    return direction.ordinal() >= LSTMDirectionMode.BIDIR_SUM.ordinal();
  }

  /** Random weights, for both directions where there are two. */
  private static LSTMLayerWeights weights(Net net, LSTMDirectionMode direction, boolean biased) {
    boolean both = bidirectional(direction);
    LSTMLayerWeights.LSTMLayerWeightsBuilder weights =
        LSTMLayerWeights.builder()
            .weights(both ? net.weight("Wx", 2, IN, 4 * OUT) : net.weight("Wx", IN, 4 * OUT))
            .rWeights(both ? net.weight("Wr", 2, OUT, 4 * OUT) : net.weight("Wr", OUT, 4 * OUT));
    if (biased) {
      weights.bias(both ? net.weight("b", 2, 4 * OUT) : net.weight("b", 4 * OUT));
    }
    return weights.build();
  }

  private static LSTMLayerConfig config(LSTMDataFormat format, LSTMDirectionMode direction) {
    return LSTMLayerConfig.builder()
        .lstmdataformat(format)
        .directionMode(direction)
        .gateAct(LSTMActivations.SIGMOID)
        .cellAct(LSTMActivations.TANH)
        .outAct(LSTMActivations.TANH)
        .retFullSequence(true)
        .retLastH(true)
        .retLastC(true)
        .build();
  }

  private static Node placeholder(Net net, LSTMDataFormat format) {
    return switch (format) {
      case NST -> net.placeholder("x", BATCH, IN, TIME);
      case NTS -> net.placeholder("x", BATCH, TIME, IN);
      default -> net.placeholder("x", TIME, BATCH, IN);
    };
  }

  private static Node sequence(Net net, LSTMDataFormat format, Gamma gamma) {
    int axis = format == LSTMDataFormat.NST ? 1 : 2;
    return placeholder(net, format).batchNorm(gamma, axis, IN, 1e-3);
  }

  private static SDVariable[] lstm(
      Net net, SDVariable x, LSTMLayerWeights weights, LSTMLayerConfig config) {
    return net.graph().rnn().lstmLayer(new String[] {"h", "hL", "cL"}, x, weights, config);
  }

  private static void normBefore(
      Net net, LSTMDataFormat format, LSTMDirectionMode direction, boolean biased) {
    SDVariable x = sequence(net, format, Gamma.MIXED).variable();
    lstm(net, x, weights(net, direction, biased), config(format, direction));
  }

  private static void folds(LSTMDataFormat format, LSTMDirectionMode direction) {
    for (boolean biased : new boolean[] {true, false}) {
      Fold.built(net -> normBefore(net, format, direction, biased))
          .removesAll()
          .leaves("lstmLayer")
          .equalOutputs()
          .isIdempotent();
    }
  }

  @Test
  void a_norm_before_a_time_first_lstm_goes_into_its_input_matrix() {
    folds(LSTMDataFormat.TNS, LSTMDirectionMode.FWD);
  }

  @Test
  void a_norm_before_a_batch_first_lstm_goes_into_its_input_matrix() {
    folds(LSTMDataFormat.NTS, LSTMDirectionMode.FWD);
  }

  @Test
  void a_norm_before_a_channels_second_lstm_goes_into_its_input_matrix() {
    folds(LSTMDataFormat.NST, LSTMDirectionMode.FWD);
  }

  @Test
  void a_norm_before_a_backward_lstm_goes_into_its_input_matrix() {
    folds(LSTMDataFormat.NTS, LSTMDirectionMode.BWD);
  }

  @Test
  void a_norm_before_a_bidirectional_lstm_that_adds_goes_into_both_matrices() {
    folds(LSTMDataFormat.TNS, LSTMDirectionMode.BIDIR_SUM);
    folds(LSTMDataFormat.NST, LSTMDirectionMode.BIDIR_SUM);
  }

  @Test
  void a_norm_before_a_bidirectional_lstm_that_concatenates_goes_into_both_matrices() {
    folds(LSTMDataFormat.NTS, LSTMDirectionMode.BIDIR_CONCAT);
    folds(LSTMDataFormat.NST, LSTMDirectionMode.BIDIR_CONCAT);
  }

  @Test
  void a_norm_before_a_bidirectional_lstm_with_an_axis_more_goes_into_both_matrices() {
    folds(LSTMDataFormat.T2NS, LSTMDirectionMode.BIDIR_EXTRA_DIM);
  }

  @Test
  void a_norm_with_zeros_before_an_lstm_goes_into_its_input_matrix() {
    Fold.built(
            net -> {
              SDVariable x = sequence(net, LSTMDataFormat.NST, Gamma.SOME_ZERO).variable();
              lstm(
                  net,
                  x,
                  weights(net, LSTMDirectionMode.BIDIR_SUM, true),
                  config(LSTMDataFormat.NST, LSTMDirectionMode.BIDIR_SUM));
            })
        .removesAll()
        .leaves("lstmLayer")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_factor_before_an_lstm_without_bias_gives_it_none() {
    Fold fold =
        Fold.built(
            net -> {
              SDVariable x = placeholder(net, LSTMDataFormat.NTS).variable();
              lstm(
                  net,
                  x.mul("scaled", net.constant("k", IN)),
                  weights(net, LSTMDirectionMode.FWD, false),
                  config(LSTMDataFormat.NTS, LSTMDirectionMode.FWD));
            });
    fold.leaves("lstmLayer").equalOutputs();
    assertThat(inputsOfLstm(fold.graph())).containsExactly("x", "Wx", "Wr");
  }

  private static List<String> inputsOfLstm(SameDiff graph) {
    return graph.getOps().values().iterator().next().getInputsToOp();
  }

  /** With a length for each sequence of the batch, states, peepholes, and all outputs. */
  private static void withEverything(
      Net net, LSTMDataFormat format, LSTMDirectionMode direction, boolean biased) {
    long[] states = bidirectional(direction) ? new long[] {2, BATCH, OUT} : new long[] {BATCH, OUT};
    LSTMLayerWeights weights = weights(net, direction, biased);
    weights.setPeepholeWeights(
        bidirectional(direction) ? net.weight("p", 2, 3 * OUT) : net.weight("p", 3 * OUT));
    net.graph()
        .rnn()
        .lstmLayer(
            new String[] {"h", "hL", "cL"},
            sequence(net, format, Gamma.MIXED).variable(),
            net.placeholder("c0", states).variable(),
            net.placeholder("y0", states).variable(),
            net.graph().constant("lengths", Nd4j.createFromArray(TIME, 2, 0)),
            weights,
            config(format, direction));
  }

  @Test
  void a_norm_before_sequences_of_different_lengths_goes_into_the_input_matrix() {
    for (LSTMDirectionMode direction :
        new LSTMDirectionMode[] {
          LSTMDirectionMode.FWD, LSTMDirectionMode.BWD, LSTMDirectionMode.BIDIR_CONCAT
        }) {
      for (LSTMDataFormat format :
          new LSTMDataFormat[] {LSTMDataFormat.TNS, LSTMDataFormat.NTS, LSTMDataFormat.NST}) {
        Fold.built(net -> withEverything(net, format, direction, true))
            .removesAll()
            .leaves("lstmLayer")
            .equalOutputs()
            .isIdempotent();
      }
    }
  }

  @Test
  void an_lstm_with_everything_but_a_bias_gets_one_and_keeps_the_rest() {
    Fold fold =
        Fold.built(
            net -> withEverything(net, LSTMDataFormat.NTS, LSTMDirectionMode.BIDIR_CONCAT, false));
    fold.removesAll().leaves("lstmLayer").equalOutputs().isIdempotent();
    assertThat(inputsOfLstm(fold.graph()))
        .containsExactly("x", "Wx", "Wr", "lstmLayer_bias", "lengths", "c0", "y0", "p");
  }

  @Test
  void norms_of_the_states_of_an_lstm_stay() {
    Fold.built(
            net ->
                net.graph()
                    .rnn()
                    .lstmLayer(
                        new String[] {"h", "hL", "cL"},
                        placeholder(net, LSTMDataFormat.TNS).variable(),
                        net.placeholder("c0", BATCH, OUT)
                            .batchNorm(Gamma.MIXED, 1, OUT, 1e-3)
                            .variable(),
                        net.placeholder("y0", BATCH, OUT)
                            .batchNorm(Gamma.MIXED, 1, OUT, 1e-3)
                            .variable(),
                        null,
                        weights(net, LSTMDirectionMode.FWD, true),
                        config(LSTMDataFormat.TNS, LSTMDirectionMode.FWD)))
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .keeps("bn_1", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_behind_an_lstm_stays() {
    Fold.built(
            net -> {
              SDVariable[] all =
                  lstm(
                      net,
                      placeholder(net, LSTMDataFormat.NST).variable(),
                      weights(net, LSTMDirectionMode.FWD, true),
                      config(LSTMDataFormat.NST, LSTMDirectionMode.FWD));
              net.node(all[0], OUT).batchNorm(Gamma.MIXED, 1, OUT, 1e-3).sigmoid().output();
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_over_the_time_of_an_lstm_stays() {
    Fold.built(
            net -> {
              Node x = net.placeholder("x", BATCH, IN, IN).batchNorm(Gamma.MIXED, 2, IN, 1e-3);
              lstm(
                  net,
                  x.variable(),
                  weights(net, LSTMDirectionMode.FWD, true),
                  config(LSTMDataFormat.NST, LSTMDirectionMode.FWD));
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void the_recurrent_matrix_of_tied_weights_is_left_alone() {
    Fold.built(
            net -> {
              Node x = net.placeholder("x", BATCH, TIME, OUT).batchNorm(Gamma.MIXED, 2, OUT, 1e-3);
              SDVariable tied = net.weight("W", OUT, 4 * OUT);
              LSTMLayerWeights weights =
                  LSTMLayerWeights.builder()
                      .weights(tied)
                      .rWeights(tied)
                      .bias(net.weight("b", 4 * OUT))
                      .build();
              lstm(net, x.variable(), weights, config(LSTMDataFormat.NTS, LSTMDirectionMode.FWD));
            })
        .removesAll()
        .leaves("lstmLayer")
        .equalOutputs()
        .isIdempotent();
  }

  /** Gradients of the recurrent matrix and the loss, of a network that a test builds. */
  private static Map<String, INDArray> gradients(SameDiff graph, INDArray x) {
    graph.setLossVariables("loss");
    return graph.calculateGradients(Map.of("x", x), "Wr");
  }

  /** A factor and an addend before the layer, in arithmetic: batchnorm itself has no gradient. */
  private static void trainable(Net net, boolean shared, boolean biased) {
    SDVariable x = placeholder(net, LSTMDataFormat.NTS).variable();
    SDVariable normed = x.mul("m", net.constant("k", IN)).add("a", net.constant("t", IN));
    LSTMLayerConfig config = config(LSTMDataFormat.NTS, LSTMDirectionMode.FWD);
    LSTMLayerWeights weights = weights(net, LSTMDirectionMode.FWD, biased);
    SDVariable loss = lstm(net, normed, weights, config)[0].std("loss", true);
    if (shared) {
      net.graph()
          .rnn()
          .lstmLayer(new String[] {"h2", "hL2", "cL2"}, x, weights, config)[0]
          .std("loss2", true);
    }
    assertThat(loss.name()).isEqualTo("loss");
  }

  private static void keepsItsGradient(boolean shared, boolean biased) {
    Net untouched = Net.nchw(1);
    Net net = Net.nchw(1);
    trainable(untouched, shared, biased);
    trainable(net, shared, biased);
    BatchNormFolding.fold(net.graph(), FoldingOptions.defaults());
    assertThat(net.graph().hasVariable("m")).isFalse();
    INDArray x = Net.nchw(3).gaussian(1, BATCH, TIME, IN);
    Agreement agreement = Agreement.of(gradients(untouched.graph(), x), gradients(net.graph(), x));
    assertThat(agreement.maxRelativeError()).isLessThan(1e-9);
  }

  @Test
  void a_folded_lstm_has_the_gradient_that_it_had() {
    keepsItsGradient(false, true);
  }

  @Test
  void a_folded_lstm_with_a_new_bias_has_the_gradient_that_it_had() {
    keepsItsGradient(false, false);
  }

  @Test
  void a_folded_lstm_of_shared_weights_has_the_gradient_that_it_had() {
    keepsItsGradient(true, true);
  }

  @Test
  void an_lstm_whose_check_fails_is_restored() {
    for (boolean biased : new boolean[] {true, false}) {
      Net net = Net.of(5, DataType.FLOAT, false);
      trainable(net, true, biased);
      INDArray x = net.gaussian(1, BATCH, TIME, IN);
      INDArray gradient = gradients(net.graph(), x).get("Wr").dup();
      GraphState before = GraphState.of(net.graph());
      CheckFailedException failure =
          catchThrowableOfType(
              CheckFailedException.class,
              () ->
                  BatchNormFolding.fold(
                      net.graph(),
                      FoldingOptions.defaults().outputs(List.of("h", "loss")).tolerance(0)));
      assertThat(failure).isNotNull();
      GraphState.of(net.graph()).isSameAs(before);
      GraphState.areSameBits("Wr", gradients(net.graph(), x).get("Wr"), gradient);
    }
  }

  /** Fails with the first release of ND4J that can: then Fold.nchw serves here, too. */
  @Test
  void nd4j_cannot_copy_an_lstm() {
    Net net = Net.nchw(1);
    normBefore(net, LSTMDataFormat.NTS, LSTMDirectionMode.FWD, true);
    assertThatThrownBy(() -> net.graph().dup()).isInstanceOf(NullPointerException.class);
  }
}
