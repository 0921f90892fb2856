package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Combination;
import io.github.dl4jbnfold.graph.ConstantAdd;
import io.github.dl4jbnfold.graph.ConstantMultiply;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.network.read.Binding.NumberBinding;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;

/**
 * Vertices that multiply by, or add, one number for all channels. They can go like any other affine
 * operator; where one must stay, it must go on with one number.
 */
final class NumberVertexAdapter implements VertexAdapter {
  @Override
  public void read(VertexSite site) {
    Layout layout = site.layout(0);
    boolean rigid = site.reading().rigid().contains(site.name());
    if (layout == null || (rigid && site.vertex() instanceof ShiftVertex)) {
      site.wall();
      return;
    }
    Tensor x = site.read(0, layout);
    Tensor y = site.write(layout);
    if (rigid && site.vertex() instanceof ScaleVertex scale) {
      site.reading()
          .add(
              new Combination(
                  site.name(),
                  "multiplication by a number",
                  List.of(x),
                  List.of(scale.getScaleFactor()),
                  y));
    } else {
      site.reading().add(affine(site, x, y), new NumberBinding(site.step()));
    }
  }

  private static Operator affine(VertexSite site, Tensor x, Tensor y) {
    double[] values = new double[x.channels()];
    if (site.vertex() instanceof ScaleVertex scale) {
      Arrays.fill(values, scale.getScaleFactor());
      return new ConstantMultiply(site.name(), x, y, values);
    }
    Arrays.fill(values, ((ShiftVertex) site.vertex()).getShiftFactor());
    return new ConstantAdd(site.name(), x, y, values);
  }
}
