package io.github.dl4jbnfold;

import io.github.dl4jbnfold.layers.GateLayer;
import io.github.dl4jbnfold.linearize.network.BudgetPlan;
import io.github.dl4jbnfold.linearize.network.Conversion;
import io.github.dl4jbnfold.linearize.network.NetworkDepth;
import io.github.dl4jbnfold.linearize.network.Preparation;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.run.Candidate;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.run.FrontierSearch;
import io.github.dl4jbnfold.linearize.run.PaddingScope;
import io.github.dl4jbnfold.linearize.samediff.GraphBudget;
import io.github.dl4jbnfold.linearize.samediff.GraphConversion;
import io.github.dl4jbnfold.linearize.samediff.GraphDepth;
import io.github.dl4jbnfold.linearize.samediff.GraphFoldingOptions;
import io.github.dl4jbnfold.linearize.samediff.GraphPreparation;
import io.github.dl4jbnfold.linearize.samediff.GraphTrainee;
import io.github.dl4jbnfold.linearize.samediff.SameDiffGates;
import io.github.dl4jbnfold.linearize.train.LayerFoldingTrainer;
import io.github.dl4jbnfold.network.structure.GraphNetwork;
import io.github.dl4jbnfold.network.structure.LayerNetwork;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
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
  public record Converted<N>(N network, LayerFoldingReport report) {}

  /**
   * Puts gates in the place of activations; the given network is not changed.
   *
   * @throws FoldingException if the network cannot be run
   * @throws io.github.dl4jbnfold.verify.CheckFailedException if with all α = 0 it is not what it
   *     was
   */
  public static Prepared<ComputationGraph> prepare(
      ComputationGraph network, LayerFoldingOptions options) {
    Preparation.Prepared prepared =
        Preparation.prepare(
            new GraphNetwork(folded(network, options)), options.request(new GraphNetwork(network)));
    return new Prepared<>((ComputationGraph) prepared.network().model(), prepared.gates());
  }

  /** As {@link #prepare(ComputationGraph, LayerFoldingOptions)}. */
  public static Prepared<MultiLayerNetwork> prepare(
      MultiLayerNetwork network, LayerFoldingOptions options) {
    Preparation.Prepared prepared =
        Preparation.prepare(
            new LayerNetwork(folded(network, options)), options.request(new LayerNetwork(network)));
    return new Prepared<>((MultiLayerNetwork) prepared.network().model(), prepared.gates());
  }

  private static ComputationGraph folded(ComputationGraph network, LayerFoldingOptions options) {
    return options.foldingBatchNorms()
        ? BatchNormFolding.foldCopy(network, folding(options)).network()
        : network;
  }

  private static MultiLayerNetwork folded(MultiLayerNetwork network, LayerFoldingOptions options) {
    return options.foldingBatchNorms()
        ? BatchNormFolding.foldCopy(network, folding(options)).network()
        : network;
  }

  private static FoldingOptions folding(LayerFoldingOptions options) {
    FoldingOptions folding = FoldingOptions.defaults();
    for (Map.Entry<String, long[]> shape : options.inputShapes().entrySet()) {
      folding = folding.inputShape(shape.getKey(), shape.getValue());
    }
    return folding;
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
    return convert(new GraphNetwork(gated), linear, options, ComputationGraph.class);
  }

  /** As {@link #convert(ComputationGraph, Set, LayerFoldingOptions)}. */
  public static Converted<MultiLayerNetwork> convert(
      MultiLayerNetwork gated, Set<String> linear, LayerFoldingOptions options) {
    return convert(new LayerNetwork(gated), linear, options, MultiLayerNetwork.class);
  }

  /**
   * The pieces of a network that could become one layer each if their activations were linear, with
   * what they cost by the costs of the options.
   */
  public static List<Candidate> candidates(ComputationGraph network, LayerFoldingOptions options) {
    return BudgetPlan.candidates(
        new GraphNetwork(prepare(network, options.forChoosing()).network()), options.budget());
  }

  /** As {@link #candidates(ComputationGraph, LayerFoldingOptions)}. */
  public static List<Candidate> candidates(MultiLayerNetwork network, LayerFoldingOptions options) {
    return BudgetPlan.candidates(
        new LayerNetwork(prepare(network, options.forChoosing()).network()), options.budget());
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
    Prepared<ComputationGraph> prepared = prepare(network, options.forChoosing());
    return BudgetPlan.of(
        new GraphNetwork(prepared.network()),
        model -> error.applyAsDouble((ComputationGraph) model),
        options.budget(),
        progress);
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
    Prepared<MultiLayerNetwork> prepared = prepare(network, options.forChoosing());
    return BudgetPlan.of(
        new LayerNetwork(prepared.network()),
        model -> error.applyAsDouble((MultiLayerNetwork) model),
        options.budget(),
        progress);
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
    LayerFoldingOptions certain = options.expecting(linear::contains);
    return convert(prepare(network, certain).network(), linear, certain);
  }

  /** As {@link #linearize(ComputationGraph, Set, LayerFoldingOptions)}. */
  public static Converted<MultiLayerNetwork> linearize(
      MultiLayerNetwork network, Set<String> linear, LayerFoldingOptions options) {
    LayerFoldingOptions certain = options.expecting(linear::contains);
    return convert(prepare(network, certain).network(), linear, certain);
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
    return new LayerFoldingTrainer.Builder<>(
        folded(network, options),
        teacher -> prepare(network, options).network(),
        (gated, linear) -> told(convert(gated, linear, options), reports));
  }

  /** As {@link #trainer(ComputationGraph, LayerFoldingOptions, Consumer)}. */
  public static LayerFoldingTrainer.Builder<MultiLayerNetwork> trainer(
      MultiLayerNetwork network,
      LayerFoldingOptions options,
      Consumer<LayerFoldingReport> reports) {
    return new LayerFoldingTrainer.Builder<>(
        folded(network, options),
        teacher -> prepare(network, options).network(),
        (gated, linear) -> told(convert(gated, linear, options), reports));
  }

  private static <N> N told(Converted<N> converted, Consumer<LayerFoldingReport> reports) {
    reports.accept(converted.report());
    return converted.network();
  }

  private static <N> Converted<N> convert(
      SourceNetwork gated, Set<String> linear, LayerFoldingOptions options, Class<N> type) {
    long start = System.nanoTime();
    Map<String, Double> alphas = alphas(gated);
    for (String name : new TreeSet<>(linear)) {
      if (!alphas.containsKey(name)) {
        throw new FoldingException(
            "The network has no gate '%s'; it has %s."
                .formatted(name, alphas.isEmpty() ? "none" : String.join(", ", alphas.keySet())));
      }
    }
    Conversion.Result result =
        Conversion.convert(gated, linear, options.costs(), options.growth(), options.inputShapes());
    LayerFoldingReport report =
        LayerFoldingReport.of(
            alphas.keySet(),
            linear,
            result.merges(),
            result.apart(),
            size(gated),
            size(result.network()),
            result.agreement().maxRelativeError(),
            start);
    return new Converted<>(type.cast(result.network().model()), report);
  }

  private static LayerFoldingReport.Size size(SourceNetwork network) {
    return new LayerFoldingReport.Size(NetworkDepth.of(network), network.model().numParams());
  }

  /** How many layers with a matrix of weights lie on the longest path through a network. */
  public static int depth(ComputationGraph network) {
    return NetworkDepth.of(new GraphNetwork(network));
  }

  /** As {@link #depth(ComputationGraph)}. */
  public static int depth(MultiLayerNetwork network) {
    return NetworkDepth.of(new LayerNetwork(network));
  }

  /** The α of all gates, by their names, in the order of the network. */
  public static Map<String, Double> alphas(ComputationGraph network) {
    return alphas(new GraphNetwork(network));
  }

  /** As {@link #alphas(ComputationGraph)}. */
  public static Map<String, Double> alphas(MultiLayerNetwork network) {
    return alphas(new LayerNetwork(network));
  }

  private static Map<String, Double> alphas(SourceNetwork network) {
    Map<String, Double> alphas = new LinkedHashMap<>();
    for (Step step : network.structure().steps()) {
      if (step.layer() instanceof GateLayer) {
        alphas.put(
            step.name(),
            Objects.requireNonNull(network.parameters(step.name()).get(GateLayer.ALPHA))
                .getDouble(0));
      }
    }
    return alphas;
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
    SameDiff copy = folded(graph, options);
    return new Prepared<>(copy, GraphPreparation.prepare(copy, options));
  }

  /** A copy, its batch normalizations folded if they are to be. */
  private static SameDiff folded(SameDiff graph, GraphFoldingOptions options) {
    FoldingOptions folding = FoldingOptions.defaults().outputs(options.outputs());
    for (Map.Entry<String, long[]> shape : options.inputShapes().entrySet()) {
      folding = folding.inputShape(shape.getKey(), shape.getValue());
    }
    SameDiff copy =
        options.foldingBatchNorms()
            ? BatchNormFolding.foldCopy(graph, folding).network()
            : graph.dup();
    copy.setListeners(graph.getListeners());
    return copy;
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
    SameDiff copy = gated.dup();
    copy.setListeners(gated.getListeners());
    return new Converted<>(copy, GraphConversion.convert(copy, linear, options));
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
    return GraphBudget.of(gatedForChoosing(graph, options), error, options, progress);
  }

  /** As {@link #candidates(ComputationGraph, LayerFoldingOptions)}. */
  public static List<Candidate> candidates(SameDiff graph, GraphFoldingOptions options) {
    return GraphBudget.candidates(gatedForChoosing(graph, options), options);
  }

  private static SameDiff gatedForChoosing(SameDiff graph, GraphFoldingOptions options) {
    GraphFoldingOptions still =
        options.padding(PaddingScope.NONE).gates(gates -> gates.start(0).penalties(name -> null));
    return prepare(graph, still).network();
  }

  /** As {@link #linearize(ComputationGraph, Set, LayerFoldingOptions)}. */
  public static Converted<SameDiff> linearize(
      SameDiff graph, Set<String> linear, GraphFoldingOptions options) {
    GraphFoldingOptions certain =
        options.expecting(linear::contains).gates(gates -> gates.penalties(name -> null));
    return convert(prepare(graph, certain).network(), linear, certain);
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
    GraphFoldingOptions plain =
        options.foldingBatchNorms(false).gates(gates -> gates.penalties(name -> null));
    return LayerFoldingTrainer.of(
        GraphTrainee.of(folded(graph, options), options.outputs()),
        original -> prepare(original, plain).network(),
        (gated, linear) -> told(convert(gated, linear, plain), reports));
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
