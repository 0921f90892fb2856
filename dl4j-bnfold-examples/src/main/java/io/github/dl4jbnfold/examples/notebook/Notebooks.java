package io.github.dl4jbnfold.examples.notebook;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** The notebooks that ship with the command, as resources of its jar. */
public final class Notebooks {
  /** What the file of a notebook ends with. */
  public static final String SUFFIX = ".ipynb";

  private static final List<String> NAMES =
      List.of(
          "01-fold-a-samediff-graph",
          "02-fold-a-trained-dl4j-network",
          "03-why-did-this-one-stay",
          "04-layer-folding",
          "05-import-keras-fold-deploy");

  private Notebooks() {}

  /** Their names, in the order in which to read them. */
  public static List<String> names() {
    return NAMES;
  }

  /** The name that is meant by a name, with or without suffix, or by its number. */
  public static Optional<String> find(String name) {
    String stem = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    return NAMES.stream()
        .filter(known -> known.equals(stem) || known.startsWith(stem + "-"))
        .findFirst();
  }

  /** One of them. */
  public static Notebook read(String name) {
    return Notebook.read(name + SUFFIX, bytes(name));
  }

  /** The file of one of them. */
  public static byte[] bytes(String name) {
    try (InputStream stream = Notebooks.class.getResourceAsStream(name + SUFFIX)) {
      if (stream == null) {
        throw new IllegalStateException("The resource " + name + SUFFIX + " is missing.");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
