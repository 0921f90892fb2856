package io.github.dl4jbnfold.docs;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMActivations;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDataFormat;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMDirectionMode;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.config.LSTMLayerConfig;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.weights.LSTMLayerWeights;

/** The recurrent operators: four steps, two examples, five features; two units. */
final class RecurrentSamples {
  private RecurrentSamples() {}

  static void lstmLayer(SampleGraph g, String type) {
    LSTMLayerWeights weights =
        LSTMLayerWeights.builder()
            .weights(g.constant(5, 8))
            .rWeights(g.constant(2, 8))
            .bias(g.constant(8))
            .build();
    LSTMLayerConfig config =
        LSTMLayerConfig.builder()
            .lstmdataformat(LSTMDataFormat.TNS)
            .directionMode(LSTMDirectionMode.FWD)
            .gateAct(LSTMActivations.SIGMOID)
            .cellAct(LSTMActivations.TANH)
            .outAct(LSTMActivations.TANH)
            .retFullSequence(true)
            .build();
    g.sameDiff().rnn().lstmLayer(g.input(4, 2, 5), weights, config);
  }

  static void lstmBlock(SampleGraph g, String type) {
    SDVariable length = g.sameDiff().constant(4L);
    g.ops(
        type,
        7,
        new long[] {0, 0},
        new double[] {0.3, 0},
        length,
        g.input(4, 2, 5),
        g.input(2, 2),
        g.input(2, 2),
        g.constant(7, 8),
        g.constant(2),
        g.constant(2),
        g.constant(2),
        g.constant(8));
  }

  static void lstmBlockCell(SampleGraph g, String type) {
    g.ops(
        type,
        7,
        new long[] {0},
        new double[] {0.3, 0},
        g.input(2, 5),
        g.input(2, 2),
        g.input(2, 2),
        g.constant(7, 8),
        g.constant(2),
        g.constant(2),
        g.constant(2),
        g.constant(8));
  }

  static void lstmCell(SampleGraph g, String type) {
    g.ops(
        type,
        2,
        new long[] {0, 0},
        new double[] {0, 0, 0.3},
        g.input(2, 5),
        g.input(2, 2),
        g.input(2, 2),
        g.constant(5, 8),
        g.constant(2, 8),
        g.constant(6),
        g.constant(2, 2),
        g.constant(8));
  }

  static void gruCell(SampleGraph g, String type) {
    g.ops(
        type,
        4,
        new long[0],
        new double[0],
        g.input(2, 5),
        g.input(2, 2),
        g.constant(7, 4),
        g.constant(7, 2),
        g.constant(4),
        g.constant(2));
  }

  static void gru(SampleGraph g, String type) {
    g.op(type, g.input(4, 2, 5), g.input(2, 2), g.constant(5, 6), g.constant(2, 6), g.constant(6));
  }
}
