package io.github.dl4jbnfold.verify;

import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whether the outputs of a network say anything that another network could differ from. */
public final class Answers {
  private Answers() {}

  /**
   * Demands a finite number in every output: two networks that overflow agree on nothing.
   *
   * @param outputs by name, of floating-point types
   * @throws FoldingException if an output has none
   */
  public static void requireFinite(Map<String, INDArray> outputs) {
    outputs.forEach(
        (name, array) -> {
          if (array.dataType().isFPType() && !array.isEmpty() && !hasFinite(array)) {
            throw new FoldingException(
                "The network answers random inputs with no finite number ('%s' overflows), so a fold cannot be checked: repair its parameters first."
                    .formatted(name));
          }
        });
  }

  private static boolean hasFinite(INDArray array) {
    INDArray wide = array.castTo(DataType.DOUBLE).dup('c');
    for (double value : wide.reshape(wide.length()).toDoubleVector()) {
      if (Double.isFinite(value)) {
        return true;
      }
    }
    return false;
  }
}
