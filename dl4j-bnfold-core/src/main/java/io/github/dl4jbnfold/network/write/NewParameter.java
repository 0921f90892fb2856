package io.github.dl4jbnfold.network.write;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What becomes of a parameter. Both give a new array each time they are asked, so that one
 * parameter is computed after the other: all of them together need several times the memory of the
 * network.
 *
 * @param value gives its elements in row-major order of the new parameter, in float64
 * @param factor gives by what each element of the old parameter was multiplied on its way into the
 *     new one, in the shape of the value or, where the parameter has grown, of the part that was
 *     there before and comes first on each axis; null where that is not one number for each element
 */
record NewParameter(Supplier<INDArray> value, @Nullable Supplier<INDArray> factor) {
  /** Copies of what is small enough to be there already. */
  NewParameter(INDArray value, @Nullable INDArray factor) {
    this(value::dup, factor == null ? null : factor::dup);
  }
}
