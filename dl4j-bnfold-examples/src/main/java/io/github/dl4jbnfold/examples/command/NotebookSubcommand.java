package io.github.dl4jbnfold.examples.command;

import io.github.dl4jbnfold.examples.notebook.NotebookException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the subcommands of {@code bnfold notebook} have in common. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = BnfoldCommand.Version.class,
    sortOptions = false)
abstract class NotebookSubcommand implements Callable<Integer> {
  @SuppressWarnings("NullAway.Init") // picocli sets it
  @Spec
  private CommandSpec spec;

  @Option(
      names = "--verbose",
      description = "Show ND4J's log, and where a failure came from, on standard error.")
  private boolean verbose;

  @Override
  public Integer call() {
    if (verbose) {
      // Read when ND4J's first class is loaded, which is later.
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "info");
    }
    try {
      run();
    } catch (NotebookException e) {
      throw shown(CommandFailure.refused(String.valueOf(e.getMessage()), e));
    } catch (RuntimeException e) {
      throw shown(e);
    }
    out().flush();
    return 0;
  }

  /** Does the job; failures are exceptions. */
  abstract void run();

  final CommandSpec spec() {
    return spec;
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  final Progress progress() {
    return Progress.on(spec.commandLine().getErr());
  }

  /** Lets ND4J work without a word on standard output. */
  final <T> T quietly(Supplier<T> work) {
    BnfoldCommand bnfold = (BnfoldCommand) spec.root().userObject();
    return QuietOutput.during(bnfold.ownsProcess(), verbose, work);
  }

  private RuntimeException shown(RuntimeException failure) {
    if (verbose) {
      failure.printStackTrace(spec.commandLine().getErr());
    }
    return failure;
  }
}
