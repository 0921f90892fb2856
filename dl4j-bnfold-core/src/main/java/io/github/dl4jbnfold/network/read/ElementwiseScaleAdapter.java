package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Linear.Border;
import io.github.dl4jbnfold.network.read.Binding.Kernel;
import io.github.dl4jbnfold.network.read.Binding.LinearBinding;
import io.github.dl4jbnfold.rewrite.KernelLayout;
import java.util.List;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;

/** x∘w + b on vectors: a matrix product with a diagonal matrix, w being [1, n]. */
final class ElementwiseScaleAdapter implements LayerAdapter {
  @Override
  public void read(Site site) {
    ElementWiseMultiplicationLayer layer = (ElementWiseMultiplicationLayer) site.layer();
    Linear linear =
        new Linear(
            site.name(),
            "element-wise multiplication layer",
            site.read(1),
            site.write(1, layer.getActivationFn(), true),
            Border.NONE,
            site.biasSlot("b"));
    KernelLayout diagonal = new KernelLayout(2, List.of(1), List.of(1));
    site.reading()
        .add(linear, new LinearBinding(site.step(), List.of(Kernel.of("W", diagonal)), "b", null));
    site.finish(1, layer.getActivationFn(), true);
  }
}
