/**
 * What operators cost on this machine: measured once, remembered in a file. Independent of the rest
 * of the project, so that whoever weighs one rewriting against another may ask.
 */
@NullMarked
package io.github.dl4jbnfold.cost;

import org.jspecify.annotations.NullMarked;
