package io.github.dl4jbnfold.samediff.operators;

import static io.github.dl4jbnfold.samediff.operators.Sequences.BATCH;
import static io.github.dl4jbnfold.samediff.operators.Sequences.IN;
import static io.github.dl4jbnfold.samediff.operators.Sequences.OUT;
import static io.github.dl4jbnfold.samediff.operators.Sequences.TIME;
import static io.github.dl4jbnfold.samediff.operators.Sequences.sequence;
import static io.github.dl4jbnfold.samediff.operators.Sequences.state;
import static io.github.dl4jbnfold.samediff.operators.Sequences.step;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.graph.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.LSTMCell;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMCellConfiguration;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMConfiguration;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.RnnDataFormat;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMWeights;

/** LSTM cells and blocks: their input matrices take what stands before them. */
class LstmCellTest {
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
