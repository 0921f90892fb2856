package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Rectifier;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.network.read.Binding.ActivationBinding;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.layers.util.IdentityLayer;
import org.deeplearning4j.nn.params.PReLUParamInitializer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Layers that work on each element by itself: activations, PReLU, losses, dropout. */
final class ActivationAdapter implements LayerAdapter {
  @Override
  public void read(Site site) {
    Layout layout = site.reading().draft().layout(site.input());
    if (layout == null) {
      site.wall();
    } else if (site.layer() instanceof PReLULayer) {
      prelu(site, layout);
    } else {
      site.activate(layout, activation(site), masks(site.layer()));
    }
  }

  private static boolean masks(Layer layer) {
    return !(layer instanceof ActivationLayer || layer instanceof IdentityLayer);
  }

  private static IActivation activation(Site site) {
    // Dropout leaves everything as it is at inference.
    return site.layer() instanceof BaseLayer layer && !(site.layer() instanceof DropoutLayer)
        ? layer.getActivationFn()
        : site.layer() instanceof ActivationLayer layer
            ? layer.getActivationFn()
            : new ActivationIdentity();
  }

  private static void prelu(Site site, Layout layout) {
    int axis = layout.axisIn(site.in());
    Tensor x = site.reading().draft().input(site.input(), layout);
    Tensor y = site.reading().draft().output(site.name(), layout);
    double[] slopes = axis < 0 ? null : slopes(site, axis, layout.channels());
    Operator rectifier =
        site.reading().offered(new Rectifier(site.name(), Rectifier.PRELU, x, y, slopes));
    if (slopes == null) {
      site.reading().add(rectifier);
    } else {
      site.reading().add(rectifier, new ActivationBinding(site.step(), false, axis));
    }
  }

  /** One slope a channel; null where they differ between positions. */
  private static double @Nullable [] slopes(Site site, int axis, int channels) {
    INDArray alpha = site.parameter(PReLUParamInitializer.WEIGHT_KEY);
    boolean perChannel =
        alpha.length() == channels && axis <= alpha.rank() && alpha.size(axis - 1) == channels;
    return perChannel
        ? alpha.castTo(DataType.DOUBLE).dup('c').reshape(channels).toDoubleVector()
        : null;
  }
}
