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
   * @param network trained; it is not changed
   * @param options gates, costs and padding
   * @return a network of the same class with gates, initialized, and their names
   * @throws FoldingException if the network cannot be run
   * @throws io.github.dl4jbnfold.verify.CheckFailedException if with all α = 0 it is not what it
   *     was
   */
  public static Prepared<ComputationGraph> prepare(
      ComputationGraph network, LayerFoldingOptions options) {
    return NetworkLayerFolding.GRAPHS.prepare(network, options);
  }

  /**
   * As {@link #prepare(ComputationGraph, LayerFoldingOptions)}.
   *
   * @param network trained; it is not changed
   * @param options gates, costs and padding
   * @return a network with gates, initialized, and their names
   * @throws FoldingException if the network cannot be run
   */
  public static Prepared<MultiLayerNetwork> prepare(
      MultiLayerNetwork network, LayerFoldingOptions options) {
    return NetworkLayerFolding.LAYERS.prepare(network, options);
  }

  /**
   * Takes the gates out: those that are named become linear, the others their activations, and
   * linear layers that meet are merged where it is exact and worth it. The given network is not
   * changed.
   *
   * @param gated with gates, trained; it is not changed
   * @param linear names of gates
   * @param options those that it was prepared with
   * @return a network of DL4J's own layers, and what was merged
   * @throws FoldingException if there is no such gate, or the network cannot be run
   * @throws io.github.dl4jbnfold.verify.CheckFailedException if the result is not what the network
   *     with these gates is
   */
  public static Converted<ComputationGraph> convert(
      ComputationGraph gated, Set<String> linear, LayerFoldingOptions options) {
    return NetworkLayerFolding.GRAPHS.convert(gated, linear, options);
  }

  /**
   * As {@link #convert(ComputationGraph, Set, LayerFoldingOptions)}.
   *
   * @param gated with gates, trained; it is not changed
   * @param linear names of gates; the others become their activations again
   * @param options those that it was prepared with
   * @return a network of DL4J's own layers, and what was merged
   * @throws FoldingException if there is no such gate, or the network cannot be run
   */
  public static Converted<MultiLayerNetwork> convert(
      MultiLayerNetwork gated, Set<String> linear, LayerFoldingOptions options) {
    return NetworkLayerFolding.LAYERS.convert(gated, linear, options);
  }

  /**
   * The pieces of a network that could become one layer each if their activations were linear, with
   * what they cost by the costs of the options.
   *
   * @param network trained; it is not changed
   * @param options whose costs count; times are measured now
   * @return one for each piece, those that cost more than before included
   */
  public static List<Candidate> candidates(ComputationGraph network, LayerFoldingOptions options) {
    return NetworkLayerFolding.GRAPHS.candidates(network, options);
  }

  /**
   * As {@link #candidates(ComputationGraph, LayerFoldingOptions)}.
   *
   * @param network trained; it is not changed
   * @param options whose costs count; times are measured now
   * @return one for each piece, those that cost more than before included
   */
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
   * @param options costs by which choices are compared, and lines as which activations end
   * @param progress is told after each error how many of how many were measured
   * @return choices from the cheapest to the one that loses least; costs in the unit of the
   *     options, losses in that of the error
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
   *
   * @param network trained; it is not changed
   * @param error of a copy of the network with some activations linear, the smaller the better;
   *     asked some times for each activation
   * @param options costs by which choices are compared, and lines as which activations end
   * @param progress is told after each error how many of how many were measured
   * @return choices from the cheapest to the one that loses least; costs in the unit of the
   *     options, losses in that of the error
   * @throws FoldingException if the network cannot be run, or an error is not a number
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
   * @param options costs, padding, lines, and inputs for a reconstruction
   * @return a network of DL4J's own layers, and what was merged
   * @throws FoldingException if there is no such gate, or the network cannot be run
   */
  public static Converted<ComputationGraph> linearize(
      ComputationGraph network, Set<String> linear, LayerFoldingOptions options) {
    return NetworkLayerFolding.GRAPHS.linearize(network, linear, options);
  }

  /**
   * As {@link #linearize(ComputationGraph, Set, LayerFoldingOptions)}.
   *
   * @param network trained; it is not changed
   * @param linear names of gates, as a {@link Frontier} has them
   * @param options costs, padding, lines, and inputs for a reconstruction
   * @return a network of DL4J's own layers, and what was merged
   * @throws FoldingException if there is no such gate, or the network cannot be run
   */
  public static Converted<MultiLayerNetwork> linearize(
      MultiLayerNetwork network, Set<String> linear, LayerFoldingOptions options) {
    return NetworkLayerFolding.LAYERS.linearize(network, linear, options);
  }

  /**
   * A trainer that runs all of it: gates, training, selection, merge, fine-tuning. The teacher is
   * the network with its batch normalizations folded, if they are to be: the same function, faster.
   *
   * @param network trained; it is not changed
   * @param options of the gates and merges; what the builder states, too, counts by the builder
   * @param reports is told what was merged
   * @return a builder that wants data, a validation and numbers of steps
   */
  public static LayerFoldingTrainer.Builder<ComputationGraph> trainer(
      ComputationGraph network, LayerFoldingOptions options, Consumer<LayerFoldingReport> reports) {
    return NetworkLayerFolding.GRAPHS.trainer(network, options, reports);
  }

  /**
   * As {@link #trainer(ComputationGraph, LayerFoldingOptions, Consumer)}.
   *
   * @param network trained; it is not changed
   * @param options of the gates and merges; what the builder states, too, counts by the builder
   * @param reports is told what was merged
   * @return a builder that wants data, a validation and numbers of steps
   */
  public static LayerFoldingTrainer.Builder<MultiLayerNetwork> trainer(
      MultiLayerNetwork network,
      LayerFoldingOptions options,
      Consumer<LayerFoldingReport> reports) {
    return NetworkLayerFolding.LAYERS.trainer(network, options, reports);
  }

  /**
   * How many layers with a matrix of weights lie on the longest path through a network.
   *
   * @param network of layers of any kind; it is not run
   * @return 0 if none has weights
   */
  public static int depth(ComputationGraph network) {
    return NetworkLayerFolding.GRAPHS.depth(network);
  }

  /**
   * As {@link #depth(ComputationGraph)}.
   *
   * @param network of layers of any kind; it is not run
   * @return 0 if none has weights
   */
  public static int depth(MultiLayerNetwork network) {
    return NetworkLayerFolding.LAYERS.depth(network);
  }

  /**
   * The α of all gates, by their names, in the order of the network.
   *
   * @param network with gates, or without
   * @return by the names of the gates; empty without gates
   */
  public static Map<String, Double> alphas(ComputationGraph network) {
    return NetworkLayerFolding.GRAPHS.alphas(network);
  }

  /**
   * As {@link #alphas(ComputationGraph)}.
   *
   * @param network with gates, or without
   * @return by the names of the gates; empty without gates
   */
  public static Map<String, Double> alphas(MultiLayerNetwork network) {
    return NetworkLayerFolding.LAYERS.alphas(network);
  }

  /**
   * The names of the gates whose α is at least a threshold: 0.9 in the paper.
   *
   * @param network with gates
   * @param threshold between 0 and 1
   * @return at or above it, in no order
   */
  public static Set<String> above(ComputationGraph network, double threshold) {
    return above(alphas(network), threshold);
  }

  /**
   * As {@link #above(ComputationGraph, double)}.
   *
   * @param network with gates
   * @param threshold between 0 and 1
   * @return at or above it, in no order
   */
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
   * @param graph is not changed
   * @param options gates, padding, and the variables to preserve
   * @return the copy, and the variables that its gates write
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
   * @param gated with gates, trained; it is not changed
   * @param linear names of gates
   * @param options those that it was prepared with
   * @return the copy, of ND4J's operators, and what was merged
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
   *
   * @param graph is not changed
   * @param error of a copy of the graph with some activations linear, the smaller the better; asked
   *     some times for each activation
   * @param options costs by which choices are compared
   * @param progress is told after each error how many of how many were measured
   * @return choices from the cheapest to the one that loses least; costs in the unit of the
   *     options, losses in that of the error
   * @throws FoldingException if the graph cannot be run, or an error is not a number
   */
  public static Frontier frontier(
      SameDiff graph,
      ToDoubleFunction<SameDiff> error,
      GraphFoldingOptions options,
      FrontierSearch.Progress progress) {
    return GraphLayerFolding.frontier(graph, error, options, progress);
  }

  /**
   * As {@link #candidates(ComputationGraph, LayerFoldingOptions)}.
   *
   * @param graph is not changed
   * @param options whose costs count
   * @return one for each piece, those that cost more than before included
   */
  public static List<Candidate> candidates(SameDiff graph, GraphFoldingOptions options) {
    return GraphLayerFolding.candidates(graph, options);
  }

  /**
   * As {@link #linearize(ComputationGraph, Set, LayerFoldingOptions)}.
   *
   * @param graph is not changed
   * @param linear names of gates: the variables that activations write
   * @param options costs and padding
   * @return the copy, of ND4J's operators, and what was merged
   * @throws FoldingException if there is no such gate, or the graph cannot be run
   */
  public static Converted<SameDiff> linearize(
      SameDiff graph, Set<String> linear, GraphFoldingOptions options) {
    return GraphLayerFolding.linearize(graph, linear, options);
  }

  /**
   * How many operators with a matrix of weights lie on the longest path through a graph.
   *
   * @param graph is not run
   * @return 0 if none has weights
   */
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
   * @param reports is told what was merged
   * @return a builder that wants data, a validation and numbers of steps
   * @throws FoldingException if the graph does not say what is trained, or cannot be run
   */
  public static LayerFoldingTrainer.Builder<SameDiff> trainer(
      SameDiff graph, GraphFoldingOptions options, Consumer<LayerFoldingReport> reports) {
    return GraphLayerFolding.trainer(graph, options, reports);
  }

  /**
   * The α of all gates, by what they write.
   *
   * @param graph with gates, or without
   * @return by the names of the gates; empty without gates
   */
  public static Map<String, Double> alphas(SameDiff graph) {
    return SameDiffGates.alphas(graph);
  }

  /**
   * The names of the gates whose α is at least a threshold: 0.9 in the paper.
   *
   * @param graph with gates
   * @param threshold between 0 and 1
   * @return at or above it, in no order
   */
  public static Set<String> above(SameDiff graph, double threshold) {
    return above(alphas(graph), threshold);
  }
}
