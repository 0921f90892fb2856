package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Carrier;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.ZeroPadding;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;

/** Vertices that reshape, or choose or repeat examples, positions or time steps. */
final class ShapeVertexAdapter implements VertexAdapter {
  @Override
  public void read(VertexSite site) {
    GraphVertex vertex = site.vertex();
    if (vertex instanceof PreprocessorVertex preprocessing) {
      Preprocessors.read(
          preprocessing.getPreProcessor(),
          site.name(),
          site.inputs().get(0),
          site.name(),
          site.reading());
    } else if (vertex instanceof ReshapeVertex reshape) {
      reshape(site, reshape);
    } else if (vertex instanceof UnstackVertex) {
      carry(site, site.axis(0), site.axis(0));
    } else if (site.axis(0) != 1) {
      site.wall(); // All others cut or repeat what follows axis 1.
    } else if (vertex instanceof ReverseTimeSeriesVertex && site.reading().maskable()) {
      Layout in = Layout.ofAxis(site.in(0), 1);
      Tensor x = site.read(0, in);
      Tensor y = site.write(Layout.ofAxis(site.out(), 1));
      site.reading().add(new ZeroPadding(site.name(), "reversed sequence with a mask", x, y));
    } else {
      carry(site, 1, 1);
    }
  }

  private static void carry(VertexSite site, int from, int to) {
    boolean perChannel =
        site.vertex() instanceof PoolHelperVertex
            || site.vertex() instanceof DuplicateToTimeSeriesVertex;
    Tensor x = site.read(0, Layout.ofAxis(site.in(0), from));
    Tensor y = site.write(Layout.ofAxis(site.out(), to));
    String kind = site.vertex().getClass().getSimpleName();
    site.reading().add(new Carrier(site.name(), kind, x, y, perChannel));
  }

  private static void reshape(VertexSite site, ReshapeVertex reshape) {
    Layout layout = site.layout(0);
    Layout after =
        layout == null
            ? null
            : Moves.after(
                array -> array.reshape(reshape.getReshapeOrder(), reshape.getNewShape()),
                site.in(0),
                layout);
    if (layout == null || after == null) {
      site.wall();
      return;
    }
    Tensor x = site.read(0, layout);
    site.reading().add(new Carrier(site.name(), "reshape", x, site.write(after)));
  }
}
