/** Two networks compared: times of runs in turns, and predictions. */
@NullMarked
package io.github.dl4jbnfold.examples.measure;

import org.jspecify.annotations.NullMarked;
