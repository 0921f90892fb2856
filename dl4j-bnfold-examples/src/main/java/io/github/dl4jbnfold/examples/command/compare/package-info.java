/** The subcommands that compare models: {@code bnfold verify} and {@code bnfold bench}. */
@NullMarked
package io.github.dl4jbnfold.examples.command.compare;

import org.jspecify.annotations.NullMarked;
