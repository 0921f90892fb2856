/** Models in the files that people have, whatever kind they are. */
@NullMarked
package io.github.dl4jbnfold.examples.command.model;

import org.jspecify.annotations.NullMarked;
