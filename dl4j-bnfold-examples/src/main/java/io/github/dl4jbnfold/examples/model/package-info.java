/** A small trained network that ships with the module, the images it knows, and its training. */
@NullMarked
package io.github.dl4jbnfold.examples.model;

import org.jspecify.annotations.NullMarked;
