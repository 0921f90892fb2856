package io.github.dl4jbnfold.examples.command.model;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.view.LayersView;
import io.github.dl4jbnfold.examples.view.NetworkView;
import io.github.dl4jbnfold.file.NetworkFile;
import io.github.dl4jbnfold.file.NetworkFileException;
import io.github.dl4jbnfold.report.FoldReport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;

/** A MultiLayerNetwork or a ComputationGraph, with what its file holds besides. */
public final class LayersModel implements LoadedModel {
  /** The name of the one input of a MultiLayerNetwork. */
  private static final String INPUT = "input";

  private NetworkFile file;

  public LayersModel(NetworkFile file) {
    this.file = file;
  }

  /** The network as it is now. */
  public Model network() {
    return file.network();
  }

  @Override
  public List<String> inputs() {
    return file.network() instanceof ComputationGraph graph
        ? graph.getConfiguration().getNetworkInputs()
        : List.of(INPUT);
  }

  @Override
  public List<String> results() {
    return file.network() instanceof ComputationGraph graph
        ? graph.getConfiguration().getNetworkOutputs()
        : List.of();
  }

  /** Its outputs are preserved in any case. */
  @Override
  public boolean canPreserve(String name) {
    return results().contains(name);
  }

  @Override
  public Set<String> otherNames(String norm) {
    return Set.of();
  }

  @Override
  public FoldingOptions withNormalizer(FoldingOptions options, Path path) {
    try {
      DataNormalization normalizer =
          file.normalizer()
              .orElseThrow(
                  () ->
                      CommandFailure.usage(
                          "%s: it has no normalizer to fold. Leave out --fold-normalizer, or add one with ModelSerializer.addNormalizerToModel."
                              .formatted(path)));
      file = file.withoutNormalizer();
      return options.foldNormalizer(normalizer);
    } catch (NetworkFileException e) {
      throw CommandFailure.usage(
          "%s: %s. Leave out --fold-normalizer to keep it as it is."
              .formatted(path, e.getMessage()),
          e);
    }
  }

  @Override
  public FoldReport plan(FoldingOptions options) {
    return file.network() instanceof ComputationGraph graph
        ? BatchNormFolding.plan(graph, options)
        : BatchNormFolding.plan((MultiLayerNetwork) file.network(), options);
  }

  @Override
  public FoldReport fold(FoldingOptions options) {
    if (file.network() instanceof ComputationGraph graph) {
      var folded = BatchNormFolding.foldCopy(graph, options);
      file = file.with(folded.network());
      return folded.report();
    }
    var folded = BatchNormFolding.foldCopy((MultiLayerNetwork) file.network(), options);
    file = file.with(folded.network());
    return folded.report();
  }

  @Override
  public String summary(FoldReport plan) {
    return NetworkSummary.of(file.network(), inputs(), plan);
  }

  @Override
  public boolean losesUpdaterState() {
    return false;
  }

  @Override
  public byte[] bytes() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      file.write(bytes);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw CommandFailure.refused(
          "The folded network cannot be written (%s), and nothing was.".formatted(e.getMessage()),
          e);
    } catch (OutOfMemoryError e) {
      throw CommandFailure.refused(
          "The folded network does not fit into memory as a file, and nothing was written. Give"
              + " Java more (-Xmx).",
          e);
    }
  }

  @Override
  public Optional<DataNormalization> normalizer(Path path) {
    try {
      return file.normalizer();
    } catch (NetworkFileException e) {
      throw CommandFailure.usage(
          "%s: %s. Write the model without it, and normalize the data before."
              .formatted(path, e.getMessage()),
          e);
    }
  }

  @Override
  public NetworkView view(Collection<String> outputs, Map<String, long[]> shapes) {
    return new LayersView(file.network(), shapes);
  }
}
