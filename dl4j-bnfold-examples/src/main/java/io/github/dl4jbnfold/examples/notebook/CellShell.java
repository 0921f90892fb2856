package io.github.dl4jbnfold.examples.notebook;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Diag;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.JShellException;
import jdk.jshell.Snippet;
import jdk.jshell.Snippet.SubKind;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.UnresolvedReferenceException;
import jdk.jshell.execution.DirectExecutionControl;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import org.jspecify.annotations.Nullable;

/**
 * Runs Java cells one after the other in this process, in the thread that calls, with the class
 * path of the running program. Cells see what earlier ones declared, and what Jupyter's kernel
 * imports.
 */
final class CellShell implements AutoCloseable {
  /** What the kernel has imported when a notebook starts. */
  private static final List<String> IMPORTS =
      List.of(
          "java.io",
          "java.math",
          "java.net",
          "java.util",
          "java.util.concurrent",
          "java.util.prefs",
          "java.util.regex");

  private final Values values = new Values();
  private final JShell shell;

  CellShell() {
    shell = JShell.builder().executionEngine(values, Map.of()).build();
    shell.addToClasspath(System.getProperty("java.class.path"));
    IMPORTS.forEach(name -> shell.eval("import " + name + ".*;"));
  }

  /** Whether this Java can run cells: a runtime without its compiler cannot. */
  static boolean isThere() {
    return ModuleLayer.boot().findModule("jdk.jshell").isPresent();
  }

  /**
   * Runs a cell.
   *
   * @return the value of the expression at its end, or null if there is none
   * @throws CellFailure if it does not compile, or throws
   */
  @Nullable Object run(String cell) throws CellFailure {
    if (cell.stripLeading().startsWith("%")) {
      throw new CellFailure(
          lineAt(cell, cell.length() - cell.stripLeading().length()),
          "is a command of Jupyter's kernel, and only Java runs here. Maybe open the notebook in"
              + " Jupyter.");
    }
    SourceCodeAnalysis analysis = shell.sourceCodeAnalysis();
    Object value = null;
    String rest = cell.stripLeading();
    while (!rest.isEmpty()) {
      SourceCodeAnalysis.CompletionInfo next = analysis.analyzeCompletion(rest);
      int line = lineAt(cell, cell.length() - rest.length());
      if (next.completeness() == Completeness.EMPTY) {
        break;
      }
      if (next.source() == null || next.completeness() == Completeness.DEFINITELY_INCOMPLETE) {
        // Not always cut off: a lost bracket somewhere makes all the rest one snippet.
        throw new CellFailure(
            line, "does not compile: it ends before a statement that begins here does.");
      }
      value = runSnippet(next.source(), line);
      rest = next.remaining().stripLeading();
    }
    return value;
  }

  @Override
  public void close() {
    shell.close();
  }

  private @Nullable Object runSnippet(String source, int line) throws CellFailure {
    values.last.set(null);
    Object value = null;
    for (SnippetEvent event : shell.eval(source)) {
      if (event.causeSnippet() == null) {
        check(event, source, line);
        value = hasValue(event.snippet()) ? values.last.get() : null;
      }
    }
    return value;
  }

  private void check(SnippetEvent event, String source, int line) throws CellFailure {
    if (!event.status().isDefined()) {
      throw notCompiled(event.snippet(), source, line);
    }
    JShellException exception = event.exception();
    if (exception != null) {
      throw thrown(exception, event.snippet(), line);
    }
  }

  private CellFailure notCompiled(Snippet snippet, String source, int line) {
    Diag error = shell.diagnostics(snippet).filter(Diag::isError).findFirst().orElse(null);
    if (error == null) {
      return new CellFailure(line, "does not compile.");
    }
    int position = (int) Math.max(0, Math.min(error.getStartPosition(), source.length()));
    return new CellFailure(
        line + lineAt(source, position) - 1, "does not compile: " + error.getMessage(Locale.ROOT));
  }

  private CellFailure thrown(JShellException exception, Snippet snippet, int line) {
    String place = "#" + snippet.id();
    int within = 1;
    for (StackTraceElement frame : exception.getStackTrace()) {
      if (place.equals(frame.getFileName()) && frame.getLineNumber() > 0) {
        within = frame.getLineNumber();
        break;
      }
    }
    return new CellFailure(
        line + within - 1,
        exception instanceof UnresolvedReferenceException reference
            ? "calls " + unresolved(reference.getSnippet())
            : "threw " + told(exception));
  }

  private static String told(JShellException exception) {
    String name =
        exception instanceof EvalException eval
            ? eval.getExceptionClassName()
            : exception.getClass().getName();
    return exception.getMessage() == null ? name + "." : name + ": " + exception.getMessage();
  }

  /** A declaration may name what comes later; here it was used before that came. */
  private String unresolved(DeclarationSnippet declaration) {
    return "'%s', which names what no cell has declared or imported: %s."
        .formatted(
            declaration.name(),
            shell.unresolvedDependencies(declaration).collect(Collectors.joining(", ")));
  }

  private static boolean hasValue(Snippet snippet) {
    SubKind kind = snippet.subKind();
    return kind == SubKind.VAR_VALUE_SUBKIND
        || kind == SubKind.OTHER_EXPRESSION_SUBKIND
        || kind == SubKind.TEMP_VAR_EXPRESSION_SUBKIND;
  }

  private static int lineAt(String text, int position) {
    return 1 + (int) text.substring(0, position).chars().filter(c -> c == '\n').count();
  }

  /** Keeps the objects that JShell would tell of as text only. */
  private static final class Values extends DirectExecutionControl
      implements ExecutionControlProvider {
    private final AtomicReference<@Nullable Object> last = new AtomicReference<>();

    @Override
    protected String invoke(Method method) throws Exception {
      last.set(method.invoke(null));
      return "";
    }

    @Override
    public String name() {
      return "notebook";
    }

    @Override
    public ExecutionControl generate(ExecutionEnv environment, Map<String, String> parameters) {
      return this;
    }
  }
}
