/**
 * A network as the solver sees it: tensors with a channel axis and a sealed family of operators.
 *
 * <p>Nothing here knows SameDiff, DL4J or ND4J. A front end translates its network into a {@link
 * io.github.dl4jbnfold.graph.Graph}; each {@link io.github.dl4jbnfold.graph.Operator} states, in
 * one place, what it demands of the gauges of its tensors (the table of {@code docs/operators.md}).
 * To add an operator, add a record here and let the front ends produce it.
 */
@NullMarked
package io.github.dl4jbnfold.graph;

import org.jspecify.annotations.NullMarked;
