package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Costs;
import java.util.List;

/** Costs under which nothing is chosen that DL4J has no layers for. */
record WritableCosts(Costs costs, int channelAxis) implements Costs {
  @Override
  public double convolution(Form form, long... sizes) {
    return MergedLayer.isWritable(form, channelAxis)
        ? costs.convolution(form, sizes)
        : Double.POSITIVE_INFINITY;
  }

  @Override
  public double elementwise(int channels, int inputs, long... sizes) {
    return costs.elementwise(channels, inputs, sizes);
  }

  @Override
  public double branches(List<Double> several) {
    return costs.branches(several);
  }
}
