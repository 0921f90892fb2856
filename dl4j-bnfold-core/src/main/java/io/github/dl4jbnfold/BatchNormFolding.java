package io.github.dl4jbnfold;

import io.github.dl4jbnfold.network.InPlace;
import io.github.dl4jbnfold.network.NetworkFolding;
import io.github.dl4jbnfold.network.structure.GraphNetwork;
import io.github.dl4jbnfold.network.structure.LayerNetwork;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.samediff.FoldingOptimizers;
import io.github.dl4jbnfold.samediff.SameDiffFolding;
import io.github.dl4jbnfold.verify.Agreement;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.optimize.OptimizerSet;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;

/**
 * Removes the batch normalizations of a trained network whose effect its linear operators can take
 * over exactly, in either direction, decided for the whole network at once.
 *
 * <pre>{@code
 * SameDiff network = SameDiff.load(new File("model.fb"), false);
 * FoldReport report = BatchNormFolding.fold(network);
 * System.out.println(report.toText());
 * }</pre>
 *
 * <p>Every fold is compared with the original on random inputs before it stands. A network must not
 * be used by other threads while it is folded.
 */
public final class BatchNormFolding {
  private BatchNormFolding() {}

  /**
   * Folds a graph in place with the default options; see {@link #fold(SameDiff, FoldingOptions)}.
   *
   * @param network rewritten in place; restored bit by bit if the fold is refused
   * @return what went, what stayed and why, and how far the outputs differ
   * @throws io.github.dl4jbnfold.verify.FoldingException as {@link #fold(SameDiff, FoldingOptions)}
   */
  public static FoldReport fold(SameDiff network) {
    return fold(network, FoldingOptions.defaults());
  }

  /**
   * Folds a graph in place.
   *
   * @param network rewritten in place; restored bit by bit if the fold is refused
   * @param options what is to be preserved and kept, and the objective; names are those of
   *     variables
   * @return what went, what stayed and why, and how far the outputs differ
   * @throws io.github.dl4jbnfold.verify.CheckFailedException if the folded graph differs from the
   *     original by more than the tolerance; the graph is as it was
   * @throws io.github.dl4jbnfold.verify.FoldingException if the graph cannot be run, or an output
   *     does not exist; the graph is as it was
   */
  public static FoldReport fold(SameDiff network, FoldingOptions options) {
    long start = System.nanoTime();
    SameDiffFolding folding = SameDiffFolding.plan(network, settings(options));
    FoldReport report = apply(network, folding, start);
    Optional<SameDiffFolding> next = folding.next();
    while (next.isPresent()) {
      report = report.followedBy(apply(network, next.get(), start));
      next = next.get().next();
    }
    return report;
  }

  private static FoldReport apply(SameDiff network, SameDiffFolding folding, long start) {
    FoldReport planned = report(network, folding, start);
    Agreement agreement = folding.apply();
    return planned.applied(
        size(network),
        agreement.maxAbsoluteError(),
        agreement.maxRelativeError(),
        secondsSince(start));
  }

  /**
   * Folds a copy of a graph; the graph itself is not changed.
   *
   * @param network is not changed
   * @param options what is to be preserved and kept, and the objective
   * @return the folded copy, and what was done to it
   * @throws io.github.dl4jbnfold.verify.FoldingException as {@link #fold(SameDiff, FoldingOptions)}
   */
  public static Folded<SameDiff> foldCopy(SameDiff network, FoldingOptions options) {
    SameDiff copy = network.dup();
    return new Folded<>(copy, fold(copy, options));
  }

  /**
   * Makes a folded network of another one, which is not changed: its configuration, the state of
   * its training and its listeners are carried over.
   *
   * @param network initialized; it is not changed
   * @param options what is to be preserved and kept, and the objective; names are those of vertices
   * @return the network, and what went, what stayed and why
   * @throws io.github.dl4jbnfold.verify.CheckFailedException if the folded network differs from the
   *     original by more than the tolerance
   * @throws io.github.dl4jbnfold.verify.FoldingException if the network cannot be run
   */
  public static Folded<ComputationGraph> foldCopy(
      ComputationGraph network, FoldingOptions options) {
    Folded<SourceNetwork> folded = fold(new GraphNetwork(network), options);
    return new Folded<>((ComputationGraph) folded.network.model(), folded.report);
  }

  /**
   * As {@link #foldCopy(ComputationGraph, FoldingOptions)}.
   *
   * @param network initialized; it is not changed
   * @param options what is to be preserved and kept, and the objective; names are those of layers,
   *     "layer3" where they have none
   * @return the network, and what went, what stayed and why
   * @throws io.github.dl4jbnfold.verify.FoldingException if the network cannot be run, or the
   *     result differs from it by more than the tolerance
   */
  public static Folded<MultiLayerNetwork> foldCopy(
      MultiLayerNetwork network, FoldingOptions options) {
    Folded<SourceNetwork> folded = fold(new LayerNetwork(network), options);
    return new Folded<>((MultiLayerNetwork) folded.network.model(), folded.report);
  }

  /**
   * Folds a graph in place: the given object becomes the folded graph, with the state of its
   * training and its listeners. Its old vertices, layers, updater and parameter arrays are none of
   * it any more, and an accumulator of gradients is to be set again. Where nothing goes, nothing is
   * touched.
   *
   * @param network initialized; it becomes the folded graph
   * @param options what is to be preserved and kept, and the objective; names are those of vertices
   * @return what went, what stayed and why
   * @throws io.github.dl4jbnfold.verify.CheckFailedException if the folded graph differs from the
   *     original by more than the tolerance; the graph is as it was
   * @throws io.github.dl4jbnfold.verify.FoldingException if the graph cannot be run, or not be
   *     changed in place; the graph is as it was
   */
  public static FoldReport fold(ComputationGraph network, FoldingOptions options) {
    Folded<ComputationGraph> folded = foldCopy(network, options);
    if (isChanged(folded.report)) {
      InPlace.become(network, folded.network);
    }
    return folded.report;
  }

  /**
   * As {@link #fold(ComputationGraph, FoldingOptions)}.
   *
   * @param network initialized; it becomes the folded network
   * @param options what is to be preserved and kept, and the objective; names are those of layers
   * @return what went, what stayed and why
   * @throws io.github.dl4jbnfold.verify.FoldingException as {@link #fold(ComputationGraph,
   *     FoldingOptions)}; the network is as it was
   */
  public static FoldReport fold(MultiLayerNetwork network, FoldingOptions options) {
    Folded<MultiLayerNetwork> folded = foldCopy(network, options);
    if (isChanged(folded.report)) {
      InPlace.become(network, folded.network);
    }
    return folded.report;
  }

  private static boolean isChanged(FoldReport report) {
    return !report.removed().isEmpty() || !report.rawInputs().isEmpty();
  }

  private static Folded<SourceNetwork> fold(SourceNetwork network, FoldingOptions options) {
    long start = System.nanoTime();
    Optional<NetworkFolding> folding =
        Optional.of(NetworkFolding.plan(network, networkSettings(network, options)));
    SourceNetwork current = network;
    FoldReport report = null;
    while (folding.isPresent()) {
      FoldReport planned = report(current, folding.get(), start);
      NetworkFolding.Result result = folding.get().apply();
      FoldReport applied =
          planned.applied(
              size(result.network()),
              result.agreement().maxAbsoluteError(),
              result.agreement().maxRelativeError(),
              secondsSince(start));
      report = report == null ? applied : report.followedBy(applied);
      current = result.network();
      folding = folding.get().next(current);
    }
    return new Folded<>(current, Objects.requireNonNull(report));
  }

  /**
   * Decides what a fold would do; the graph is not changed.
   *
   * @param network is run on random inputs, and not changed
   * @param options what is to be preserved and kept, and the objective
   * @return what would go, what would stay and why; {@code applied} is false
   * @throws io.github.dl4jbnfold.verify.FoldingException as {@link #fold(SameDiff, FoldingOptions)}
   */
  public static FoldReport plan(SameDiff network, FoldingOptions options) {
    long start = System.nanoTime();
    return report(network, SameDiffFolding.plan(network, settings(options)), start);
  }

  /**
   * Decides what a fold would do.
   *
   * @param network is run on random inputs, and not changed
   * @param options what is to be preserved and kept, and the objective
   * @return what would go, what would stay and why; {@code applied} is false
   * @throws io.github.dl4jbnfold.verify.FoldingException if the network cannot be run
   */
  public static FoldReport plan(ComputationGraph network, FoldingOptions options) {
    return plan(new GraphNetwork(network), options);
  }

  /**
   * Decides what a fold would do.
   *
   * @param network is run on random inputs, and not changed
   * @param options what is to be preserved and kept, and the objective
   * @return what would go, what would stay and why; {@code applied} is false
   * @throws io.github.dl4jbnfold.verify.FoldingException if the network cannot be run
   */
  public static FoldReport plan(MultiLayerNetwork network, FoldingOptions options) {
    return plan(new LayerNetwork(network), options);
  }

  private static FoldReport plan(SourceNetwork network, FoldingOptions options) {
    long start = System.nanoTime();
    return report(network, NetworkFolding.plan(network, networkSettings(network, options)), start);
  }

  /**
   * The fold as a set of optimizers for ND4J's {@code GraphOptimizer.optimize(graph, outputs,
   * sets)}.
   *
   * @param options what is to be preserved and kept, and the objective; the outputs are those that
   *     {@code optimize} is given
   * @return to be given to {@code optimize}, which works on a copy of the graph
   */
  public static OptimizerSet optimizerSet(FoldingOptions options) {
    return new FoldingOptimizers(settings(options));
  }

  /** A folded network and what was done to it. */
  public record Folded<N>(N network, FoldReport report) {}

  /** A network of layers preserves its own outputs, and no others can be asked for. */
  private static NetworkFolding.Settings networkSettings(
      SourceNetwork network, FoldingOptions options) {
    List<String> own = network.structure().outputs();
    for (String name : options.outputs()) {
      if (!own.contains(name)) {
        throw new FoldingException(
            "The network has no output '%s': it preserves %s, and no others."
                .formatted(name, String.join(", ", own)));
      }
    }
    return new NetworkFolding.Settings(
        options.keep(),
        options.tolerance(),
        options.inputShapes(),
        options.objective(),
        options.portable(),
        normalizers(network, options));
  }

  /** By input. */
  private static Map<String, DataNormalization> normalizers(
      SourceNetwork network, FoldingOptions options) {
    List<String> inputs = network.structure().inputs();
    Map<String, DataNormalization> named = new LinkedHashMap<>();
    options
        .normalizers()
        .forEach(
            (name, normalizer) -> {
              boolean one = name.equals(FoldingOptions.ONLY_INPUT);
              if (one && inputs.size() != 1) {
                throw new FoldingException(
                    "The network has the inputs %s: name the one whose normalizer is to be folded."
                        .formatted(String.join(", ", inputs)));
              }
              if (!one && !inputs.contains(name)) {
                throw new FoldingException(
                    "The network has no input '%s' whose normalizer could be folded: it has %s."
                        .formatted(name, String.join(", ", inputs)));
              }
              named.put(one ? inputs.get(0) : name, normalizer);
            });
    return named;
  }

  private static FoldReport report(SourceNetwork network, NetworkFolding folding, long start) {
    List<String> outputs = network.structure().outputs();
    return FoldReport.planned(folding.plan(), outputs, size(network), secondsSince(start))
        .needing(folding.ownLayers());
  }

  private static FoldReport.Size size(SourceNetwork network) {
    INDArray parameters = network.model().params();
    return new FoldReport.Size(
        network.structure().steps().size(), parameters == null ? 0 : parameters.length());
  }

  private static SameDiffFolding.Settings settings(FoldingOptions options) {
    if (!options.normalizers().isEmpty()) {
      throw new FoldingException(
          "A normalizer can be folded into a network of layers only, not into a SameDiff graph.");
    }
    return new SameDiffFolding.Settings(
        options.outputs(),
        options.keep(),
        options.tolerance(),
        options.inputShapes(),
        options.objective(),
        options.costs());
  }

  private static FoldReport report(SameDiff network, SameDiffFolding folding, long start) {
    List<String> outputs = new ArrayList<>(folding.outputs());
    return FoldReport.planned(folding.plan(), outputs, size(network), secondsSince(start));
  }

  private static FoldReport.Size size(SameDiff network) {
    long parameters = 0;
    for (SDVariable variable : network.variables()) {
      VariableType type = variable.getVariableType();
      if (type == VariableType.VARIABLE || type == VariableType.CONSTANT) {
        INDArray array = variable.getArr();
        parameters += array == null ? 0 : array.length();
      }
    }
    return new FoldReport.Size(network.getOps().size(), parameters);
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
