/**
 * Layers of Deeplearning4j that a network may need beside Deeplearning4j's own: clamps, maps and
 * paddings after a fold, gates before one. Each is a class of configurations and one that computes.
 * They use no other part of the library: on the class path they are all that loading such a network
 * takes.
 */
@NullMarked
package io.github.dl4jbnfold.layers;

import org.jspecify.annotations.NullMarked;
