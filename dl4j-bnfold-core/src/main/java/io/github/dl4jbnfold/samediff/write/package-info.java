/**
 * The rewriter: carries out a {@link io.github.dl4jbnfold.plan.Plan} on a SameDiff graph, in place.
 *
 * <p>{@link io.github.dl4jbnfold.samediff.write.SameDiffRewriter} decides what to write, {@link
 * io.github.dl4jbnfold.samediff.write.GraphEditor} is the only class that touches SameDiff's
 * internal maps, and {@link io.github.dl4jbnfold.samediff.write.Snapshot} puts a graph back bit by
 * bit.
 */
@NullMarked
package io.github.dl4jbnfold.samediff.write;

import org.jspecify.annotations.NullMarked;
