/**
 * The drawing of a network: what is drawn is a record, where it is drawn is computed here, and each
 * format has a class that writes it. There is no library for the layout: Eclipse's ELK brings 8 MB
 * of EMF and Guava, JGraphX is no longer maintained, those in JavaScript need a browser, and
 * networks are chains with short detours, for which a few hundred lines do.
 */
@NullMarked
package io.github.dl4jbnfold.examples.drawing;

import org.jspecify.annotations.NullMarked;
