package io.github.dl4jbnfold.examples.model;

import io.github.dl4jbnfold.file.NetworkFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** A network in a file of ModelSerializer, as a graph of one input and one output. */
public final class SavedGraph {
  private SavedGraph() {}

  /**
   * Reads a network; a MultiLayerNetwork becomes a graph with its parameters and its updater's
   * state.
   *
   * @throws IOException if there is none; the message is a sentence that names the file
   */
  public static ComputationGraph read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("%s: there is no such file. Check the path.".formatted(file));
    }
    ComputationGraph graph;
    try {
      Model network = NetworkFile.read(file).network();
      graph =
          network instanceof MultiLayerNetwork layers
              ? layers.toComputationGraph()
              : (ComputationGraph) network;
    } catch (IOException e) {
      throw new IOException(
          "%s: %s. Maybe write it again with ModelSerializer.".formatted(file, e.getMessage()), e);
    }
    if (graph.getNumInputArrays() != 1 || graph.getNumOutputArrays() != 1) {
      throw new IOException(
          "%s: it has %d inputs and %d outputs. Give a network with one of each."
              .formatted(file, graph.getNumInputArrays(), graph.getNumOutputArrays()));
    }
    return graph;
  }

  /**
   * Says before any work that a file cannot be written.
   *
   * @throws IOException if there is no directory for it; the message is a sentence that names it
   */
  public static void checkFolder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException("%s: there is no directory for it. Make it first.".formatted(file));
    }
  }
}
