package io.github.dl4jbnfold.examples.view;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** Which whole numbers an input of a graph takes. */
final class IndexRange {
  private static final int BYTES = 256;
  private static final int SOME = 10;

  private IndexRange() {}

  /**
   * One more than the largest number of an input: the rows of the smallest table that it picks
   * from; of an input that picks from none, all numbers of a byte, or a few.
   *
   * @param input a placeholder of no floating-point type
   */
  static long of(SameDiff graph, SDVariable input) {
    if (input.dataType() == DataType.BOOL) {
      return 2;
    }
    long otherwise = input.dataType() == DataType.UINT8 ? BYTES : SOME;
    return graph.getOps().values().stream()
        .filter(op -> op.getOp().opName().equals("gather"))
        .filter(op -> op.getInputsToOp().indexOf(input.name()) == 1)
        .mapToLong(op -> rows(graph, op, otherwise))
        .min()
        .orElse(otherwise);
  }

  private static long rows(SameDiff graph, SameDiffOp gather, long otherwise) {
    List<String> read = gather.getInputsToOp();
    INDArray table = graph.getVariable(read.get(0)).getArr();
    if (table == null || !(gather.getOp() instanceof DynamicCustomOp op)) {
      return otherwise;
    }
    long axis = op.numIArguments() > 0 ? op.getIArgument(0) : 0;
    return table.size((int) axis);
  }
}
