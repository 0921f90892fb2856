package io.github.dl4jbnfold.samediff.operators;

import static io.github.dl4jbnfold.samediff.operators.Sequences.BATCH;
import static io.github.dl4jbnfold.samediff.operators.Sequences.IN;
import static io.github.dl4jbnfold.samediff.operators.Sequences.OUT;
import static io.github.dl4jbnfold.samediff.operators.Sequences.TIME;
import static io.github.dl4jbnfold.samediff.operators.Sequences.sequence;
import static io.github.dl4jbnfold.samediff.operators.Sequences.state;
import static io.github.dl4jbnfold.samediff.operators.Sequences.step;
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
import org.nd4j.linalg.api.ops.impl.layers.recurrent.SRUCell;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.GRUWeights;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.SRUWeights;

/** GRUs and SRU cells: input matrices take what stands before them. */
class RecurrentTest {
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
}
