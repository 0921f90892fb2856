/**
 * Layer folding of SameDiff graphs, in place: gates in, training with the penalty, runs found,
 * padding moved, linear runs merged, and the result compared with what it was.
 */
@NullMarked
package io.github.dl4jbnfold.linearize.samediff;

import org.jspecify.annotations.NullMarked;
