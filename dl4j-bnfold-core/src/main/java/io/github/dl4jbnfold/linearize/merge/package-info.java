/**
 * The algebra of linear layers: convolutions of any dimension, their composition, their sums, and
 * when merging two of them is wrong at a border. It knows arrays and no network.
 */
@NullMarked
package io.github.dl4jbnfold.linearize.merge;

import org.jspecify.annotations.NullMarked;
