/**
 * Layer folding of MultiLayerNetworks and ComputationGraphs: gates in, runs found, padding moved,
 * linear runs merged, and the result compared with what it was.
 */
@NullMarked
package io.github.dl4jbnfold.linearize.network;

import org.jspecify.annotations.NullMarked;
