package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.cost.CostTable;
import io.github.dl4jbnfold.cost.UnmeasurableWorkException;
import io.github.dl4jbnfold.cost.Work;
import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Costs;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * What operators of SameDiff cost on this machine, in seconds: matrix products, and convolutions of
 * images with channels first. They are measured once and remembered (see {@code bnfold costs}).
 */
final class LinearizeTimes implements Costs {
  private static final int IMAGE_AXES = 2;

  private final CostTable table = CostTable.open();
  private final DataType type;
  private final int examples;

  /**
   * @param examples of one run: merging may pay for many and not for one
   */
  LinearizeTimes(DataType type, int examples) {
    this.type = type;
    this.examples = examples;
  }

  @Override
  public double convolution(Form form, long... sizes) {
    if (sizes.length == 0) {
      return seconds(
          Work.of(
              "matmul",
              type,
              new long[] {examples, form.inputs()},
              new long[] {form.inputs(), form.outputs()}));
    } else if (sizes.length != IMAGE_AXES) {
      throw CommandFailure.refused(
          "--unit time measures convolutions of images only. Give --unit multiplications or --unit"
              + " depth.");
    }
    Axis h = form.axes().get(0);
    Axis w = form.axes().get(1);
    boolean even = h.before() == h.after() && w.before() == w.after();
    boolean padded = even && h.before() >= 0 && w.before() >= 0;
    // What pads unevenly reads a padded copy, whose cost is little beside the convolution's.
    long height = sizes[0] + (padded ? 0 : h.before() + h.after());
    long width = sizes[1] + (padded ? 0 : w.before() + w.after());
    boolean depthwise = form.isDepthwise();
    long multiple = depthwise ? form.outputs() / form.inputs() : form.outputs();
    return seconds(
        Work.of(
                depthwise ? "depthwise_conv2d" : "conv2d",
                type,
                new long[] {examples, form.inputs(), height, width},
                new long[] {h.kernel(), w.kernel(), form.inputs(), multiple})
            .withIntegers(
                h.kernel(),
                w.kernel(),
                h.stride(),
                w.stride(),
                padded ? h.before() : 0,
                padded ? w.before() : 0,
                h.dilation(),
                w.dilation(),
                0,
                0,
                0));
  }

  @Override
  public double elementwise(int channels, int inputs, long... sizes) {
    long[] shape = new long[sizes.length + 2];
    shape[0] = examples;
    shape[1] = channels;
    System.arraycopy(sizes, 0, shape, 2, sizes.length);
    return inputs > 1
        ? (inputs - 1) * seconds(Work.of("add", type, shape, shape))
        : seconds(Work.of("relu", type, shape));
  }

  @Override
  public double branches(List<Double> costs) {
    return costs.stream().mapToDouble(Double::doubleValue).sum();
  }

  private double seconds(Work work) {
    try {
      double seconds = table.seconds(work);
      table.save();
      return seconds;
    } catch (UnmeasurableWorkException e) {
      throw CommandFailure.refused(
          "%s Give --unit multiplications or --unit depth.".formatted(e.getMessage()), e);
    }
  }
}
