package io.github.dl4jbnfold.examples.command.model;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * The models that a user named: files, directories of them, globs that no shell has resolved.
 *
 * @param paths in the order given; those of a directory or a glob by name
 * @param several whether more than one was asked for, even if it is one that was found
 */
public record ModelFiles(List<Path> paths, boolean several) {
  private static final Set<String> EXTENSIONS = Set.of("fb", "zip", "h5", "hdf5", "keras");

  public ModelFiles {
    paths = List.copyOf(paths);
  }

  /**
   * Finds them.
   *
   * @throws CommandFailure if a directory or a glob holds none
   */
  public static ModelFiles of(List<String> names) {
    Set<Path> paths = new LinkedHashSet<>();
    boolean several = names.size() > 1;
    for (String name : names) {
      if (isGlob(name)) {
        paths.addAll(glob(name));
        several = true;
      } else if (Files.isDirectory(path(name))) {
        paths.addAll(directory(path(name)));
        several = true;
      } else {
        paths.add(path(name));
      }
    }
    return new ModelFiles(List.copyOf(paths), several);
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw CommandFailure.usage(
          "%s: this cannot be the name of a file (%s). Check the path."
              .formatted(name, e.getReason()),
          e);
    }
  }

  /** A file whose name looks like a glob is a file. */
  private static boolean isGlob(String name) {
    return name.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0) && !exists(name);
  }

  private static boolean exists(String name) {
    try {
      return Files.exists(Path.of(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static List<Path> directory(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> models = files.filter(ModelFiles::isNamedLikeAModel).sorted().toList();
      if (models.isEmpty()) {
        throw CommandFailure.usage(
            "%s: this directory holds no .fb, .zip or .h5 file. Name a model file, or another directory."
                .formatted(folder));
      }
      return models;
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static boolean isNamedLikeAModel(Path file) {
    String name = String.valueOf(file.getFileName());
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return Files.isRegularFile(file) && EXTENSIONS.contains(extension) && name.charAt(0) != '.';
  }

  private static List<Path> glob(String pattern) {
    String slashes = pattern.replace('\\', '/');
    int wildcard = firstWildcard(slashes);
    int folderEnd = slashes.lastIndexOf('/', wildcard);
    Path folder = path(folderEnd < 0 ? "" : slashes.substring(0, Math.max(1, folderEnd)));
    String rest = slashes.substring(folderEnd + 1);
    int depth =
        rest.contains("**")
            ? Integer.MAX_VALUE
            : (int) rest.chars().filter(c -> c == '/').count() + 1;
    PathMatcher matcher = matcher(pattern, rest);
    if (!Files.isDirectory(folder.toString().isEmpty() ? Path.of(".") : folder)) {
      throw nothingMatches(pattern);
    }
    try (Stream<Path> files = Files.walk(folder, depth)) {
      List<Path> models =
          files
              .filter(Files::isRegularFile)
              .filter(file -> matcher.matches(folder.relativize(file)))
              .sorted()
              .toList();
      if (models.isEmpty()) {
        throw nothingMatches(pattern);
      }
      return models;
    } catch (IOException e) {
      throw unreadable(folder, e);
    } catch (UncheckedIOException e) {
      throw unreadable(folder, e);
    }
  }

  private static int firstWildcard(String pattern) {
    for (int i = 0; i < pattern.length(); i++) {
      if ("*?[{".indexOf(pattern.charAt(i)) >= 0) {
        return i;
      }
    }
    return pattern.length();
  }

  private static PathMatcher matcher(String pattern, String glob) {
    try {
      return FileSystems.getDefault().getPathMatcher("glob:" + glob);
    } catch (PatternSyntaxException e) {
      throw CommandFailure.usage(
          "%s: there is no such file, and as a pattern it makes no sense (%s). Check the path."
              .formatted(pattern, e.getDescription()),
          e);
    }
  }

  private static CommandFailure nothingMatches(String pattern) {
    return CommandFailure.usage("%s: no file matches. Check the pattern.".formatted(pattern));
  }

  private static CommandFailure unreadable(Path folder, Exception e) {
    return CommandFailure.usage(
        "%s: this directory cannot be read (%s). Maybe change its permissions."
            .formatted(folder, e.getMessage()),
        e);
  }
}
