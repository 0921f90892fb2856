/**
 * Carries out a plan on a network of DL4J: a new network of the same class, with its parameters
 * computed once and the state of its training carried over.
 */
@NullMarked
package io.github.dl4jbnfold.network.write;

import org.jspecify.annotations.NullMarked;
