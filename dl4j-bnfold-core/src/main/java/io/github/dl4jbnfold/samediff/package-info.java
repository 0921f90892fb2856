/**
 * Folding of SameDiff graphs: probe, read, plan, rewrite, check; and the adapter to DL4J's own
 * graph optimizer.
 */
@NullMarked
package io.github.dl4jbnfold.samediff;

import org.jspecify.annotations.NullMarked;
