package io.github.dl4jbnfold.examples.command.model;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.file.NetworkFile;
import io.github.dl4jbnfold.file.NetworkFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.nd4j.autodiff.samediff.SameDiff;

/** A model read from a file whose kind its content decides, not its name. */
public final class ModelFile {
  private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] EMPTY_ZIP = {'P', 'K', 5, 6};
  private static final int HEAD = 8;

  private ModelFile() {}

  /** What a file is, by its first bytes. */
  public enum Kind {
    SAMEDIFF("fb"),
    LAYERS("zip"),
    KERAS("zip");

    private final String extension;

    Kind(String extension) {
      this.extension = extension;
    }
  }

  /**
   * Reads a network.
   *
   * @throws CommandFailure if the file is something else, or damaged
   */
  public static LoadedModel read(Path path) {
    return switch (check(path)) {
      case SAMEDIFF -> graph(path);
      case LAYERS -> new LayersModel(layers(path));
      case KERAS -> new LayersModel(KerasFile.read(path));
    };
  }

  /**
   * Reads a network of layers.
   *
   * @throws CommandFailure if the file is something else, or damaged
   */
  public static NetworkFile network(Path path) {
    return switch (check(path)) {
      case LAYERS -> layers(path);
      case KERAS -> KerasFile.read(path);
      case SAMEDIFF ->
          throw CommandFailure.usage(
              "%s: this is no network of Deeplearning4j or Keras. Give a .zip or a .h5 file."
                  .formatted(path));
    };
  }

  private static NetworkFile layers(Path path) {
    try {
      return NetworkFile.read(path);
    } catch (NetworkFileException e) {
      throw CommandFailure.usage(
          "%s: %s. Maybe copy it again, or write it with ModelSerializer."
              .formatted(path, e.getMessage()),
          e);
    } catch (IOException e) {
      throw unreadable(path, e);
    } catch (OutOfMemoryError e) {
      throw CommandFailure.usage(
          "%s: the network does not fit into memory. Give Java more (-Xmx, -Dorg.bytedeco.javacpp.maxbytes)."
              .formatted(path),
          e);
    }
  }

  private static LoadedModel graph(Path path) {
    byte[] content = content(path);
    FlatGraphCheck check = FlatGraphCheck.of(content);
    if (!check.isGraph()) {
      throw CommandFailure.usage(
          "%s: this is not a SameDiff graph, or it is truncated or damaged (%s). Maybe copy it again, or write it with SameDiff.save."
              .formatted(path, check.complaint()));
    }
    return new GraphModel(load(path, content), check.hasUpdaterState());
  }

  /**
   * Demands an existing file, and says what it begins like.
   *
   * @throws CommandFailure if there is none
   */
  public static Kind check(Path path) {
    if (!Files.exists(path)) {
      throw CommandFailure.usage("%s: there is no such file. Check the path.".formatted(path));
    }
    if (Files.isDirectory(path)) {
      throw CommandFailure.usage(
          "%s: this is a directory. Name the model file in it.".formatted(path));
    }
    byte[] head = head(path);
    if (head.length == 0) {
      throw CommandFailure.usage(
          "%s: the file is empty. Maybe copy or write it again.".formatted(path));
    }
    if (startsWith(head, ZIP) || startsWith(head, EMPTY_ZIP)) {
      return Kind.LAYERS;
    }
    return startsWith(head, HDF5) ? Kind.KERAS : Kind.SAMEDIFF;
  }

  private static byte[] head(Path path) {
    try (var stream = Files.newInputStream(path)) {
      return stream.readNBytes(HEAD);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static byte[] content(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (OutOfMemoryError e) {
      throw CommandFailure.usage(
          "%s: the file does not fit into memory. Give Java more (-Xmx), as far as 2 GB a file."
              .formatted(path),
          e);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static SameDiff load(Path path, byte[] content) {
    try {
      return SameDiff.fromFlatBuffers(ByteBuffer.wrap(content), false);
    } catch (OutOfMemoryError e) {
      throw CommandFailure.usage(
          "%s: the network does not fit into memory. Give Java more (-Xmx, -Dorg.bytedeco.javacpp.maxbytes)."
              .formatted(path),
          e);
    } catch (IOException | RuntimeException e) {
      throw CommandFailure.usage(
          "%s: SameDiff cannot load this graph (%s). Maybe it is damaged, or another version of SameDiff wrote it."
              .formatted(path, firstLine(e)),
          e);
    }
  }

  private static CommandFailure unreadable(Path path, IOException e) {
    if (e instanceof NoSuchFileException) {
      return CommandFailure.usage("%s: there is no such file. Check the path.".formatted(path), e);
    }
    if (e instanceof AccessDeniedException) {
      return CommandFailure.usage(
          "%s: you may not read this file. Change its permissions.".formatted(path), e);
    }
    return CommandFailure.usage(
        "%s: it cannot be read (%s). Maybe copy it to another disk.".formatted(path, firstLine(e)),
        e);
  }

  private static boolean startsWith(byte[] head, byte[] signature) {
    return head.length >= signature.length
        && Arrays.equals(head, 0, signature.length, signature, 0, signature.length);
  }

  private static String firstLine(Exception failure) {
    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    return message.lines().findFirst().orElse("").strip();
  }

  /** The path beside the model where its twin goes by default. */
  public static Path twin(Path model, String what, Kind kind) {
    return model.resolveSibling(stem(model) + "-" + what + "." + kind.extension);
  }

  /** The name of what is made of a model, in another directory: that of the model. */
  public static String named(Path model) {
    String name = String.valueOf(model.getFileName());
    boolean keras = name.toLowerCase(Locale.ROOT).matches(".*\\.(h5|hdf5|keras)");
    return keras ? stem(model) + "." + Kind.KERAS.extension : name;
  }

  private static String stem(Path model) {
    String name = String.valueOf(model.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
