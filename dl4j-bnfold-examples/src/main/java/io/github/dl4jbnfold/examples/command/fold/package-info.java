/**
 * The subcommands that fold: fold, inspect, report, demo; and costs, which shows what operators
 * cost.
 */
@NullMarked
package io.github.dl4jbnfold.examples.command.fold;

import org.jspecify.annotations.NullMarked;
