/** The subcommands of {@code bnfold notebook}. */
@NullMarked
package io.github.dl4jbnfold.examples.command.notebook;

import org.jspecify.annotations.NullMarked;
