package io.github.dl4jbnfold.examples.notebook;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where Jupyter keeps the data of a user (<a
 * href="https://docs.jupyter.org/en/latest/use/jupyter-directories.html">its rules</a>).
 */
final class JupyterFolders {
  private JupyterFolders() {}

  /**
   * The data directory of a user.
   *
   * @param environment the variables of the environment
   * @param system the name of the operating system, as Java tells it
   * @param home the user's home directory
   */
  static Path data(Map<String, String> environment, String system, Path home) {
    Path named = path(environment.get("JUPYTER_DATA_DIR"));
    if (named != null) {
      return named;
    }
    String lower = system.toLowerCase(Locale.ROOT);
    if (lower.startsWith("mac")) {
      return home.resolve("Library").resolve("Jupyter");
    }
    if (lower.startsWith("windows")) {
      Path roaming = path(environment.get("APPDATA"));
      return roaming == null
          ? home.resolve(".jupyter").resolve("data")
          : roaming.resolve("jupyter");
    }
    Path data = path(environment.get("XDG_DATA_HOME"));
    return (data == null ? home.resolve(".local").resolve("share") : data).resolve("jupyter");
  }

  private static @Nullable Path path(@Nullable String value) {
    return value == null || value.isBlank() ? null : Path.of(value);
  }
}
