package io.github.dl4jbnfold.samediff.write;

import io.github.dl4jbnfold.samediff.read.Binding.Positions;
import io.github.dl4jbnfold.samediff.read.Constants;
import io.github.dl4jbnfold.samediff.read.Op;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What operators that read padding make of a shift: not a constant, but a map over positions. It is
 * computed by the operator itself, on one example in float64. Theory, section 4.
 */
final class BorderMap {
  /** One would do, but some native operators refuse arrays of a single element. */
  private static final int EXAMPLES = 2;

  private BorderMap() {}

  /**
   * The answer of a linear operator without bias to an input that is one vector at every position.
   */
  static INDArray response(
      Op op, List<INDArray> kernels, @Nullable Positions positions, double[] input) {
    List<INDArray> inputs = new ArrayList<>();
    inputs.add(everywhere(Objects.requireNonNull(positions), input));
    kernels.forEach(kernel -> inputs.add(kernel.castTo(DataType.DOUBLE)));
    return run(op, inputs);
  }

  /** c·(1 − op(1)): what a padding with zeros lacks where the padded value should be c. */
  static INDArray missing(Op op, Positions positions, double[] shift, Constants constants) {
    double[] ones = new double[shift.length];
    Arrays.fill(ones, 1);
    List<INDArray> inputs = new ArrayList<>();
    inputs.add(everywhere(positions, ones));
    for (int i = 1; i < op.inputs().size(); i++) {
      inputs.add(Objects.requireNonNull(constants.array(op.input(i))));
    }
    INDArray counted = run(op, inputs);
    long[] vector = channelShape(counted.rank(), positions, shift.length);
    return counted.rsub(1).mul(Nd4j.createFromArray(shift).reshape(vector));
  }

  /** The shape in which a vector runs along the channel axis. */
  static long[] channelShape(int rank, @Nullable Positions positions, int channels) {
    long[] shape = new long[rank];
    Arrays.fill(shape, 1);
    shape[Objects.requireNonNull(positions).channelAxis()] = channels;
    return shape;
  }

  private static INDArray everywhere(Positions positions, double[] vector) {
    long[] shape = positions.shape().stream().mapToLong(Long::longValue).toArray();
    shape[0] = EXAMPLES;
    long[] along = channelShape(shape.length, positions, vector.length);
    return Nd4j.createFromArray(vector).reshape(along).broadcast(shape).dup('c');
  }

  private static INDArray run(Op op, List<INDArray> inputs) {
    int[] integers = Arrays.stream(op.integers()).mapToInt(Math::toIntExact).toArray();
    DynamicCustomOp.DynamicCustomOpsBuilder builder =
        DynamicCustomOp.builder(op.type())
            .addInputs(inputs.toArray(INDArray[]::new))
            .addIntegerArguments(integers);
    double[] reals = op.reals();
    INDArray answers =
        Nd4j.exec(
            (reals.length == 0
                    ? builder
                    : builder.addFloatingPointArguments(
                        Arrays.stream(reals).boxed().toArray(Double[]::new)))
                .build())[0];
    return answers.get(NDArrayIndex.interval(0, 1)).dup('c');
  }
}
