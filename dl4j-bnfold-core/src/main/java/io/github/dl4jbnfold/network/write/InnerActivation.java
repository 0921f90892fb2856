package io.github.dl4jbnfold.network.write;

import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/** The activation inside a layer. Deeplearning4j has no name for all layers that have one. */
final class InnerActivation {
  private InnerActivation() {}

  /** The activation of a layer; the identity where it has none. */
  static IActivation of(Layer layer) {
    if (layer instanceof TimeDistributed wrapper) {
      return of(wrapper.getUnderlying());
    } else if (layer instanceof LocallyConnected1D local) {
      return local.getActivation().getActivationFunction();
    } else if (layer instanceof LocallyConnected2D local) {
      return local.getActivation().getActivationFunction();
    }
    return layer instanceof BaseLayer plain ? plain.getActivationFn() : new ActivationIdentity();
  }

  /** Takes the activation out of a layer. */
  static void remove(Layer layer) {
    if (layer instanceof TimeDistributed wrapper) {
      remove(wrapper.getUnderlying());
    } else if (layer instanceof LocallyConnected1D local) {
      local.setActivation(Activation.IDENTITY);
    } else if (layer instanceof LocallyConnected2D local) {
      local.setActivation(Activation.IDENTITY);
    } else if (layer instanceof BaseLayer plain) {
      plain.setActivationFn(new ActivationIdentity());
    }
  }
}
