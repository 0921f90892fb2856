/**
 * The parts of a network that may lose depth: runs of linear steps and of activations that may
 * become linear, residual connections included, and which of them are worth merging. It knows no
 * framework's network; front ends translate theirs into {@link
 * io.github.dl4jbnfold.linearize.run.Node}s.
 */
@NullMarked
package io.github.dl4jbnfold.linearize.run;

import org.jspecify.annotations.NullMarked;
