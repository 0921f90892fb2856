package io.github.dl4jbnfold.samediff.operators;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.GraphState;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.graph.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.LSTMCell;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.SRUCell;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMCellConfiguration;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMConfiguration;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.RnnDataFormat;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.GRUWeights;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMWeights;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.SRUWeights;

/** Recurrent operators but lstmLayer: their input matrices take what stands before them. */
class RecurrentTest {
  private static final int TIME = 4;
  private static final int BATCH = 3;
  private static final int IN = 5;
  private static final int OUT = 2;

  private static Node sequence(Net net) {
    return net.placeholder("x", TIME, BATCH, IN).batchNorm(Gamma.MIXED, 2, IN, 1e-3);
  }

  private static Node step(Net net) {
    return net.placeholder("x", BATCH, IN).batchNorm(Gamma.MIXED, 1, IN, 1e-3);
  }

  private static SDVariable state(Net net, String name) {
    return net.placeholder(name, BATCH, OUT).variable();
  }

  private static SDVariable gru(Net net, SDVariable x, SDVariable state) {
    return net.graph()
        .rnn()
        .gru(
            "h",
            x,
            state,
            net.weight("Wx", IN, 3 * OUT),
            net.weight("Wh", OUT, 3 * OUT),
            net.weight("b", 3 * OUT));
  }

  private static SDVariable[] gruCell(Net net, SDVariable x, SDVariable state) {
    GRUWeights weights =
        GRUWeights.builder()
            .ruWeight(net.weight("Wru", IN + OUT, 2 * OUT))
            .cWeight(net.weight("Wc", IN + OUT, OUT))
            .ruBias(net.weight("bru", 2 * OUT))
            .cBias(net.weight("bc", OUT))
            .build();
    return net.graph().rnn().gruCell(new String[] {"r", "u", "c", "h"}, x, state, weights);
  }

  private static LSTMWeights lstmWeights(Net net) {
    return LSTMWeights.builder()
        .weights(net.weight("W", IN + OUT, 4 * OUT))
        .inputPeepholeWeights(net.weight("pi", OUT))
        .forgetPeepholeWeights(net.weight("pf", OUT))
        .outputPeepholeWeights(net.weight("po", OUT))
        .bias(net.weight("b", 4 * OUT))
        .build();
  }

  private static LSTMConfiguration lstm(boolean peepholes, RnnDataFormat format) {
    return LSTMConfiguration.builder()
        .peepHole(peepholes)
        .forgetBias(0.3)
        .clippingCellValue(0.9)
        .dataFormat(format)
        .build();
  }

  private static SDVariable[] lstmCell(
      Net net, SDVariable x, SDVariable cell, SDVariable output, boolean peepholes) {
    return net.graph()
        .rnn()
        .lstmCell(
            new String[] {"i", "c", "f", "o", "z", "h", "y"},
            x,
            cell,
            output,
            lstmWeights(net),
            lstm(peepholes, RnnDataFormat.TNS));
  }

  /** The method takes x and the length in the other order than its parameters say. */
  private static SDVariable lstmBlock(Net net, SDVariable x, RnnDataFormat format) {
    SDVariable length = net.graph().constant("length", (long) TIME);
    return net.graph()
        .rnn()
        .lstmblock(
            "i",
            x,
            length,
            state(net, "c0"),
            state(net, "y0"),
            lstmWeights(net),
            lstm(true, format));
  }

  @Test
  void a_norm_before_a_gru_goes_into_its_input_matrix() {
    Fold.nchw(net -> gru(net, sequence(net).variable(), state(net, "h0")))
        .removesAll()
        .leaves("gru")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_with_zeros_before_a_gru_goes_into_its_input_matrix() {
    Fold.nchw(
            net -> {
              Node x = net.placeholder("x", TIME, BATCH, IN);
              gru(net, x.batchNorm(Gamma.SOME_ZERO, 2, IN, 1e-3).variable(), state(net, "h0"));
            })
        .removesAll()
        .leaves("gru")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_behind_a_gru_stays() {
    Fold.nchw(
            net -> {
              SDVariable x = net.placeholder("x", TIME, BATCH, IN).variable();
              net.node(gru(net, x, state(net, "h0")), OUT)
                  .batchNorm(Gamma.MIXED, 2, OUT, 1e-3)
                  .sigmoid();
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_of_the_first_state_of_a_gru_stays() {
    Fold.nchw(
            net -> {
              SDVariable x = net.placeholder("x", TIME, BATCH, IN).variable();
              Node h = net.placeholder("h0", BATCH, OUT).batchNorm(Gamma.MIXED, 1, OUT, 1e-3);
              gru(net, x, h.variable());
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_over_the_batch_of_a_gru_stays() {
    Fold.nchw(
            net -> {
              Node x = net.placeholder("x", TIME, BATCH, BATCH);
              SDVariable normed = x.batchNorm(Gamma.MIXED, 1, BATCH, 1e-3).variable();
              net.graph()
                  .rnn()
                  .gru(
                      "h",
                      normed,
                      state(net, "h0"),
                      net.weight("Wx", BATCH, 3 * OUT),
                      net.weight("Wh", OUT, 3 * OUT),
                      net.weight("b", 3 * OUT));
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_before_a_gru_with_computed_weights_stays() {
    Fold.nchw(
            net -> {
              SDVariable weights = net.placeholder("Wx", IN, 3 * OUT).variable();
              net.graph()
                  .rnn()
                  .gru(
                      "h",
                      sequence(net).variable(),
                      state(net, "h0"),
                      weights,
                      net.weight("Wh", OUT, 3 * OUT),
                      net.weight("b", 3 * OUT));
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_masked_sequence_keeps_its_shift_outside_a_gru() {
    Fold.nchw(
            net -> {
              SDVariable mask = net.placeholder("mask", TIME, BATCH, 1).variable();
              gru(net, sequence(net).variable().mul("masked", mask), state(net, "h0"));
            })
        .removes(0)
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_before_a_gru_cell_goes_into_both_matrices() {
    Fold.nchw(net -> gruCell(net, step(net).variable(), state(net, "h0")))
        .removesAll()
        .leaves("gruCell")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void the_rows_of_the_state_of_a_gru_cell_keep_their_bits() {
    INDArray weights = Net.nchw(7).gaussian(1, IN + OUT, OUT);
    Fold fold =
        Fold.nchw(
            net -> {
              GRUWeights all =
                  GRUWeights.builder()
                      .ruWeight(net.weight("Wru", IN + OUT, 2 * OUT))
                      .cWeight(net.graph().var("Wc", weights.dup()))
                      .ruBias(net.weight("bru", 2 * OUT))
                      .cBias(net.weight("bc", OUT))
                      .build();
              net.graph().rnn().gruCell(step(net).variable(), state(net, "h0"), all);
            });
    INDArray folded = fold.removesAll().equalOutputs().graph().getVariable("Wc").getArr();
    for (int row = IN; row < IN + OUT; row++) {
      GraphState.areSameBits("Wc", folded.getRow(row), weights.getRow(row));
    }
  }

  @Test
  void a_norm_that_is_input_and_state_of_a_gru_cell_stays() {
    Fold.nchw(
            net -> {
              SDVariable x =
                  net.placeholder("x", BATCH, OUT).batchNorm(Gamma.MIXED, 1, OUT, 1e-3).variable();
              GRUWeights weights =
                  GRUWeights.builder()
                      .ruWeight(net.weight("Wru", OUT + OUT, 2 * OUT))
                      .cWeight(net.weight("Wc", OUT + OUT, OUT))
                      .ruBias(net.weight("bru", 2 * OUT))
                      .cBias(net.weight("bc", OUT))
                      .build();
              net.graph().rnn().gruCell(x, x, weights);
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_before_an_unrolled_gru_goes_into_its_shared_matrices() {
    Fold.nchw(
            net -> {
              GRUWeights weights =
                  GRUWeights.builder()
                      .ruWeight(net.weight("Wru", IN + OUT, 2 * OUT))
                      .cWeight(net.weight("Wc", IN + OUT, OUT))
                      .ruBias(net.weight("bru", 2 * OUT))
                      .cBias(net.weight("bc", OUT))
                      .build();
              SDVariable x = step(net).variable();
              SDVariable h = net.graph().rnn().gruCell(x, state(net, "h0"), weights)[3];
              net.graph().rnn().gruCell(x, h, weights);
            })
        .removesAll()
        .leaves("gruCell", "gruCell")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_before_an_lstm_cell_goes_into_its_matrix() {
    Fold.nchw(net -> lstmCell(net, step(net).variable(), state(net, "c0"), state(net, "y0"), false))
        .removesAll()
        .leaves("lstmBlockCell")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_before_an_lstm_cell_with_peepholes_goes_into_its_matrix() {
    Fold.nchw(net -> lstmCell(net, step(net).variable(), state(net, "c0"), state(net, "y0"), true))
        .removesAll()
        .leaves("lstmBlockCell")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void norms_of_the_states_of_an_lstm_cell_stay() {
    Fold.nchw(
            net -> {
              SDVariable x = net.placeholder("x", BATCH, IN).variable();
              Node c = net.placeholder("c0", BATCH, OUT).batchNorm(Gamma.MIXED, 1, OUT, 1e-3);
              Node y = net.placeholder("y0", BATCH, OUT).batchNorm(Gamma.MIXED, 1, OUT, 1e-3);
              lstmCell(net, x, c.variable(), y.variable(), true);
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .keeps("bn_1", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_before_an_lstm_block_goes_into_its_matrix() {
    Fold.nchw(net -> lstmBlock(net, sequence(net).variable(), RnnDataFormat.TNS))
        .removesAll()
        .leaves("lstmBlock")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_before_a_batch_first_lstm_block_goes_into_its_matrix() {
    Fold.nchw(
            net -> {
              Node x = net.placeholder("x", BATCH, TIME, IN).batchNorm(Gamma.MIXED, 2, IN, 1e-3);
              lstmBlock(net, x.variable(), RnnDataFormat.NTS);
            })
        .removesAll()
        .leaves("lstmBlock")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_before_a_channels_second_lstm_block_goes_into_its_matrix() {
    Fold.nchw(
            net -> {
              Node x = net.placeholder("x", BATCH, IN, TIME).batchNorm(Gamma.MIXED, 1, IN, 1e-3);
              lstmBlock(net, x.variable(), RnnDataFormat.NST);
            })
        .removesAll()
        .leaves("lstmBlock")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_norm_between_a_dense_layer_and_a_gru_cell_goes_away_and_adds_no_operator() {
    Fold fold =
        Fold.nchw(
            net -> {
              Node x = net.placeholder("x", BATCH, 6).dense(IN).batchNorm(Gamma.MIXED, 1, IN, 1e-3);
              gruCell(net, x.variable(), state(net, "h0"));
            });
    fold.removesAll().leaves("xw_plus_b", "gruCell").equalOutputs().isIdempotent();
    assertThat(fold.graph().hasVariable("Wc_folded")).isFalse();
  }

  /** ND4J's own class does not say what it writes, so it can be in no graph. */
  private static final class KnownSruCell extends SRUCell {
    KnownSruCell(SameDiff graph, SDVariable x, SDVariable cell, SRUWeights weights) {
      super(graph, x, cell, weights);
    }

    @Override
    public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
      return List.of(inputs.get(0), inputs.get(0));
    }

    @Override
    public int getNumOutputs() {
      return 2;
    }
  }

  /** As for the SRU cell. */
  private static final class KnownLstmCell extends LSTMCell {
    KnownLstmCell(SameDiff graph, LSTMCellConfiguration configuration) {
      super(graph, configuration);
    }

    @Override
    public List<DataType> calculateOutputDataTypes(List<DataType> inputs) {
      return List.of(inputs.get(0), inputs.get(0));
    }

    @Override
    public int getNumOutputs() {
      return 2;
    }
  }

  @Test
  void a_norm_before_an_sru_cell_stays_because_its_highway_reads_the_input() {
    Fold.nchw(
            net -> {
              SRUWeights weights =
                  SRUWeights.builder()
                      .weights(net.weight("W", IN, 3 * IN))
                      .bias(net.weight("b", 2 * IN))
                      .build();
              SDVariable cell = net.placeholder("c0", BATCH, IN).variable();
              new KnownSruCell(net.graph(), step(net).variable(), cell, weights).outputVariables();
            })
        .removes(0)
        .keeps("bn", Reason.SCALE_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_before_an_lstm_cell_with_a_projection_goes_into_its_input_matrix() {
    Fold.nchw(
            net -> {
              LSTMCellConfiguration configuration =
                  LSTMCellConfiguration.builder()
                      .xt(step(net).variable())
                      .ht_1(net.placeholder("h0", BATCH, 3).variable())
                      .ct_1(state(net, "c0"))
                      .Wx(net.weight("Wx", IN, 4 * OUT))
                      .Wh(net.weight("Wh", 3, 4 * OUT))
                      .Wc(net.weight("Wc", 3 * OUT))
                      .Wp(net.weight("Wp", OUT, 3))
                      .b(net.weight("b", 4 * OUT))
                      .peepHole(true)
                      .projection(true)
                      .build();
              new KnownLstmCell(net.graph(), configuration).outputVariables();
            })
        .removesAll()
        .leaves("lstmCell")
        .equalOutputs()
        .isIdempotent();
  }
}
