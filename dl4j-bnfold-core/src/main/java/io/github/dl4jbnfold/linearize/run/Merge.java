package io.github.dl4jbnfold.linearize.run;

import io.github.dl4jbnfold.linearize.merge.Form;

/**
 * A piece of a network that becomes one convolution.
 *
 * @param piece its activations are linear
 * @param form of the convolution
 */
public record Merge(Run piece, Form form) {}
