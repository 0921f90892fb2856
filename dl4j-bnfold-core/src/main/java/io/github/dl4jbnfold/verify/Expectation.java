package io.github.dl4jbnfold.verify;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.graph.Layout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What a rewritten network is to compute where the original computes a known value. */
public final class Expectation {
  private Expectation() {}

  /**
   * a·v + c, channel by channel, in float64.
   *
   * @param value of the original, of any shape
   * @param gauge one scale and one shift for each channel
   * @param layout which elements belong to which channel
   * @return scale · value + shift, in float64, of the same shape
   */
  public static INDArray of(INDArray value, Gauge gauge, Layout layout) {
    long outer = value.length() / (layout.inner() * layout.channels());
    long[] blocks = {outer, layout.channels(), layout.inner()};
    long[] vector = {1, layout.channels(), 1};
    return value
        .castTo(DataType.DOUBLE)
        .dup('c')
        .reshape(blocks)
        .mul(Nd4j.createFromArray(gauge.scale()).reshape(vector))
        .add(Nd4j.createFromArray(gauge.shift()).reshape(vector))
        .reshape(value.shape());
  }
}
