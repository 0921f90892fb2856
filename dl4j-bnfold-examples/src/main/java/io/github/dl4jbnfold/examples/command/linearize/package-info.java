/** {@code bnfold linearize}: options, data, the job and what a killed one leaves, its report. */
@NullMarked
package io.github.dl4jbnfold.examples.command.linearize;

import org.jspecify.annotations.NullMarked;
