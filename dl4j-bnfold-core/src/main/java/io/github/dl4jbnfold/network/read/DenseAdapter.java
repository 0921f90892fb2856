package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Linear.Ability;
import io.github.dl4jbnfold.graph.Linear.Border;
import io.github.dl4jbnfold.network.read.Binding.Kernel;
import io.github.dl4jbnfold.network.read.Binding.LinearBinding;
import io.github.dl4jbnfold.rewrite.KernelLayout;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;

/** Matrix products with W [nIn, nOut] at every example or time step, an activation behind. */
final class DenseAdapter implements LayerAdapter {
  private static final Kernel WEIGHTS =
      Kernel.of(DefaultParamInitializer.WEIGHT_KEY, KernelLayout.of(2, 1, 0));

  @Override
  public void read(Site site) {
    if (site.layer() instanceof RnnOutputLayer output) {
      read(site, output, Axes.of(output.getRnnDataFormat()));
    } else if (site.layer() instanceof BaseLayer dense) {
      read(site, dense, 1);
    }
  }

  static void read(Site site, BaseLayer dense, int axis) {
    boolean normalizes = site.parameters().containsKey(DefaultParamInitializer.GAIN_KEY);
    if (normalizes || site.in().length != site.out().length || site.in().length <= axis) {
      site.wall();
      return;
    }
    Linear linear =
        new Linear(
            site.name(),
            "dense layer",
            site.read(axis),
            site.write(axis, dense.getActivationFn(), true),
            Border.NONE,
            site.biasSlot(DefaultParamInitializer.BIAS_KEY),
            Set.of(Ability.DENSE_KERNEL));
    site.reading()
        .add(
            linear,
            new LinearBinding(
                site.step(), List.of(WEIGHTS), DefaultParamInitializer.BIAS_KEY, null));
    site.finish(axis, dense.getActivationFn(), true);
  }
}
