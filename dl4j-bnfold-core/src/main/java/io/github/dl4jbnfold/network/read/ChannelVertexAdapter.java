package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.ChannelMap;
import io.github.dl4jbnfold.graph.ChannelMap.Direction;
import io.github.dl4jbnfold.graph.Concatenation;
import io.github.dl4jbnfold.graph.Juxtaposition;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.ZeroPadding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;

/** Vertices that put arrays side by side or take a part: merge, stack, subset, unstack. */
final class ChannelVertexAdapter implements VertexAdapter {
  private static final int SUBSET_AXIS = 1;

  @Override
  public void read(VertexSite site) {
    GraphVertex vertex = site.vertex();
    if (vertex instanceof MergeVertex merge) {
      join(site, merge.getMergeAxis());
    } else if (vertex instanceof SubsetVertex subset) {
      select(site, subset.getFrom());
    } else {
      join(site, 0);
    }
  }

  private static void join(VertexSite site, int axis) {
    int channelAxis = site.axis(0);
    List<Tensor> inputs = new ArrayList<>();
    for (int i = 0; i < site.inputs().size(); i++) {
      if (site.in(i).length <= Math.max(axis, channelAxis)) {
        site.wall();
        return;
      }
      inputs.add(site.read(i, Layout.ofAxis(site.in(i), channelAxis)));
    }
    Tensor output = site.write(Layout.ofAxis(site.out(), channelAxis));
    if (site.vertex() instanceof StackVertex && site.out().length == 3 && channelAxis == 1) {
      inputs.replaceAll(input -> filledUp(site, input));
    }
    if (inputs.size() == 1) {
      site.reading().add(new Carrier(site.name(), "identity", inputs.get(0), output, true));
    } else if (axis == channelAxis) {
      site.reading().add(new Concatenation(site.name(), inputs, output));
    } else {
      site.reading().add(new Juxtaposition(site.name(), inputs, output));
    }
  }

  /** Stacked sequences that are shorter than others get zeros, and another run may have such. */
  private static Tensor filledUp(VertexSite site, Tensor input) {
    Tensor filled = site.reading().draft().intermediate(site.name(), input.channels());
    site.reading().add(new ZeroPadding(site.name(), "end of the sequence", input, filled));
    return filled;
  }

  /** Of axis 1, whatever the format of the data is. */
  private static void select(VertexSite site, int from) {
    int axis = site.axis(0);
    Tensor input = site.read(0, Layout.ofAxis(site.in(0), axis));
    Tensor output = site.write(Layout.ofAxis(site.out(), axis));
    if (axis != SUBSET_AXIS) {
      site.reading().add(new Carrier(site.name(), "subset", input, output));
      return;
    }
    int[] source = new int[output.channels()];
    Arrays.setAll(source, i -> from + i);
    site.reading()
        .add(
            new ChannelMap(
                site.name(), "subset", input, output, Direction.OUTPUT_TO_INPUT, source));
  }
}
