/**
 * The two network classes of DL4J seen alike: named steps that read each other, each a layer with
 * its preprocessor or a vertex. A network gives its structure, and a changed structure gives a new
 * network of the same class.
 */
@NullMarked
package io.github.dl4jbnfold.network.structure;

import org.jspecify.annotations.NullMarked;
