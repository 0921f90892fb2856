package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.network.structure.LayerNetwork;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/**
 * The batch normalization without which a network of layers would not do with its input what it
 * does. Layers such as activations answer with the array that they read, or a view of it. That may
 * be the input of the network for the first layer, unless it writes into it: that array belongs to
 * the user. A second layer or preprocessor that answers with it throws: "array is defined in
 * incorrect workspace". A batch normalization writes a new array.
 */
public final class NeededCopies {
  private NeededCopies() {}

  /**
   * The name of a batch normalization that must stay.
   *
   * @param removed names of the batch normalizations that are to go
   * @param clamped names of the activations that become clamps, which write a new array
   * @return empty if none of these must stay
   */
  public static Optional<String> among(
      SourceNetwork network, Set<String> removed, Set<String> clamped) {
    if (!(network instanceof LayerNetwork)) {
      return Optional.empty(); // A graph does not check.
    }
    Optional<String> last = Optional.empty();
    boolean first = true;
    for (Step step : network.structure().steps()) {
      boolean goes = removed.contains(step.name());
      boolean plain = !goes && !clamped.contains(step.name());
      // Behind others, a preprocessor is what copies, and it stays.
      last = goes && (first || step.preprocessor() == null) ? Optional.of(step.name()) : last;
      if (goes && step.preprocessor() == null) {
        continue;
      }
      // What goes and has a preprocessor becomes an activation.
      boolean shares = goes || (plain && sharesItsInput(step.layer()));
      if (!first && (shares || step.preprocessor() != null)) {
        return last;
      } else if (plain && last.isPresent() && overwritesItsInput(step.layer())) {
        return last;
      } else if (!shares) {
        return Optional.empty();
      }
      first = false;
    }
    return Optional.empty();
  }

  private static boolean overwritesItsInput(@Nullable Layer layer) {
    return layer instanceof PReLULayer
        || (layer instanceof ActivationLayer activation
            && !(activation.getActivationFn() instanceof ActivationIdentity));
  }

  private static boolean sharesItsInput(@Nullable Layer layer) {
    return layer instanceof ActivationLayer
        || layer instanceof Cropping2D
        || layer instanceof Cropping3D
        || layer instanceof DropoutLayer
        || layer instanceof MaskLayer
        || layer instanceof PReLULayer;
  }
}
