package io.github.dl4jbnfold.cost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of this user where tables lie unless somebody names another place: one file for each
 * machine and setting.
 */
public final class CostFolder {
  /** System property that names another folder. */
  public static final String PROPERTY = "dl4j-bnfold.cache";

  private static final String NAME = "dl4j-bnfold";
  private static final String PREFIX = "costs-";
  private static final String SUFFIX = ".json";

  private CostFolder() {}

  /** {@return the folder, which need not exist} */
  public static Path path() {
    String named = System.getProperty(PROPERTY);
    return named != null && !named.isBlank()
        ? Path.of(named)
        : path(
            System.getenv(),
            System.getProperty("os.name", ""),
            Path.of(System.getProperty("user.home", ".")));
  }

  /** Where the system keeps what may be lost. A relative XDG_CACHE_HOME is to be ignored. */
  static Path path(Map<String, String> environment, String system, Path home) {
    String xdg = environment.get("XDG_CACHE_HOME");
    if (xdg != null && Path.of(xdg).isAbsolute()) {
      return Path.of(xdg, NAME);
    }
    String lower = system.toLowerCase(Locale.ROOT);
    if (lower.startsWith("windows")) {
      @Nullable String local = environment.get("LOCALAPPDATA");
      return (local == null ? home.resolve("AppData").resolve("Local") : Path.of(local))
          .resolve(NAME);
    }
    return lower.startsWith("mac")
        ? home.resolve("Library").resolve("Caches").resolve(NAME)
        : home.resolve(".cache").resolve(NAME);
  }

  /**
   * The file for this machine in the folder.
   *
   * @param machine whose costs are meant
   * @return its path, whether it is there or not
   */
  public static Path file(Machine machine) {
    return path().resolve(PREFIX + machine.slug() + SUFFIX);
  }

  /**
   * The files that lie in the folder, readable or not.
   *
   * @return by name; none if there is no folder
   * @throws IOException if the folder cannot be read
   */
  public static List<Path> files() throws IOException {
    if (!Files.isDirectory(path())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(path())) {
      return files.filter(CostFolder::isCostFile).sorted().toList();
    }
  }

  private static boolean isCostFile(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith(PREFIX) && name.endsWith(SUFFIX) && Files.isRegularFile(file);
  }
}
