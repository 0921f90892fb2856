package io.github.dl4jbnfold.network.write;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What becomes of a parameter.
 *
 * @param value its elements in row-major order of the new parameter, in float64
 * @param factor by what each element of the old parameter was multiplied on its way into the new
 *     one, in the order of the value; null where that is not one number for each element
 */
record NewParameter(INDArray value, @Nullable INDArray factor) {}
