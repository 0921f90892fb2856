package io.github.dl4jbnfold.examples.command.model;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.view.NetworkView;
import io.github.dl4jbnfold.report.FoldReport;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;

/** A network that was read from a file. */
public sealed interface LoadedModel permits GraphModel, LayersModel {
  /** The names of its inputs. */
  List<String> inputs();

  /** The names of what it ends in. */
  List<String> results();

  /** Whether a value of this name can be preserved. */
  boolean canPreserve(String name);

  /** Other names of a batch normalization that a report names. */
  Set<String> otherNames(String norm);

  /**
   * The options with the normalizer of its file, which the folded network is written without.
   *
   * @param path of its file
   * @throws CommandFailure if there is none that can be read
   */
  FoldingOptions withNormalizer(FoldingOptions options, Path path);

  FoldReport plan(FoldingOptions options);

  /** Folds the network; from then on it is the folded one. */
  FoldReport fold(FoldingOptions options);

  /** The network as a file of the kind it came from, or of the nearest kind there is. */
  byte[] bytes();

  /** What it is made of, in a few lines. */
  String summary(FoldReport plan);

  /** Whether its file holds the state of an updater that a fold does not carry over. */
  boolean losesUpdaterState();

  /**
   * The normalizer in its file; empty if there is none.
   *
   * @param path of its file
   * @throws CommandFailure if it cannot be read, or belongs to several inputs
   */
  Optional<DataNormalization> normalizer(Path path);

  /**
   * The network as it is now, to be run and looked at.
   *
   * @param outputs requested ones; none for all that it ends in
   * @param shapes of inputs that it does not tell
   */
  NetworkView view(Collection<String> outputs, Map<String, long[]> shapes);
}
