package io.github.dl4jbnfold.examples.command;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.console.Subcommand;
import io.github.dl4jbnfold.examples.notebook.NotebookException;
import io.github.dl4jbnfold.verify.FoldingException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The {@code bnfold} command. Exit codes: 0 done; 1 refused or failed, nothing was written; 2 bad
 * usage or an unreadable model.
 */
public final class Main {
  private static final String[] DEMONSTRATION = {"demo"};

  private Main() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(run(new BnfoldCommand(true), System.out, System.err, arguments));
  }

  /**
   * Runs the command.
   *
   * @param out receives the report and nothing else
   * @param err receives failures and progress
   * @return the exit code
   */
  static int run(BnfoldCommand bnfold, PrintStream out, PrintStream err, String... arguments) {
    CommandLine command = new CommandLine(bnfold).setCaseInsensitiveEnumValuesAllowed(true);
    command.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
    command.setErr(new PrintWriter(err, true, StandardCharsets.UTF_8));
    command.setParameterExceptionHandler(Main::usageFailure);
    command.setExecutionExceptionHandler(Main::failure);
    try {
      int code = command.execute(arguments.length == 0 ? DEMONSTRATION : arguments);
      if (command.getOut().checkError() && code == 0) {
        err.println(
            "bnfold: Standard output cannot be written, and what was to be read there is lost."
                + " Maybe the disk is full, or its reader has gone.");
        return CommandFailure.REFUSED;
      }
      return code;
    } catch (OutOfMemoryError e) {
      err.println(
          "bnfold: The memory is not enough, and nothing was written. Give Java more (-Xmx,"
              + " -Dorg.bytedeco.javacpp.maxbytes).");
    } catch (StackOverflowError e) {
      err.println(
          "bnfold: The network is too deep for the stack, and nothing was written. Give Java more"
              + " (-Xss64m).");
    } catch (LinkageError e) {
      err.printf(
          "bnfold: ND4J does not start on this system (%s). Maybe its natives for this system are"
              + " missing.%n",
          oneLine(String.valueOf(e)));
    }
    return CommandFailure.REFUSED;
  }

  private static int usageFailure(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    String message = oneLine(String.valueOf(failure.getMessage()));
    command
        .getErr()
        .printf(
            "bnfold: %s See %s --help.%n",
            message.endsWith(".") ? message : message + ".",
            command.getCommandSpec().qualifiedName(" "));
    return CommandFailure.USAGE;
  }

  private static int failure(Exception failure, CommandLine command, ParseResult parsed) {
    String message =
        failure instanceof CommandFailure
                || failure instanceof FoldingException
                || failure instanceof NotebookException
            ? String.valueOf(failure.getMessage())
            : "Unexpected failure (%s). Maybe run it again with --verbose to see where."
                .formatted(failure);
    command.getErr().println("bnfold: " + oneLine(message));
    if (command.getCommand() instanceof Subcommand subcommand && subcommand.isVerbose()) {
      failure.printStackTrace(command.getErr());
    }
    return failure instanceof CommandFailure known ? known.exitCode() : CommandFailure.REFUSED;
  }

  private static String oneLine(String text) {
    return String.join(" ", text.lines().map(String::strip).toList());
  }
}
