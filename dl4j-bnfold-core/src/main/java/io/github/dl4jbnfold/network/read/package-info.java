/**
 * Translates a network of DL4J into a {@code graph}: an adapter for each family of layers, vertices
 * and preprocessors states what they are, and a binding remembers where their parameters live.
 */
@NullMarked
package io.github.dl4jbnfold.network.read;

import org.jspecify.annotations.NullMarked;
