package io.github.dl4jbnfold.examples.notebook;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs the Java cells of a notebook from top to bottom in this process, without Jupyter and without
 * Python, and collects their outputs.
 */
public final class NotebookRunner {
  private final Duration timeout;
  private final Listener listener;

  /**
   * Makes a runner.
   *
   * @param timeout how long each cell may take
   * @param listener hears of each cell before it runs
   */
  public NotebookRunner(Duration timeout, Listener listener) {
    this.timeout = timeout;
    this.listener = listener;
  }

  /** Hears how far a run is. */
  public interface Listener {
    /** Code cell {@code number} of {@code count} is about to run. */
    void runs(int number, int count);
  }

  /**
   * Runs a notebook. While it runs, the standard streams of the process belong to its cells.
   *
   * @return the notebook with its new outputs
   * @throws NotebookException if a cell does not compile, throws, or does not end in time
   */
  public Notebook run(Notebook notebook) {
    if (!CellShell.isThere()) {
      throw new NotebookException(
          "This Java cannot run notebooks, because it has no compiler. Take a JDK's.");
    }
    AtomicReference<@Nullable Thread> worker = new AtomicReference<>();
    ExecutorService thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread created = new Thread(task, "notebook");
              // A cell that does not end must not keep the program alive.
              created.setDaemon(true);
              worker.set(created);
              return created;
            });
    try (CellShell shell = new CellShell();
        CellOutput output = CellOutput.open()) {
      Run run = new Run(notebook, shell, output, thread);
      ExitGuard guard = new ExitGuard(worker::get, run::cell);
      try {
        return run.all();
      } finally {
        guard.release();
      }
    } finally {
      thread.shutdownNow();
    }
  }

  private final class Run {
    private final Notebook notebook;
    private final CellShell shell;
    private final CellOutput output;
    private final ExecutorService thread;
    private final AtomicInteger number = new AtomicInteger();

    Run(Notebook notebook, CellShell shell, CellOutput output, ExecutorService thread) {
      this.notebook = notebook;
      this.shell = shell;
      this.output = output;
      this.thread = thread;
    }

    Notebook all() {
      int count = (int) notebook.cells().stream().filter(Cell::isCode).count();
      List<List<Output>> outputs = new ArrayList<>();
      for (Cell cell : notebook.cells()) {
        if (cell.isCode()) {
          listener.runs(number.incrementAndGet(), count);
          outputs.add(one(cell));
        } else {
          outputs.add(List.of());
        }
      }
      return notebook.with(outputs);
    }

    private List<Output> one(Cell cell) {
      // What a value looks like is code of the cell, too.
      Output result =
          value(
              thread.submit(
                  () -> {
                    Object value = shell.run(cell.source());
                    return value == null ? null : CellOutput.result(value);
                  }));
      List<Output> all = output.take();
      if (result != null) {
        all.add(result);
      }
      return all;
    }

    private @Nullable Output value(Future<@Nullable Output> run) {
      try {
        return run.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        run.cancel(true);
        throw failure(
            "it did not end within %s. Maybe give it longer with --timeout."
                .formatted(seconds(timeout)),
            e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failure("it was interrupted.", e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof CellFailure failure) {
          throw new NotebookException(
              "%s, code cell %d, line %d: it %s"
                  .formatted(notebook.name(), number.get(), failure.line(), failure.getMessage()),
              e);
        }
        throw failure("it could not be run (%s).".formatted(e.getCause()), e);
      }
    }

    private NotebookException failure(String what, Exception cause) {
      return new NotebookException("%s: %s".formatted(cell(), what), cause);
    }

    /** The name of the one that runs. */
    private String cell() {
      return "%s, code cell %d".formatted(notebook.name(), number.get());
    }
  }

  private static String seconds(Duration time) {
    return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
  }
}
