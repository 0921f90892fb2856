package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.graph.Refusal;
import io.github.dl4jbnfold.samediff.read.Binding.BatchNormBinding;

/**
 * fused_batch_norm (TensorFlow): inputs x, gamma, beta, mean, variance; iArgs NCHW, training; tArgs
 * ε (0.001 if absent).
 */
final class FusedBatchNormTranslator implements Translator {
  /** The native operator raises a smaller ε to this. */
  private static final double SMALLEST_EPSILON = 1.001e-5;

  @Override
  public boolean translate(Op op, Reading reading) {
    long[] shape = reading.shape(op.input(0));
    if (shape == null) {
      return false;
    }
    if (op.integer(1, 0) != 0 || op.inputs().size() < 5) {
      reading.refuse(
          new Refusal(
              op.label(),
              Reason.BATCH_STATISTICS,
              "It normalizes with the statistics of each batch.",
              "Freeze it for inference, with its running mean and variance as inputs."));
      return false;
    }
    boolean statisticsRead = op.outputs().stream().skip(1).anyMatch(reading::isReadOrRequested);
    if (statisticsRead) {
      reading.refuse(
          new Refusal(
              op.label(),
              Reason.BATCH_STATISTICS,
              "Its batch statistics '%s' are read or requested."
                  .formatted(String.join("', '", op.outputs().subList(1, op.outputs().size()))),
              "Remove what reads them."));
      return false;
    }
    int axis = op.integer(0, 0) == 0 ? shape.length - 1 : 1;
    return BatchNorms.translate(
        new BatchNormBinding(
            op,
            3,
            4,
            1,
            2,
            Math.max(op.real(0, 1e-3), SMALLEST_EPSILON),
            ChannelVectors.broadcastShape(shape, axis)),
        Layout.ofAxis(shape, axis),
        reading);
  }
}
