package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.ConstantTable;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.network.read.Binding.TableBinding;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;

/** Embeddings: rows of a table W [nIn, nOut], chosen by the input, and perhaps a bias. */
final class EmbeddingAdapter implements LayerAdapter {
  @Override
  public void read(Site site) {
    FeedForwardLayer layer = (FeedForwardLayer) site.layer();
    int axis =
        layer instanceof EmbeddingSequenceLayer sequence ? Axes.of(sequence.getOutputFormat()) : 1;
    site.reading().draft().fix(site.input(), site.name(), "index");
    Tensor rows = site.write(axis, layer.getActivationFn(), true);
    site.reading()
        .add(new ConstantTable(site.name(), "embedding", rows), new TableBinding(site.step()));
    site.finish(axis, layer.getActivationFn(), true);
  }
}
