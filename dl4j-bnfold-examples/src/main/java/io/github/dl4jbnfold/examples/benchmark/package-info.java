/** Measurements of folded networks and of the fold itself; each program says how to run it. */
@NullMarked
package io.github.dl4jbnfold.examples.benchmark;

import org.jspecify.annotations.NullMarked;
