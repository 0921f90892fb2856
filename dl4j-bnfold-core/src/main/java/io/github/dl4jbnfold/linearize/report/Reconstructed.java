package io.github.dl4jbnfold.linearize.report;

import java.util.List;

/**
 * How layers of a merged network were fitted to what the network wrote there while its activations
 * were not linear. All shares are those of examples that were not used for the fit.
 *
 * @param unexplainedBefore the share of the variation of the outputs of the network that it did not
 *     explain as it was merged
 * @param unexplainedAfter the same with fitted layers: not more, or they are as they were
 * @param layers the layers, in order; empty if nothing was changed
 */
public record Reconstructed(double unexplainedBefore, double unexplainedAfter, List<Layer> layers) {
  public Reconstructed {
    layers = List.copyOf(layers);
  }

  /**
   * A layer that was fitted.
   *
   * @param name of the layer
   * @param unexplainedBefore the share of the variation of what it is to write that it did not
   *     explain, on what it read when the layers before it were fitted
   * @param unexplainedAfter the same for the fitted layer: not more
   */
  public record Layer(String name, double unexplainedBefore, double unexplainedAfter) {}
}
