/** Known networks as SameDiff graphs, at published depth and width, with random parameters. */
@NullMarked
package io.github.dl4jbnfold.examples.benchmark.network;

import org.jspecify.annotations.NullMarked;
