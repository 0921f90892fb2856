/**
 * Linear layers from examples of what they read and are to write: the rows of a linear regression,
 * and its solution. It knows arrays and forms of convolutions, and no network.
 */
@NullMarked
package io.github.dl4jbnfold.linearize.regression;

import org.jspecify.annotations.NullMarked;
