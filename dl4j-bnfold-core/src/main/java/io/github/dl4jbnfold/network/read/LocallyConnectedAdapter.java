package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Linear.Ability;
import io.github.dl4jbnfold.graph.Linear.Border;
import io.github.dl4jbnfold.network.read.Binding.Kernel;
import io.github.dl4jbnfold.network.read.Binding.LinearBinding;
import io.github.dl4jbnfold.rewrite.KernelLayout;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.nd4j.linalg.activations.Activation;

/**
 * Locally connected layers: a kernel of its own at every position, W [positions, nIn·taps, nOut],
 * and one bias for all. A shift of the input becomes another number at every position, so it cannot
 * pass.
 */
final class LocallyConnectedAdapter implements LayerAdapter {
  @Override
  public void read(Site site) {
    Layer layer = site.layer();
    int axis = layer instanceof LocallyConnected2D image ? Axes.of(image.getFormat()) : 1;
    Activation activation =
        layer instanceof LocallyConnected2D image
            ? image.getActivation()
            : ((LocallyConnected1D) layer).getActivation();
    long[] stated = site.parameter("W").shape();
    long channels = site.in()[axis];
    // The inputs of a position are channel by channel, and within a channel tap by tap.
    List<Long> read = List.of(stated[0], channels, stated[1] / channels, stated[2]);
    Linear linear =
        new Linear(
            site.name(),
            "locally connected layer",
            site.read(axis),
            site.write(axis, activation.getActivationFunction(), false),
            Border.TRANSPOSED,
            site.biasSlot("b"),
            // Its kernels are for one size of the input.
            site.mayHaveMapBehind() ? Set.of(Ability.BIAS_MAP) : Set.of());
    site.reading()
        .add(
            linear,
            new LinearBinding(
                site.step(),
                List.of(new Kernel("W", read, KernelLayout.of(4, 3, 1))),
                "b",
                null,
                site.positions(axis)));
    site.finish(axis, activation.getActivationFunction(), false);
  }
}
