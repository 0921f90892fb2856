/**
 * Layer folding of SameDiff graphs, in place: gates in, training with the penalty, runs found,
 * padding moved, linear runs merged, and the result compared with what it was; and what the trainer
 * of all phases has to know of a graph.
 */
@NullMarked
package io.github.dl4jbnfold.linearize.samediff;

import org.jspecify.annotations.NullMarked;
