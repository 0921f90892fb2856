package io.github.dl4jbnfold.examples.site;

import java.nio.file.Files;
import java.nio.file.Path;

/** The sources that these tests are part of. */
final class Repository {
  private Repository() {}

  /**
   * The root, from wherever in it the tests run.
   *
   * @throws IllegalStateException if the working directory is outside of it
   */
  static Path root() {
    Path here = Path.of("").toAbsolutePath();
    for (Path folder = here; folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("docs/theory.md"))
          && Files.isDirectory(folder.resolve("dl4j-bnfold-examples"))) {
        return folder;
      }
    }
    throw new IllegalStateException("There is no root of the repository above " + here + ".");
  }
}
