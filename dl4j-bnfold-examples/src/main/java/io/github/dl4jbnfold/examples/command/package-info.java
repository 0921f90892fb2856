/** The command {@code bnfold}: one class for each subcommand, and the files they read and write. */
@NullMarked
package io.github.dl4jbnfold.examples.command;

import org.jspecify.annotations.NullMarked;
