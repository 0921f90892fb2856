package io.github.dl4jbnfold.examples.notebook;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The Jupyter that is installed on this machine, if one is. */
public final class Jupyter {
  private static final List<String> PROGRAMS = List.of("jupyter-lab", "jupyter-notebook");
  private static final List<String> ENDINGS = List.of("", ".exe", ".cmd");

  private Jupyter() {}

  /**
   * The program that opens notebooks: JupyterLab, or else the older Notebook.
   *
   * @param path the search path of the environment, or null if there is none
   */
  public static Optional<Path> find(@Nullable String path) {
    List<Path> folders =
        path == null
            ? List.of()
            : Stream.of(path.split(File.pathSeparator, -1))
                .filter(folder -> !folder.isBlank())
                .map(Path::of)
                .toList();
    return PROGRAMS.stream()
        .flatMap(program -> ENDINGS.stream().map(ending -> program + ending))
        .flatMap(file -> folders.stream().map(folder -> folder.resolve(file)))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /**
   * Runs it until its user ends it.
   *
   * @param argument a notebook or a folder, or null for the working directory
   * @return its exit code
   */
  public static int run(Path program, @Nullable Path argument) {
    List<String> line = new ArrayList<>(List.of(program.toString()));
    if (argument != null) {
      line.add(argument.toString());
    }
    try {
      return new ProcessBuilder(line).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new NotebookException("%s: it does not start (%s).".formatted(program, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotebookException("%s: it was interrupted.".formatted(program), e);
    }
  }
}
