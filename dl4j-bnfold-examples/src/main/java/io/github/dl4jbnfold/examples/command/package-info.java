/** The command {@code bnfold}: where it starts, and the list of its subcommands. */
@NullMarked
package io.github.dl4jbnfold.examples.command;

import org.jspecify.annotations.NullMarked;
