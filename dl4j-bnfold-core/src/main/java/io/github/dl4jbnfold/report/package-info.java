/**
 * The outcome of a fold as data, and as text, Markdown and JSON. The names of the JSON fields are
 * stable: scripts may rely on them.
 */
@NullMarked
package io.github.dl4jbnfold.report;

import org.jspecify.annotations.NullMarked;
