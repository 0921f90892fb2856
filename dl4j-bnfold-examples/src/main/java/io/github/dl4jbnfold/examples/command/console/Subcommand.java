package io.github.dl4jbnfold.examples.command.console;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the subcommands have in common. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Program.Version.class,
    sortOptions = false)
public abstract class Subcommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  private CommandSpec spec;

  @Option(
      names = "--verbose",
      description = "Show ND4J's log, and where a failure came from, on standard error.")
  private boolean verbose;

  private boolean showsProgress;

  /** Whether the failure's place is wanted, too. */
  public boolean isVerbose() {
    return verbose;
  }

  @Override
  public Integer call() {
    if (verbose) {
      // Read when ND4J's first class is loaded, which is later.
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "info");
    }
    // Before standard output is redirected.
    showsProgress = program().ownsProcess() && Progress.isSeen();
    run();
    out().flush();
    return 0;
  }

  /** Does the job; failures are exceptions. */
  protected abstract void run();

  protected final CommandSpec spec() {
    return spec;
  }

  protected final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  protected final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** Prints a report for people, in colours where they are wanted. */
  protected final void print(String text) {
    out().print(Highlights.of(text, spec.commandLine().getColorScheme().ansi()));
  }

  /** Prints a failure that does not end the job. */
  protected final void complain(String message) {
    err().println("bnfold: " + message);
  }

  protected final Progress progress() {
    return Progress.on(err(), showsProgress);
  }

  /** Lets ND4J work without a word on standard output. */
  protected final <T> T quietly(Supplier<T> work) {
    return QuietOutput.during(program().ownsProcess(), verbose, work);
  }

  private Program program() {
    return (Program) spec.root().userObject();
  }
}
