package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.model.ModelFile;
import io.github.dl4jbnfold.examples.drawing.Drawing;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.run.Candidate;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.run.FrontierSearch;
import io.github.dl4jbnfold.linearize.train.LayerFoldingTrainer;
import io.github.dl4jbnfold.linearize.train.TrainingException;
import io.github.dl4jbnfold.linearize.train.Validation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;

/**
 * A network of any kind, and what layer folding does with that kind.
 *
 * @param <M> its class
 */
sealed interface LinearizeModel<M> permits LinearizeNetwork, LinearizeGraph {
  /** Tells it from other networks. */
  String fingerprint();

  /**
   * What it reads and writes.
   *
   * @throws TrainingException if it does not tell classes apart, or has several inputs
   * @throws CommandFailure if a graph does not say what is compared with labels
   */
  Shapes shapes();

  /**
   * The normalizer that is in its file.
   *
   * @throws TrainingException if it cannot be read
   */
  Optional<DataNormalization> normalizer();

  /**
   * What its parts cost on this machine, in seconds.
   *
   * @param examples of one run
   */
  Costs times(int examples);

  /**
   * A trainer for it.
   *
   * @param reports is told what was merged
   */
  LayerFoldingTrainer.Builder<M> trainer(
      FoldingSettings settings, Consumer<LayerFoldingReport> reports);

  /** The pieces of it that could become one layer each. */
  List<Candidate> candidates(FoldingSettings settings);

  /** Which activations are worth to be linear. */
  Frontier frontier(
      ToDoubleFunction<M> error, FoldingSettings settings, FrontierSearch.Progress progress);

  /** The score of such a network. */
  double score(Validation validation, M network);

  /** It as it was read, and such a network after {@link #bytes}, to be looked at. */
  List<Drawing> drawings(M network);

  /** Such a network as a file of the kind that it was read from. */
  byte[] bytes(M network) throws IOException;

  /**
   * Reads a network.
   *
   * @throws CommandFailure if it cannot be read, or the options are for another kind
   */
  static LinearizeModel<?> read(Path path, LinearizeOptions options) {
    return ModelFile.check(path) == ModelFile.Kind.SAMEDIFF
        ? LinearizeGraph.read(path, options)
        : LinearizeNetwork.read(path, options);
  }

  /**
   * What a network reads and writes, for one example.
   *
   * @param input channels, height and width for images, or height, width and channels
   * @param outputs numbers that are compared with a label: 1 for the probability of the second of
   *     two classes
   */
  record Shapes(long[] input, int outputs) {
    int classes() {
      return Math.max(2, outputs);
    }
  }
}
