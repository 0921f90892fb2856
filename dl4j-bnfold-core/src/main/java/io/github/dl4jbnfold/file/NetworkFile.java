package io.github.dl4jbnfold.file;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;

/**
 * A network as a file of DL4J's ModelSerializer, with what travels in the file besides: a
 * normalizer, objects. These are kept as they are; of the objects none is ever deserialized, and
 * the normalizer only if it is asked for. Only the state of an updater that is a Java object
 * (updater.bin, of DL4J's first versions) is left out.
 *
 * @param network a MultiLayerNetwork or a ComputationGraph
 * @param hasUpdater whether the file has the state of an updater, which the network then has, too
 * @param others the other entries of the file by name
 */
public record NetworkFile(Model network, boolean hasUpdater, Map<String, byte[]> others) {
  /** More slots of an updater than any has. */
  private static final long MOST_SLOTS = 4;

  /**
   * A file that may be written.
   *
   * @param network initialized
   * @param hasUpdater whether the state of its updater is to be written
   * @param others copied; the arrays in it are not
   */
  public NetworkFile {
    others = Map.copyOf(others);
  }

  /**
   * Reads a file that ModelSerializer has written, this version's or an older one's.
   *
   * @param path a zip file; its name does not matter
   * @return the network, initialized, with the state of its updater if the file has one
   * @throws NetworkFileException if it is damaged, something else, or names a class that is none of
   *     DL4J's
   */
  public static NetworkFile read(Path path) throws IOException {
    return read(path, Set.of());
  }

  /**
   * Reads a file with custom layers.
   *
   * @param path a zip file; its name does not matter
   * @param classes names of the classes that its configuration may name besides DL4J's
   * @return the network, initialized, with the state of its updater if the file has one
   * @throws NetworkFileException as {@link #read(Path)}
   * @throws IOException if the file cannot be read
   */
  public static NetworkFile read(Path path, Set<String> classes) throws IOException {
    try (NetworkEntries entries = NetworkEntries.open(path)) {
      String json = entries.configuration();
      JsonNode tree = ClassNames.check(json, classes);
      boolean graph = tree.has("vertices");
      try {
        json = OldConfiguration.amend(tree) ? tree.toString() : json;
        Model network = graph ? graph(json, entries) : layers(json, entries);
        return new NetworkFile(network, entries.hasUpdater(), entries.others());
      } catch (RuntimeException e) {
        throw UnreadConfiguration.because(e, json, graph);
      }
    }
  }

  private static ComputationGraph graph(String json, NetworkEntries entries) throws IOException {
    ComputationGraphConfiguration configuration = ComputationGraphConfiguration.fromJson(json);
    long length =
        configuration.getVertices().values().stream()
            .mapToLong((GraphVertex vertex) -> vertex.numParams(true))
            .sum();
    INDArray parameters = parameters(entries, length);
    if (parameters != null) {
      configuration.setDataType(parameters.dataType()); // Files of 1.0.0-beta3 do not state it.
    }
    ComputationGraph network = new ComputationGraph(configuration);
    network.init(parameters, false);
    INDArray updater = entries.updater(length * MOST_SLOTS);
    if (updater != null) {
      network.getUpdater().setStateViewArray(updater);
    }
    return network;
  }

  private static MultiLayerNetwork layers(String json, NetworkEntries entries) throws IOException {
    MultiLayerConfiguration configuration = MultiLayerConfiguration.fromJson(json);
    long length = 0;
    for (NeuralNetConfiguration layer : configuration.getConfs()) {
      length += layer.getLayer().initializer().numParams(layer);
    }
    INDArray parameters = parameters(entries, length);
    if (parameters != null) {
      configuration.setDataType(parameters.dataType());
    }
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init(parameters, false);
    INDArray updater = entries.updater(length * MOST_SLOTS);
    if (updater != null) {
      network.getUpdater().setStateViewArray(network, updater, false);
    }
    return network;
  }

  private static @Nullable INDArray parameters(NetworkEntries entries, long length)
      throws IOException {
    INDArray parameters = entries.parameters(length);
    if (parameters != null && parameters.length() != length) {
      throw new NetworkFileException(
          "it has %d parameters, and its configuration needs %d"
              .formatted(parameters.length(), length));
    }
    return parameters;
  }

  /**
   * The same file with another network.
   *
   * @param other written in the place of the network; with the state of its updater if this file
   *     has one
   * @return a file that is only written by {@link #write}
   */
  public NetworkFile with(Model other) {
    return new NetworkFile(other, hasUpdater, others);
  }

  /**
   * The normalizer that travels with the network; empty if there is none.
   *
   * @return fitted, as it was saved
   * @throws NetworkFileException if it is damaged, a custom one, or one of several inputs
   */
  public Optional<DataNormalization> normalizer() throws NetworkFileException {
    byte[] content = others.get(ModelSerializer.NORMALIZER_BIN);
    return content == null ? Optional.empty() : Optional.of(NormalizerEntry.read(content));
  }

  /**
   * The same file without its normalizer, for a network that it was folded into.
   *
   * @return this file, where it has none
   */
  public NetworkFile withoutNormalizer() {
    Map<String, byte[]> rest = new LinkedHashMap<>(others);
    rest.remove(ModelSerializer.NORMALIZER_BIN);
    return new NetworkFile(network, hasUpdater, rest);
  }

  /**
   * Writes the file as ModelSerializer does, and the other entries as they were.
   *
   * @param stream stays open
   * @throws IOException if the stream does not take it
   */
  public void write(OutputStream stream) throws IOException {
    if (others.isEmpty()) {
      ModelSerializer.writeModel(network, stream, hasUpdater);
      return;
    }
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, plain, hasUpdater);
    try (ZipInputStream from = new ZipInputStream(new ByteArrayInputStream(plain.toByteArray()))) {
      ZipOutputStream to = new ZipOutputStream(stream);
      for (ZipEntry entry = from.getNextEntry(); entry != null; entry = from.getNextEntry()) {
        to.putNextEntry(new ZipEntry(entry.getName()));
        from.transferTo(to);
      }
      for (Map.Entry<String, byte[]> other : others.entrySet()) {
        to.putNextEntry(new ZipEntry(other.getKey()));
        to.write(other.getValue());
      }
      to.finish();
    }
  }
}
