package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.model.ModelFile;
import io.github.dl4jbnfold.examples.drawing.Drawing;
import io.github.dl4jbnfold.examples.page.LinearizePage;
import io.github.dl4jbnfold.examples.view.LayersView;
import io.github.dl4jbnfold.file.NetworkFile;
import io.github.dl4jbnfold.file.NetworkFileException;
import io.github.dl4jbnfold.linearize.network.MeasuredCosts;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.run.Candidate;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.run.FrontierSearch;
import io.github.dl4jbnfold.linearize.train.Fingerprint;
import io.github.dl4jbnfold.linearize.train.LayerFoldingTrainer;
import io.github.dl4jbnfold.linearize.train.TrainingException;
import io.github.dl4jbnfold.linearize.train.Validation;
import io.github.dl4jbnfold.network.NetworkProbe;
import io.github.dl4jbnfold.network.structure.GraphNetwork;
import io.github.dl4jbnfold.network.structure.LayerNetwork;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;

/**
 * A MultiLayerNetwork or a ComputationGraph.
 *
 * @param file what its file held
 * @param methods of layer folding for its class
 */
record LinearizeNetwork<M extends Model>(
    NetworkFile file, M network, SourceNetwork source, Methods<M> methods)
    implements LinearizeModel<M> {

  /** Layer folding has a method of the same name for each class of networks. */
  private record Methods<M>(
      TrainerOf<M> trainer,
      BiFunction<M, LayerFoldingOptions, List<Candidate>> candidates,
      FrontierOf<M> frontier) {}

  private interface TrainerOf<M> {
    LayerFoldingTrainer.Builder<M> of(
        M network, LayerFoldingOptions options, Consumer<LayerFoldingReport> reports);
  }

  private interface FrontierOf<M> {
    Frontier of(
        M network,
        ToDoubleFunction<M> error,
        LayerFoldingOptions options,
        FrontierSearch.Progress progress);
  }

  /**
   * Reads a network.
   *
   * @throws CommandFailure if it cannot be read, or options are for graphs only
   */
  static LinearizeNetwork<?> read(Path path, LinearizeOptions options) {
    NetworkFile file = ModelFile.network(path);
    if (!options.outputs().isEmpty() || !options.shapes().isEmpty()) {
      throw CommandFailure.usage(
          "%s: --output and --shape are for SameDiff graphs. Leave them out: a network of layers has outputs and shapes of its own."
              .formatted(path));
    }
    return file.network() instanceof ComputationGraph graph
        ? of(file, graph)
        : of(file, (MultiLayerNetwork) file.network());
  }

  private static LinearizeNetwork<ComputationGraph> of(NetworkFile file, ComputationGraph graph) {
    return new LinearizeNetwork<>(
        file,
        graph,
        new GraphNetwork(graph),
        new Methods<>(LayerFolding::trainer, LayerFolding::candidates, LayerFolding::frontier));
  }

  private static LinearizeNetwork<MultiLayerNetwork> of(
      NetworkFile file, MultiLayerNetwork layers) {
    return new LinearizeNetwork<>(
        file,
        layers,
        new LayerNetwork(layers),
        new Methods<>(LayerFolding::trainer, LayerFolding::candidates, LayerFolding::frontier));
  }

  @Override
  public String fingerprint() {
    return Fingerprint.of(source.structure().steps().toString(), List.of(network.params()));
  }

  @Override
  public Shapes shapes() {
    List<String> inputs = source.structure().inputs();
    List<String> outputs = source.structure().outputs();
    if (inputs.size() != 1 || outputs.size() != 1) {
      throw new TrainingException("Networks with one input and one output can be trained here.");
    }
    Map<String, long[]> shapes =
        NetworkProbe.create(source, 1, Map.of(), 1).shapes(source, true).shapes();
    long[] input = Objects.requireNonNull(shapes.get(inputs.get(0)));
    long[] output = Objects.requireNonNull(shapes.get(outputs.get(0)));
    if (output.length != 2) {
      throw new TrainingException("Networks that tell classes apart can be trained here.");
    }
    if (output[1] == 1 && !isSigmoid(source.structure().step(outputs.get(0)).layer())) {
      throw new TrainingException(
          "The one output of this network is no sigmoid, so it tells no classes apart.");
    }
    return new Shapes(Arrays.copyOfRange(input, 1, input.length), Math.toIntExact(output[1]));
  }

  private static boolean isSigmoid(@Nullable Layer layer) {
    return layer instanceof BaseLayer base && base.getActivationFn() instanceof ActivationSigmoid;
  }

  @Override
  public Optional<DataNormalization> normalizer() {
    try {
      return file.normalizer();
    } catch (NetworkFileException e) {
      throw new TrainingException(
          "The normalizer of the model is unreadable: " + e.getMessage(), e);
    }
  }

  @Override
  public Costs times(int examples) {
    return MeasuredCosts.onThisMachine(source.dataType(), examples);
  }

  @Override
  public LayerFoldingTrainer.Builder<M> trainer(
      FoldingSettings settings, Consumer<LayerFoldingReport> reports) {
    return methods.trainer.of(network, settings.ofLayers(), reports);
  }

  @Override
  public List<Candidate> candidates(FoldingSettings settings) {
    return methods.candidates.apply(network, settings.ofLayers());
  }

  @Override
  public Frontier frontier(
      ToDoubleFunction<M> error, FoldingSettings settings, FrontierSearch.Progress progress) {
    return methods.frontier.of(network, error, settings.ofLayers(), progress);
  }

  @Override
  public double score(Validation validation, M other) {
    return validation.of(other);
  }

  @Override
  public List<Drawing> drawings(M other) {
    return LinearizePage.drawings(
        new LayersView(network, Map.of()), new LayersView(other, Map.of()));
  }

  @Override
  public byte[] bytes(M other) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    file.with(other).write(bytes);
    return bytes.toByteArray();
  }
}
