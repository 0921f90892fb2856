package io.github.dl4jbnfold.network.read;

import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;

/** A layer of vectors that is applied to every step of a sequence. */
final class TimeDistributedAdapter implements LayerAdapter {
  @Override
  public void read(Site site) {
    TimeDistributed wrapper = (TimeDistributed) site.layer();
    int axis = Axes.of(wrapper.getRnnDataFormat());
    if (wrapper.getUnderlying() instanceof DenseLayer dense) {
      DenseAdapter.read(site, dense, axis);
    } else if (wrapper.getUnderlying() instanceof BatchNormalization norm) {
      BatchNormAdapter.read(site, norm, axis);
    } else {
      site.wall();
    }
  }
}
