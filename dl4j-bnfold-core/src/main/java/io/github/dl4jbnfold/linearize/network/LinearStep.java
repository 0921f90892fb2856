package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.linearize.merge.Convolution;
import io.github.dl4jbnfold.linearize.merge.Form;
import java.util.List;
import java.util.function.Supplier;

/**
 * A layer that is linear, but for an activation behind it.
 *
 * @param channelAxis of what it reads
 * @param form of the one convolution that it is
 * @param computedAs the forms of what it computes
 * @param numbers the convolution, in float64
 */
record LinearStep(
    int channelAxis,
    Form form,
    boolean hasBias,
    List<Form> computedAs,
    Supplier<Convolution> numbers) {
  /** A layer that computes the one convolution that it is. */
  static LinearStep of(int channelAxis, Form form, boolean hasBias, Supplier<Convolution> numbers) {
    return new LinearStep(channelAxis, form, hasBias, List.of(form), numbers);
  }
}
