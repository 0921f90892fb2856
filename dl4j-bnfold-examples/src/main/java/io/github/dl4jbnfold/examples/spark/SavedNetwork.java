package io.github.dl4jbnfold.examples.spark;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;

/**
 * A network in a file, read by DL4J itself: {@code NetworkFile} needs a newer Jackson than the one
 * that spark-submit puts before this module's.
 */
final class SavedNetwork {
  private SavedNetwork() {}

  /**
   * Reads a network that DL4J has saved.
   *
   * @throws JobFailure if it is none
   */
  static Model read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new JobFailure("%s: there is no such file. Check the path.".formatted(file));
    }
    try {
      return isGraph(file)
          ? ComputationGraph.load(file.toFile(), true)
          : MultiLayerNetwork.load(file.toFile(), true);
    } catch (IOException | RuntimeException e) {
      throw new JobFailure(
          "%s: DL4J does not read it as a network. Maybe write it again with ModelSerializer."
              .formatted(file),
          e);
    }
  }

  private static boolean isGraph(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry configuration = zip.getEntry(ModelSerializer.CONFIGURATION_JSON);
      if (configuration == null) {
        throw new IOException("There is no configuration.");
      }
      byte[] json = zip.getInputStream(configuration).readAllBytes();
      return new String(json, StandardCharsets.UTF_8).contains("\"vertexInputs\"");
    }
  }
}
