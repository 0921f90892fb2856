package io.github.dl4jbnfold.file;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.deeplearning4j.util.ModelSerializer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The entries of the zip file of a network, none of them larger than it may be. */
final class NetworkEntries implements AutoCloseable {
  private static final int MOST_ENTRIES = 1000;
  private static final long LARGEST_CONFIGURATION = 64L << 20;
  private static final long LARGEST_OTHER = 64L << 20;

  private static final int BUFFER = 1 << 16;

  /**
   * The state of an updater as a Java object, of DL4J before 0.5; ModelSerializer ignores it, too.
   */
  private static final String OLD_UPDATER = "updater.bin";

  /** Entries that the network itself is; all others only travel with it. */
  private static final Set<String> NETWORK =
      Set.of(
          ModelSerializer.CONFIGURATION_JSON,
          ModelSerializer.COEFFICIENTS_BIN,
          ModelSerializer.NO_PARAMS_MARKER,
          ModelSerializer.UPDATER_BIN,
          OLD_UPDATER);

  private final ZipFile zip;

  private NetworkEntries(ZipFile zip) {
    this.zip = zip;
  }

  /**
   * Opens a file.
   *
   * @throws NetworkFileException if it is not the zip file of a network
   */
  static NetworkEntries open(Path path) throws IOException {
    ZipFile zip;
    try {
      zip = new ZipFile(path.toFile());
    } catch (ZipException | IllegalArgumentException e) {
      throw new NetworkFileException("it is a damaged or truncated zip file", e);
    }
    NetworkEntries entries = new NetworkEntries(zip);
    try {
      entries.checkNames();
    } catch (NetworkFileException e) {
      zip.close();
      throw e;
    }
    return entries;
  }

  private void checkNames() throws NetworkFileException {
    if (zip.getEntry(ModelSerializer.CONFIGURATION_JSON) == null
        || (zip.getEntry(ModelSerializer.COEFFICIENTS_BIN) == null
            && zip.getEntry(ModelSerializer.NO_PARAMS_MARKER) == null)) {
      throw new NetworkFileException("it is a zip file of something else, not a network");
    }
    if (zip.size() > MOST_ENTRIES) {
      throw new NetworkFileException(
          "it has %d entries, more than a network has".formatted(zip.size()));
    }
    Enumeration<? extends ZipEntry> entries = zip.entries();
    while (entries.hasMoreElements()) {
      String name = entries.nextElement().getName();
      boolean leaves = name.startsWith("/") || name.contains("..") || name.contains("\\");
      if (leaves || name.contains(":")) {
        throw new NetworkFileException(
            "its entry '%s' would leave the folder it is unpacked to".formatted(name));
      }
    }
  }

  String configuration() throws IOException {
    byte[] json = bytes(ModelSerializer.CONFIGURATION_JSON, LARGEST_CONFIGURATION);
    return new String(json, StandardCharsets.UTF_8);
  }

  boolean hasUpdater() {
    return zip.getEntry(ModelSerializer.UPDATER_BIN) != null;
  }

  /**
   * The parameters; null if there are none.
   *
   * @param elements how many the configuration needs
   */
  @Nullable INDArray parameters(long elements) throws IOException {
    return elements == 0 ? null : array(ModelSerializer.COEFFICIENTS_BIN, elements);
  }

  /**
   * The state of the updater; null if there is none.
   *
   * @param most how many elements it may have
   */
  @Nullable INDArray updater(long most) throws IOException {
    return hasUpdater() ? array(ModelSerializer.UPDATER_BIN, most) : null;
  }

  private INDArray array(String name, long most) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new NetworkFileException("it has no parameters");
    }
    // No more is read than the header says, and that no more than the network needs.
    try (DataInputStream data = data(entry)) {
      ArrayHeader.check(data, most, name);
    } catch (EOFException | ZipException e) {
      throw new NetworkFileException("its entry '%s' is truncated or damaged".formatted(name), e);
    }
    try (DataInputStream data = data(entry)) {
      return Nd4j.read(data);
    } catch (RuntimeException e) {
      throw new NetworkFileException("its entry '%s' is truncated or damaged".formatted(name), e);
    }
  }

  private DataInputStream data(ZipEntry entry) throws IOException {
    return new DataInputStream(new BufferedInputStream(zip.getInputStream(entry), BUFFER));
  }

  /** What travels with the network (a normalizer, objects), by name, as it is. */
  Map<String, byte[]> others() throws IOException {
    Map<String, byte[]> others = new LinkedHashMap<>();
    Enumeration<? extends ZipEntry> entries = zip.entries();
    while (entries.hasMoreElements()) {
      ZipEntry entry = entries.nextElement();
      if (!NETWORK.contains(entry.getName()) && !entry.isDirectory()) {
        others.put(entry.getName(), bytes(entry.getName(), LARGEST_OTHER));
      }
    }
    return others;
  }

  private byte[] bytes(String name, long most) throws IOException {
    try (InputStream stream = zip.getInputStream(zip.getEntry(name))) {
      byte[] bytes = stream.readNBytes(Math.toIntExact(most + 1));
      if (bytes.length > most) {
        throw tooLarge(name);
      }
      return bytes;
    } catch (ZipException e) {
      throw new NetworkFileException("its entry '%s' is damaged".formatted(name), e);
    }
  }

  private static NetworkFileException tooLarge(String name) {
    return new NetworkFileException(
        "its entry '%s' is larger than its network needs".formatted(name));
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
