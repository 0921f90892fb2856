/**
 * The graph visitor: a SameDiff graph to the project's own {@link
 * io.github.dl4jbnfold.graph.Graph}.
 *
 * <p>{@link io.github.dl4jbnfold.samediff.read.SameDiffReader} walks the operators in topological
 * order; one {@link io.github.dl4jbnfold.samediff.read.Translator} per family of operators states
 * what an operator is, and a {@link io.github.dl4jbnfold.samediff.read.Binding} remembers where its
 * parameters live. To support another SameDiff operator, add it to a translator, or add a
 * translator to {@link io.github.dl4jbnfold.samediff.read.Translators}.
 */
@NullMarked
package io.github.dl4jbnfold.samediff.read;

import org.jspecify.annotations.NullMarked;
