package io.github.dl4jbnfold.linearize.train;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The content of a checkpoint: a zip with the state as JSON, the network as it writes itself, and
 * parameters that are kept.
 */
final class CheckpointFile {
  private static final int FORMAT = 1;
  private static final String STATE = "state.json";
  private static final String NETWORK = "network.zip";
  private static final String KIND = "network";
  private static final String KEPT = "kept.bin";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private CheckpointFile() {}

  static void write(
      OutputStream stream, TrainingState state, Trainee<?> network, @Nullable INDArray kept)
      throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(stream))) {
      ObjectNode json = MAPPER.createObjectNode().put("format", FORMAT);
      json.put(KIND, network.kind());
      json.set("state", MAPPER.valueToTree(state));
      zip.putNextEntry(new ZipEntry(STATE));
      zip.write(MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
      zip.putNextEntry(new ZipEntry(NETWORK));
      zip.setLevel(0); // Most of it is random, or a zip already.
      network.write(zip);
      if (kept != null) {
        zip.putNextEntry(new ZipEntry(KEPT));
        DataOutputStream data = new DataOutputStream(zip);
        Nd4j.write(kept, data);
        data.flush();
      }
    }
  }

  /**
   * Reads a checkpoint.
   *
   * @param like a network of the kind that it holds
   * @throws CheckpointException if it is none, or broken, or holds another kind
   */
  static <M> Checkpoint<M> read(Path file, Trainee<M> like) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      JsonNode json = MAPPER.readTree(bytes(zip, STATE, file));
      if (json.path("format").asInt() != FORMAT) {
        throw new CheckpointException(
            "The checkpoint %s has the format %s, and only %d is known here."
                .formatted(file, json.path("format"), FORMAT));
      }
      TrainingState state = MAPPER.treeToValue(json.path("state"), TrainingState.class);
      String kind = json.path(KIND).asText();
      if (!kind.equals(like.kind())) {
        throw new CheckpointException(
            "The checkpoint %s has a %s, not a %s.".formatted(file, kind, like.kind()));
      }
      InputStream network = new ByteArrayInputStream(bytes(zip, NETWORK, file));
      return new Checkpoint<>(file, state, like.read(network), kept(zip));
    } catch (CheckpointException e) {
      throw e;
    } catch (ZipException | JacksonException | RuntimeException e) {
      throw broken(file, e);
    } catch (IOException e) {
      if (Files.isReadable(file)) {
        throw broken(file, e);
      }
      throw e;
    }
  }

  private static CheckpointException broken(Path file, Exception cause) {
    return new CheckpointException(
        ("The checkpoint %s is broken (%s). Maybe remove it: the training then goes on from the one"
                + " before it.")
            .formatted(file, String.valueOf(cause.getMessage()).lines().findFirst().orElse("")),
        cause);
  }

  private static byte[] bytes(ZipFile zip, String name, Path file) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw new CheckpointException(
          "The file %s is no checkpoint: there is no %s in it.".formatted(file, name));
    }
    try (InputStream stream = zip.getInputStream(entry)) {
      return stream.readAllBytes();
    }
  }

  private static @Nullable INDArray kept(ZipFile zip) throws IOException {
    ZipEntry entry = zip.getEntry(KEPT);
    if (entry == null) {
      return null;
    }
    try (DataInputStream stream = new DataInputStream(zip.getInputStream(entry))) {
      return Nd4j.read(stream);
    }
  }
}
