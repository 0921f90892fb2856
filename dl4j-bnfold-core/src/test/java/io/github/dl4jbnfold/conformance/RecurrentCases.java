package io.github.dl4jbnfold.conformance;

import io.github.dl4jbnfold.conformance.Setting.Format;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMActivations;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDataFormat;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDirectionMode;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMLayerConfig;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMLayerWeights;

/** Recurrent layers take the batch normalization before them into their input matrix. */
final class RecurrentCases {

  private RecurrentCases() {}

  static List<Case> all() {
    return List.of(
        Case.folds(110, "BN → LSTM layer", net -> lstm(net, LSTMDirectionMode.FWD))
            .in(Format.ROWS)
            .leaving("sigmoid", "lstmLayer"),
        Case.folds(
                110,
                "BN → bidirectional LSTM layer, both input matrices",
                net -> lstm(net, LSTMDirectionMode.BIDIR_CONCAT))
            .in(Format.ROWS)
            .leaving("sigmoid", "lstmLayer"),
        Case.folds(110, "BN → GRU", RecurrentCases::gru).in(Format.ROWS).leaving("sigmoid", "gru"),
        Case.folds(110, "BN → simple recurrent layer, unrolled", RecurrentCases::unrolled)
            .in(Format.ROWS)
            .and(fold -> fold.leavesNo("batchnorm"))
            .noting("SameDiff has no operator for the whole layer."));
  }

  /** Sequences [N, T, features] of 4 steps and 5 features; 3 units. */
  private static Node steps(Net net) {
    return Parts.norm(net.placeholder("x", -1, 4, 5).apply(5, v -> v).sigmoid(), 2, 5);
  }

  private static void lstm(Net net, LSTMDirectionMode direction) {
    LSTMLayerConfig config =
        LSTMLayerConfig.builder()
            .lstmdataformat(LSTMDataFormat.NTS)
            .directionMode(direction)
            .gateAct(LSTMActivations.SIGMOID)
            .cellAct(LSTMActivations.TANH)
            .outAct(LSTMActivations.TANH)
            .retFullSequence(true)
            .build();
    boolean both = direction != LSTMDirectionMode.FWD;
    LSTMLayerWeights weights =
        LSTMLayerWeights.builder()
            .weights(both ? net.weight("Wx", 2, 5, 12) : net.weight("Wx", 5, 12))
            .rWeights(both ? net.weight("Wr", 2, 3, 12) : net.weight("Wr", 3, 12))
            .bias(both ? net.weight("b", 2, 12) : net.weight("b", 12))
            .build();
    steps(net).apply(both ? 6 : 3, v -> net.graph().rnn().lstmLayer(v, weights, config)[0]);
  }

  private static void gru(Net net) {
    SDVariable start = net.placeholder("start", 2, 3).variable();
    SDVariable input = net.weight("Wx", 5, 9);
    SDVariable recurrent = net.weight("Wh", 3, 9);
    SDVariable bias = net.weight("b", 9);
    Parts.norm(net.placeholder("x", 4, 2, 5).apply(5, v -> v).sigmoid(), 2, 5)
        .apply(3, v -> net.graph().rnn().gru("gru", v, start, input, recurrent, bias));
  }

  /** h = tanh(x·W + h·U + b), with one W for all steps. */
  private static void unrolled(Net net) {
    SDVariable input = net.weight("W", 5, 3);
    SDVariable recurrent = net.weight("U", 3, 3);
    SDVariable bias = net.weight("b", 3);
    SDVariable state = net.placeholder("start", -1, 3).variable();
    for (int step = 0; step < 3; step++) {
      SDVariable x = net.placeholder("x" + step, -1, 5).apply(5, v -> v).sigmoid().variable();
      SDVariable norm = net.node(x).apply(5, v -> v).batchNorm().variable();
      SDVariable linear = net.graph().nn().linear("linear" + step, norm, input, bias);
      state = net.graph().math().tanh("state" + step, linear.add(state.mmul(recurrent)));
    }
  }
}
