/**
 * Charts as SVG, whose colours follow what the reader prefers, light or dark, and as PNG. They are
 * drawn by a few classes here: a library's SVG has its colours written into each line.
 */
@NullMarked
package io.github.dl4jbnfold.examples.chart;

import org.jspecify.annotations.NullMarked;
