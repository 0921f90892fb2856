package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Linear.BiasSlot;
import io.github.dl4jbnfold.graph.Linear.Border;
import io.github.dl4jbnfold.rewrite.KernelLayout;
import io.github.dl4jbnfold.samediff.read.Binding.Kernel;
import io.github.dl4jbnfold.samediff.read.Binding.LinearBinding;
import java.util.List;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Products with a constant matrix, on either side, and xw_plus_b. */
final class MatrixProductTranslator implements Translator {
  @Override
  public boolean translate(Op op, Reading reading) {
    return op.type().equals("xw_plus_b") ? dense(op, reading) : product(op, reading);
  }

  private static boolean dense(Op op, Reading reading) {
    INDArray weights = reading.constants().array(op.input(1));
    INDArray bias = reading.constants().array(op.input(2));
    long[] in = reading.shape(op.input(0));
    long[] out = reading.shape(op.output());
    if (weights == null || bias == null || in == null || out == null || weights.rank() != 2) {
      return false;
    }
    boolean transposed = op.integer(0, 0) == 1 || op.integer(1, 0) == 1;
    if (transposed || in.length != 2) {
      return false;
    }
    reading.add(
        new Linear(
            op.label(),
            "dense",
            reading.input(op.input(0), Layout.ofAxis(in, -1)),
            reading.output(op.output(), Layout.ofAxis(out, -1)),
            Border.NONE,
            BiasSlot.PRESENT,
            Set.of(Linear.Ability.DENSE_KERNEL)),
        new LinearBinding(
            op, List.of(new Kernel(1, KernelLayout.of(2, 1, 0))), 2, null, null, null));
    return true;
  }

  /** op(X)·op(W) or op(W)·op(X), the result perhaps transposed. */
  private static boolean product(Op op, Reading reading) {
    if (op.inputs().size() != 2 || op.real(0, 1) != 1 || op.real(1, 0) != 0) {
      return false;
    }
    boolean left = reading.constants().isKnown(op.input(0));
    boolean right = reading.constants().isKnown(op.input(1));
    if (left == right) {
      return false;
    }
    int weightInput = left ? 0 : 1;
    INDArray weights = reading.constants().array(op.input(weightInput));
    long[] in = reading.shape(op.input(1 - weightInput));
    long[] out = reading.shape(op.output());
    if (weights == null || in == null || out == null || weights.rank() != 2 || in.length < 2) {
      return false;
    }
    boolean transposeOperand = op.integer(1 - weightInput, 0) != 0;
    boolean transposeWeights = op.integer(weightInput, 0) != 0;
    boolean transposeResult = op.integer(2, 0) != 0;
    // The summed axis of the operand is its last in X·W and its last but one in W·X.
    int inAxis = in.length - (left == transposeOperand ? 1 : 2);
    int outAxis = out.length - (left == transposeResult ? 1 : 2);
    int summedWeightAxis = left == transposeWeights ? 0 : 1;
    reading.add(
        new Linear(
            op.label(),
            "matrix product",
            reading.input(op.input(1 - weightInput), Layout.ofAxis(in, inAxis)),
            reading.output(op.output(), Layout.ofAxis(out, outAxis)),
            Border.NONE,
            BiasSlot.NEEDS_OPERATOR,
            Set.of(Linear.Ability.DENSE_KERNEL)),
        new LinearBinding(
            op,
            List.of(
                new Kernel(
                    weightInput, KernelLayout.of(2, 1 - summedWeightAxis, summedWeightAxis))),
            null,
            null,
            null,
            null));
    return true;
  }
}
