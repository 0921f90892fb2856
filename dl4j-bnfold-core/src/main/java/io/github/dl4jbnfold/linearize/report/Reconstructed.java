package io.github.dl4jbnfold.linearize.report;

/**
 * A merged layer that was fitted to what the layers in it computed while their activations were not
 * linear.
 *
 * @param layer its name
 * @param unexplainedBefore the share of the variation of what they computed, on examples that were
 *     not used for the fit, that the layer did not explain as it was merged
 * @param unexplainedAfter the same for the fitted layer: not more
 */
public record Reconstructed(String layer, double unexplainedBefore, double unexplainedAfter) {}
