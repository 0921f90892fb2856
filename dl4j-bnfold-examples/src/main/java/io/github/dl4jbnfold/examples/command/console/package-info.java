/**
 * What all subcommands share: failures that are one sentence, progress, files that appear whole.
 */
@NullMarked
package io.github.dl4jbnfold.examples.command.console;

import org.jspecify.annotations.NullMarked;
