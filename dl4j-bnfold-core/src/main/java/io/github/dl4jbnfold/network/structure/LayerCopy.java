package io.github.dl4jbnfold.network.structure;

import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * Copies of the configurations of layers. Deeplearning4j's own clone shares the layer inside most
 * wrappers and all updaters with the original, so that a new learning rate of one network is one of
 * the other, too.
 */
final class LayerCopy {
  private LayerCopy() {}

  /** A copy that shares nothing that may be changed. */
  static Layer of(Layer layer) {
    Layer copy = layer.clone();
    separate(copy);
    return copy;
  }

  private static void separate(Layer copy) {
    if (copy instanceof BaseWrapperLayer wrapper) {
      wrapper.setUnderlying(of(wrapper.getUnderlying()));
    } else if (copy instanceof Bidirectional both) {
      both.setFwd(of(both.getFwd()));
      both.setBwd(of(both.getBwd()));
    } else if (copy instanceof FrozenLayer frozen) {
      separate(frozen.getLayer()); // Its clone has cloned the layer inside.
    } else if (copy instanceof AbstractSameDiffLayer layer) {
      layer.setLayerParams(null); // It states its parameters anew: it may have to have a bias.
    } else if (copy instanceof BaseLayer base) {
      base.setIUpdater(copy(base.getIUpdater()));
      base.setBiasUpdater(copy(base.getBiasUpdater()));
    }
  }

  private static @Nullable IUpdater copy(@Nullable IUpdater updater) {
    if (updater == null) {
      return null;
    }
    IUpdater copy = updater.clone();
    if (updater instanceof AdaGrad from && copy instanceof AdaGrad to) {
      to.setLearningRateSchedule(from.getLearningRateSchedule()); // Its clone loses it.
    }
    return copy;
  }
}
