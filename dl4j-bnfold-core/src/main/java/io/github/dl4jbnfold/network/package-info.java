/**
 * Folding of DL4J's MultiLayerNetwork and ComputationGraph: probe, read, plan, build a new network,
 * check.
 */
@NullMarked
package io.github.dl4jbnfold.network;

import org.jspecify.annotations.NullMarked;
