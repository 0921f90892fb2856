package io.github.dl4jbnfold;

import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.run.Candidate;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.run.FrontierSearch;
import io.github.dl4jbnfold.linearize.samediff.GraphDepth;
import io.github.dl4jbnfold.linearize.samediff.GraphFoldingOptions;
import io.github.dl4jbnfold.linearize.samediff.SameDiffGates;
import io.github.dl4jbnfold.linearize.train.LayerFoldingTrainer;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Makes activations of a network linear and merges the linear layers that meet then (Ben Dror et
 * al., <i>Layer Folding</i>, BMVC 2022).
 *
 * <pre>{@code
 * var prepared = LayerFolding.prepare(network, LayerFoldingOptions.defaults());
 * prepared.network().fit(data);                      // any training loop of DL4J
 * Set<String> linear = LayerFolding.above(prepared.network(), 0.9);
 * var merged = LayerFolding.convert(prepared.network(), linear, LayerFoldingOptions.defaults());
 * merged.network().fit(data);                        // fewer layers, plain DL4J
 * }</pre>
 */
public final class LayerFolding {
  private LayerFolding() {}

  /**
   * A network with gates.
   *
   * @param network to be trained
   * @param gates the names of its gates
   */
  public record Prepared<N>(N network, List<String> gates) {}

  /**
   * A network without gates.
   *
   * @param network of DL4J's own layers
   * @param report what was done
   */
  public record Converted<N>(N network, LayerFoldingReport report) {
    /** Gives back the network. */
    N tell(Consumer<LayerFoldingReport> listener) {
      listener.accept(report);
      return network;
    }
  }

  /**
   * Puts gates in the place of activations; the given network is not changed.
   *
   * @throws FoldingException if the network cannot be run
   * @throws io.github.dl4jbnfold.verify.CheckFailedException if with all α = 0 it is not what it
   *     was
   */
  public static Prepared<ComputationGraph> prepare(
      ComputationGraph network, LayerFoldingOptions options) {
    return NetworkLayerFolding.GRAPHS.prepare(network, options);
  }

  /** As {@link #prepare(ComputationGraph, LayerFoldingOptions)}. */
  public static Prepared<MultiLayerNetwork> prepare(
      MultiLayerNetwork network, LayerFoldingOptions options) {
    return NetworkLayerFolding.LAYERS.prepare(network, options);
  }

  /**
   * Takes the gates out: those that are named become linear, the others their activations, and
   * linear layers that meet are merged where it is exact and worth it. The given network is not
   * changed.
   *
   * @param linear names of gates
   * @throws FoldingException if there is no such gate, or the network cannot be run
   * @throws io.github.dl4jbnfold.verify.CheckFailedException if the result is not what the network
   *     with these gates is
   */
  public static Converted<ComputationGraph> convert(
      ComputationGraph gated, Set<String> linear, LayerFoldingOptions options) {
    return NetworkLayerFolding.GRAPHS.convert(gated, linear, options);
  }

  /** As {@link #convert(ComputationGraph, Set, LayerFoldingOptions)}. */
  public static Converted<MultiLayerNetwork> convert(
      MultiLayerNetwork gated, Set<String> linear, LayerFoldingOptions options) {
    return NetworkLayerFolding.LAYERS.convert(gated, linear, options);
  }

  /**
   * The pieces of a network that could become one layer each if their activations were linear, with
   * what they cost by the costs of the options.
   */
  public static List<Candidate> candidates(ComputationGraph network, LayerFoldingOptions options) {
    return NetworkLayerFolding.GRAPHS.candidates(network, options);
  }

  /** As {@link #candidates(ComputationGraph, LayerFoldingOptions)}. */
  public static List<Candidate> candidates(MultiLayerNetwork network, LayerFoldingOptions options) {
    return NetworkLayerFolding.LAYERS.candidates(network, options);
  }

  /**
   * Which activations are worth to be linear under which budget: each set of activations that might
   * go together is made linear in a copy of the network and the error is measured; a dynamic
   * programme chooses then for all budgets at once (Kim et al., ICML 2023).
   *
   * <pre>{@code
   * Frontier frontier = LayerFolding.frontier(network, n -> 1 - n.evaluate(data).accuracy(),
   *     options.costs(MeasuredCosts.onThisMachine(DataType.FLOAT, 1)), (done, all) -> {});
   * var faster = LayerFolding.linearize(network, frontier.within(0.6).linear(), options);
   * faster.network().fit(data);
   * }</pre>
   *
   * @param network trained; it is not changed
   * @param error of a network, the smaller the better, on a sample of data: asked some times for
   *     each activation
   * @throws FoldingException if the network cannot be run, or an error is not a number
   */
  public static Frontier frontier(
      ComputationGraph network,
      ToDoubleFunction<ComputationGraph> error,
      LayerFoldingOptions options,
      FrontierSearch.Progress progress) {
    return NetworkLayerFolding.GRAPHS.frontier(network, error, options, progress);
  }

  /**
   * As {@link #frontier(ComputationGraph, ToDoubleFunction, LayerFoldingOptions,
   * FrontierSearch.Progress)}.
   */
  public static Frontier frontier(
      MultiLayerNetwork network,
      ToDoubleFunction<MultiLayerNetwork> error,
      LayerFoldingOptions options,
      FrontierSearch.Progress progress) {
    return NetworkLayerFolding.LAYERS.frontier(network, error, options, progress);
  }

  /**
   * Makes activations linear at once, without a training: padding moves to the front of what merges
   * then, nowhere else. Fine-tune the result.
   *
   * @param network trained; it is not changed
   * @param linear names of gates, as a {@link Frontier} has them
   * @throws FoldingException if there is no such gate, or the network cannot be run
   */
  public static Converted<ComputationGraph> linearize(
      ComputationGraph network, Set<String> linear, LayerFoldingOptions options) {
    return NetworkLayerFolding.GRAPHS.linearize(network, linear, options);
  }

  /** As {@link #linearize(ComputationGraph, Set, LayerFoldingOptions)}. */
  public static Converted<MultiLayerNetwork> linearize(
      MultiLayerNetwork network, Set<String> linear, LayerFoldingOptions options) {
    return NetworkLayerFolding.LAYERS.linearize(network, linear, options);
  }

  /**
   * A trainer that runs all of it: gates, training, selection, merge, fine-tuning. The teacher is
   * the network with its batch normalizations folded, if they are to be: the same function, faster.
   *
   * @param network trained; it is not changed
   * @param reports is told what was merged
   */
  public static LayerFoldingTrainer.Builder<ComputationGraph> trainer(
      ComputationGraph network, LayerFoldingOptions options, Consumer<LayerFoldingReport> reports) {
    return NetworkLayerFolding.GRAPHS.trainer(network, options, reports);
  }

  /** As {@link #trainer(ComputationGraph, LayerFoldingOptions, Consumer)}. */
  public static LayerFoldingTrainer.Builder<MultiLayerNetwork> trainer(
      MultiLayerNetwork network,
      LayerFoldingOptions options,
      Consumer<LayerFoldingReport> reports) {
    return NetworkLayerFolding.LAYERS.trainer(network, options, reports);
  }

  /** How many layers with a matrix of weights lie on the longest path through a network. */
  public static int depth(ComputationGraph network) {
    return NetworkLayerFolding.GRAPHS.depth(network);
  }

  /** As {@link #depth(ComputationGraph)}. */
  public static int depth(MultiLayerNetwork network) {
    return NetworkLayerFolding.LAYERS.depth(network);
  }

  /** The α of all gates, by their names, in the order of the network. */
  public static Map<String, Double> alphas(ComputationGraph network) {
    return NetworkLayerFolding.GRAPHS.alphas(network);
  }

  /** As {@link #alphas(ComputationGraph)}. */
  public static Map<String, Double> alphas(MultiLayerNetwork network) {
    return NetworkLayerFolding.LAYERS.alphas(network);
  }

  /** The names of the gates whose α is at least a threshold: 0.9 in the paper. */
  public static Set<String> above(ComputationGraph network, double threshold) {
    return above(alphas(network), threshold);
  }

  /** As {@link #above(ComputationGraph, double)}. */
  public static Set<String> above(MultiLayerNetwork network, double threshold) {
    return above(alphas(network), threshold);
  }

  private static Set<String> above(Map<String, Double> alphas, double threshold) {
    return alphas.entrySet().stream()
        .filter(gate -> gate.getValue() >= threshold)
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * A copy of a SameDiff graph with gates, made of its own operators; any loop with {@code
   * SameDiff.fit} trains it.
   *
   * @throws FoldingException if the graph cannot be run, edited or trained as it is
   * @throws io.github.dl4jbnfold.verify.CheckFailedException if with all α = 0 it is not what it
   *     was
   */
  public static Prepared<SameDiff> prepare(SameDiff graph, GraphFoldingOptions options) {
    return GraphLayerFolding.prepare(graph, options);
  }

  /**
   * A copy of a SameDiff graph without gates: as {@link #convert(ComputationGraph, Set,
   * LayerFoldingOptions)}.
   *
   * @param linear names of gates
   * @throws FoldingException if there is no such gate, or the graph cannot be run
   * @throws io.github.dl4jbnfold.verify.CheckFailedException if the result is not what the graph
   *     with these gates is
   */
  public static Converted<SameDiff> convert(
      SameDiff gated, Set<String> linear, GraphFoldingOptions options) {
    return GraphLayerFolding.convert(gated, linear, options);
  }

  /**
   * Which activations of a SameDiff graph are worth to be linear: as {@link
   * #frontier(ComputationGraph, ToDoubleFunction, LayerFoldingOptions, FrontierSearch.Progress)}.
   */
  public static Frontier frontier(
      SameDiff graph,
      ToDoubleFunction<SameDiff> error,
      GraphFoldingOptions options,
      FrontierSearch.Progress progress) {
    return GraphLayerFolding.frontier(graph, error, options, progress);
  }

  /** As {@link #candidates(ComputationGraph, LayerFoldingOptions)}. */
  public static List<Candidate> candidates(SameDiff graph, GraphFoldingOptions options) {
    return GraphLayerFolding.candidates(graph, options);
  }

  /** As {@link #linearize(ComputationGraph, Set, LayerFoldingOptions)}. */
  public static Converted<SameDiff> linearize(
      SameDiff graph, Set<String> linear, GraphFoldingOptions options) {
    return GraphLayerFolding.linearize(graph, linear, options);
  }

  /** How many operators with a matrix of weights lie on the longest path through a graph. */
  public static int depth(SameDiff graph) {
    return GraphDepth.of(graph);
  }

  /**
   * A trainer that runs all of it for a SameDiff graph: as {@link #trainer(ComputationGraph,
   * LayerFoldingOptions, Consumer)}. The penalty, the start and the learning rate of gates are
   * those of the trainer, not those of the options.
   *
   * @param graph trained, with a training configuration that says which placeholders are features
   *     and labels; it is not changed
   * @param options whose outputs begin with what the labels are compared with
   * @throws FoldingException if the graph does not say what is trained, or cannot be run
   */
  public static LayerFoldingTrainer.Builder<SameDiff> trainer(
      SameDiff graph, GraphFoldingOptions options, Consumer<LayerFoldingReport> reports) {
    return GraphLayerFolding.trainer(graph, options, reports);
  }

  /** The α of all gates, by what they write. */
  public static Map<String, Double> alphas(SameDiff graph) {
    return SameDiffGates.alphas(graph);
  }

  /** The names of the gates whose α is at least a threshold: 0.9 in the paper. */
  public static Set<String> above(SameDiff graph, double threshold) {
    return above(alphas(graph), threshold);
  }
}
