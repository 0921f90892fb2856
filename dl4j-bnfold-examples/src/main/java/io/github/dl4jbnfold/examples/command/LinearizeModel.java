package io.github.dl4jbnfold.examples.command;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.file.NetworkFile;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.run.Candidate;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.train.DataException;
import io.github.dl4jbnfold.linearize.train.LayerFoldingTrainer;
import io.github.dl4jbnfold.network.NetworkProbe;
import io.github.dl4jbnfold.network.structure.GraphNetwork;
import io.github.dl4jbnfold.network.structure.LayerNetwork;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;

/** A network of either kind, and what layer folding does with that kind. */
sealed interface LinearizeModel<M extends Model> {
  /** What its file held. */
  NetworkFile file();

  M network();

  SourceNetwork source();

  /**
   * A trainer for it.
   *
   * @param reports is told what was merged
   */
  LayerFoldingTrainer.Builder<M> trainer(
      LayerFoldingOptions options, Consumer<LayerFoldingReport> reports);

  List<Candidate> candidates(LayerFoldingOptions options);

  Frontier frontier(ToDoubleFunction<Model> error, LayerFoldingOptions options, Progress progress);

  /**
   * Reads a network.
   *
   * @throws CommandFailure if it cannot be read
   */
  static LinearizeModel<?> read(Path path) {
    NetworkFile file = ModelFile.network(path);
    return file.network() instanceof ComputationGraph graph
        ? new OfGraph(file, graph)
        : new OfLayers(file, (MultiLayerNetwork) file.network());
  }

  /**
   * What a network reads and writes, for one example.
   *
   * @param input channels, height and width for images
   * @param output classes, for what can be trained here
   */
  record Shapes(long[] input, long[] output) {}

  /**
   * The shapes of its one input and its one output.
   *
   * @throws DataException if it has several
   */
  default Shapes shapes() {
    List<String> inputs = source().structure().inputs();
    List<String> outputs = source().structure().outputs();
    if (inputs.size() != 1 || outputs.size() != 1) {
      throw new DataException("Networks with one input and one output can be trained here.");
    }
    Map<String, long[]> shapes =
        NetworkProbe.create(source(), 1, Map.of(), 1).shapes(source(), true).shapes();
    return new Shapes(ofOne(shapes.get(inputs.get(0))), ofOne(shapes.get(outputs.get(0))));
  }

  private static long[] ofOne(long @Nullable [] shape) {
    long[] known = Objects.requireNonNull(shape);
    return Arrays.copyOfRange(known, 1, known.length);
  }

  private static void show(Progress progress, int done, int all) {
    progress.show("measuring what activations are worth: %d of %d".formatted(done, all));
  }

  /** A ComputationGraph. */
  record OfGraph(NetworkFile file, ComputationGraph network)
      implements LinearizeModel<ComputationGraph> {
    @Override
    public SourceNetwork source() {
      return new GraphNetwork(network);
    }

    @Override
    public LayerFoldingTrainer.Builder<ComputationGraph> trainer(
        LayerFoldingOptions options, Consumer<LayerFoldingReport> reports) {
      return LayerFolding.trainer(network, options, reports);
    }

    @Override
    public List<Candidate> candidates(LayerFoldingOptions options) {
      return LayerFolding.candidates(network, options);
    }

    @Override
    public Frontier frontier(
        ToDoubleFunction<Model> error, LayerFoldingOptions options, Progress progress) {
      return LayerFolding.frontier(
          network, error::applyAsDouble, options, (done, all) -> show(progress, done, all));
    }
  }

  /** A MultiLayerNetwork. */
  record OfLayers(NetworkFile file, MultiLayerNetwork network)
      implements LinearizeModel<MultiLayerNetwork> {
    @Override
    public SourceNetwork source() {
      return new LayerNetwork(network);
    }

    @Override
    public LayerFoldingTrainer.Builder<MultiLayerNetwork> trainer(
        LayerFoldingOptions options, Consumer<LayerFoldingReport> reports) {
      return LayerFolding.trainer(network, options, reports);
    }

    @Override
    public List<Candidate> candidates(LayerFoldingOptions options) {
      return LayerFolding.candidates(network, options);
    }

    @Override
    public Frontier frontier(
        ToDoubleFunction<Model> error, LayerFoldingOptions options, Progress progress) {
      return LayerFolding.frontier(
          network, error::applyAsDouble, options, (done, all) -> show(progress, done, all));
    }
  }
}
