package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.ConstantTable;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.samediff.read.Binding.TableBinding;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * gather from a constant table along any axis but the last (inputs: table, indices, perhaps the
 * axis; iArgs: axis) and embedding_lookup (along the first). The last axis of the table is the last
 * axis of the result, and the channel axis.
 */
final class TableTranslator implements Translator {
  @Override
  public boolean translate(Op op, Reading reading) {
    INDArray table = reading.constants().array(op.input(0));
    long[] out = reading.shape(op.output());
    if (table == null || out == null || !table.dataType().isFPType()) {
      return false;
    }
    int last = table.rank() - 1;
    boolean keepsLast = last > 0 && choosesAlongAnother(op, last, reading);
    if (!keepsLast || out.length == 0 || out[out.length - 1] != table.size(last)) {
      return false;
    }
    reading.wallInputs(op, 0);
    reading.add(
        new ConstantTable(
            op.label(), "embedding table", reading.output(op.output(), Layout.ofAxis(out, -1))),
        new TableBinding(op, 0));
    return true;
  }

  private static boolean choosesAlongAnother(Op op, int last, Reading reading) {
    if (op.type().equals("embedding_lookup")) {
      return op.inputs().size() == 2;
    }
    long axis = op.integer(0, 0);
    if (op.inputs().size() > 2) {
      INDArray given = reading.constants().array(op.input(2));
      if (given == null) {
        return false;
      }
      axis = given.getLong(0);
    }
    return axis != last && axis != -1;
  }
}
