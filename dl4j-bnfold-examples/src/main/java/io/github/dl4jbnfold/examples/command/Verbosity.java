package io.github.dl4jbnfold.examples.command;

import picocli.CommandLine.Option;

/** The option that every subcommand has: how much to say when something fails. */
final class Verbosity {
  @Option(
      names = "--verbose",
      description = "Show ND4J's log, and where a failure came from, on standard error.")
  private boolean verbose;

  /** A subcommand with this option. */
  interface Aware {
    boolean isVerbose();
  }

  boolean isVerbose() {
    return verbose;
  }

  /** Must run before the first class of ND4J is loaded. */
  void apply() {
    if (verbose) {
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "info");
    }
  }
}
