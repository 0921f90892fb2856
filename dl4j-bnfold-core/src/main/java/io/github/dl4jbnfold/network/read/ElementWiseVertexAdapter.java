package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Combination;
import io.github.dl4jbnfold.graph.Juxtaposition;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.MaxPool;
import io.github.dl4jbnfold.graph.Product;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.network.read.Binding.SumBinding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.jspecify.annotations.Nullable;

/** Sums, differences, averages, products and maxima of several arrays. */
final class ElementWiseVertexAdapter implements VertexAdapter {
  @Override
  public void read(VertexSite site) {
    Layout layout = layout(site);
    List<Tensor> inputs = layout == null ? null : inputs(site, layout);
    if (layout == null || inputs == null) {
      site.wall();
      return;
    }
    switch (((ElementWiseVertex) site.vertex()).getOp()) {
      case Add -> combine(site, "add", Collections.nCopies(inputs.size(), 1.0), inputs, layout);
      case Subtract -> combine(site, "subtract", List.of(1.0, -1.0), inputs, layout);
      case Average ->
          combine(
              site,
              "average",
              Collections.nCopies(inputs.size(), 1.0 / inputs.size()),
              inputs,
              layout);
      case Product -> multiply(site, inputs, layout);
      case Max -> maximum(site, inputs, layout);
    }
  }

  private static void combine(
      VertexSite site, String kind, List<Double> coefficients, List<Tensor> inputs, Layout layout) {
    Combination sum = new Combination(site.name(), kind, inputs, coefficients, site.write(layout));
    site.reading().add(sum, new SumBinding(site.step()));
  }

  /** The first factor is gated by the others, one after the other. */
  private static void multiply(VertexSite site, List<Tensor> inputs, Layout layout) {
    if (inputs.size() == 1) {
      combine(site, "add", List.of(1.0), inputs, layout);
      return;
    }
    Tensor product = inputs.get(0);
    for (int i = 1; i < inputs.size(); i++) {
      Tensor result =
          i == inputs.size() - 1
              ? site.write(layout)
              : site.reading().draft().intermediate(site.name(), layout.channels());
      site.reading().add(new Product(site.name(), product, inputs.get(i), result));
      product = result;
    }
  }

  /** All carried alike, with a positive scale. */
  private static void maximum(VertexSite site, List<Tensor> inputs, Layout layout) {
    Tensor beside = site.reading().draft().intermediate(site.name(), layout.channels());
    site.reading().add(new Juxtaposition(site.name(), inputs, beside));
    site.reading().add(new MaxPool(site.name(), "max", beside, site.write(layout)));
  }

  /** The finest layout of an input of the shape of the output that is not behind a wall. */
  private static @Nullable Layout layout(VertexSite site) {
    Layout finest = null;
    for (int i = 0; i < site.inputs().size(); i++) {
      Layout layout = site.layout(i);
      boolean finer =
          layout != null && (finest == null || (finest.channels() == 1 && layout.channels() > 1));
      if (finer && Arrays.equals(site.in(i), site.out())) {
        finest = layout;
      }
    }
    return finest;
  }

  /** The inputs with the channels of the output; null where their channels do not stand beside. */
  private static @Nullable List<Tensor> inputs(VertexSite site, Layout layout) {
    int axis = layout.axisIn(site.out());
    List<Tensor> inputs = new ArrayList<>();
    for (int i = 0; i < site.inputs().size(); i++) {
      long[] shape = site.in(i);
      Layout own = site.layout(i);
      boolean whole = Arrays.equals(shape, site.out());
      if (!whole && (axis < 0 || shape.length != site.out().length)) {
        return null;
      }
      if (whole) {
        inputs.add(site.read(i, layout));
      } else if (shape[axis] == layout.channels()) {
        inputs.add(site.read(i, Layout.ofAxis(shape, axis)));
      } else if (own != null && own.channels() > 1) {
        return null; // Its channels are on another axis.
      } else {
        inputs.add(site.reading().draft().broadcast(site.inputs().get(i), layout));
      }
    }
    return inputs;
  }
}
