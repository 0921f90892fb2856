/** What layer folding did to a network, as data, as text and as JSON. */
@NullMarked
package io.github.dl4jbnfold.linearize.report;

import org.jspecify.annotations.NullMarked;
