package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.samediff.read.Binding.BatchNormBinding;
import java.util.Arrays;

/** batchnorm: inputs x, mean, variance, gamma, beta; iArgs use gamma, use beta, axes; tArgs ε. */
final class BatchNormTranslator implements Translator {
  @Override
  public boolean translate(Op op, Reading reading) {
    long[] shape = reading.shape(op.input(0));
    if (shape == null) {
      return false;
    }
    boolean useGamma = op.integer(0, 0) != 0;
    boolean useBeta = op.integer(1, 0) != 0;
    int gamma = useGamma ? 3 : -1;
    int beta = useBeta ? (useGamma ? 4 : 3) : -1;
    if (op.integers().length > 3) {
      return BatchNorms.refuseForm(
          op,
          reading,
          "It normalizes over the axes %s at once."
              .formatted(
                  Arrays.toString(Arrays.copyOfRange(op.integers(), 2, op.integers().length))));
    }
    int axis = (int) op.integer(2, shape.length - 1);
    BatchNormBinding binding =
        new BatchNormBinding(
            op,
            1,
            2,
            gamma,
            beta,
            op.real(0, 1e-5),
            ChannelVectors.broadcastShape(shape, axis < 0 ? axis + shape.length : axis));
    return BatchNorms.translate(binding, Layout.ofAxis(shape, axis), reading);
  }
}
