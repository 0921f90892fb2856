/**
 * Programs to copy from, one file each: where folding stands in the life of a network. {@code mvn
 * -q compile -Dprogram=NAME} runs one from the root of the project.
 */
@NullMarked
package io.github.dl4jbnfold.examples.program;

import org.jspecify.annotations.NullMarked;
