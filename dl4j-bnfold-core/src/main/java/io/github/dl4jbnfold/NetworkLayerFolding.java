package io.github.dl4jbnfold;

import io.github.dl4jbnfold.LayerFolding.Converted;
import io.github.dl4jbnfold.LayerFolding.Prepared;
import io.github.dl4jbnfold.layers.GateLayer;
import io.github.dl4jbnfold.linearize.network.BudgetPlan;
import io.github.dl4jbnfold.linearize.network.Conversion;
import io.github.dl4jbnfold.linearize.network.NetworkDepth;
import io.github.dl4jbnfold.linearize.network.Preparation;
import io.github.dl4jbnfold.linearize.network.Reconstruction;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.report.Reconstructed;
import io.github.dl4jbnfold.linearize.run.Candidate;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.run.FrontierSearch;
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
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/**
 * Layer folding of networks of one class, as {@link LayerFolding} describes it.
 *
 * @param type of the networks
 * @param source how they are read
 * @param folding gives a copy without batch normalizations
 */
record NetworkLayerFolding<N extends Model>(
    Class<N> type, Function<N, SourceNetwork> source, BiFunction<N, FoldingOptions, N> folding) {
  static final NetworkLayerFolding<ComputationGraph> GRAPHS =
      new NetworkLayerFolding<>(
          ComputationGraph.class,
          GraphNetwork::new,
          (network, options) -> BatchNormFolding.foldCopy(network, options).network());
  static final NetworkLayerFolding<MultiLayerNetwork> LAYERS =
      new NetworkLayerFolding<>(
          MultiLayerNetwork.class,
          LayerNetwork::new,
          (network, options) -> BatchNormFolding.foldCopy(network, options).network());

  Prepared<N> prepare(N network, LayerFoldingOptions options) {
    Preparation.Prepared prepared =
        Preparation.prepare(
            source.apply(folded(network, options)), options.request(source.apply(network)));
    return new Prepared<>(type.cast(prepared.network().model()), prepared.gates());
  }

  private N folded(N network, LayerFoldingOptions options) {
    if (!options.foldingBatchNorms()) {
      return network;
    }
    FoldingOptions shaped = FoldingOptions.defaults();
    for (Map.Entry<String, long[]> shape : options.inputShapes().entrySet()) {
      shaped = shaped.inputShape(shape.getKey(), shape.getValue());
    }
    return folding.apply(network, shaped);
  }

  Converted<N> convert(N gated, Set<String> linear, LayerFoldingOptions options) {
    return convert(gated, linear, options, () -> source.apply(gated));
  }

  /**
   * @param reference what merged layers are fitted to, if they are to be
   */
  private Converted<N> convert(
      N gated, Set<String> linear, LayerFoldingOptions options, Supplier<SourceNetwork> reference) {
    long start = System.nanoTime();
    Map<String, Double> alphas = alphas(gated);
    for (String name : new TreeSet<>(linear)) {
      if (!alphas.containsKey(name)) {
        throw new FoldingException(
            "The network has no gate '%s'; it has %s."
                .formatted(name, alphas.isEmpty() ? "none" : String.join(", ", alphas.keySet())));
      }
    }
    SourceNetwork before = source.apply(gated);
    Conversion.Result result =
        Conversion.convert(
            before, linear, options.costs(), options.growth(), options.inputShapes());
    Reconstructed reconstructed =
        options.reconstruction().isEmpty()
            ? null
            : Reconstruction.fit(
                reference.get(), result, options.reconstruction(), options.inputShapes());
    LayerFoldingReport report =
        LayerFoldingReport.of(
            alphas.keySet(),
            linear,
            result.merges(),
            result.apart(),
            reconstructed,
            size(before),
            size(result.network()),
            result.agreement().maxRelativeError(),
            start);
    return new Converted<>(type.cast(result.network().model()), report);
  }

  private static LayerFoldingReport.Size size(SourceNetwork network) {
    return new LayerFoldingReport.Size(NetworkDepth.of(network), network.model().numParams());
  }

  List<Candidate> candidates(N network, LayerFoldingOptions options) {
    return BudgetPlan.candidates(forChoosing(network, options), options.budget());
  }

  Frontier frontier(
      N network,
      ToDoubleFunction<N> error,
      LayerFoldingOptions options,
      FrontierSearch.Progress progress) {
    return BudgetPlan.of(
        forChoosing(network, options),
        model -> error.applyAsDouble(type.cast(model)),
        options.budget(),
        progress);
  }

  private SourceNetwork forChoosing(N network, LayerFoldingOptions options) {
    return source.apply(prepare(network, options.forChoosing()).network());
  }

  Converted<N> linearize(N network, Set<String> linear, LayerFoldingOptions options) {
    LayerFoldingOptions certain = options.expecting(linear::contains);
    return convert(
        prepare(network, certain).network(), linear, certain, () -> forChoosing(network, certain));
  }

  LayerFoldingTrainer.Builder<N> trainer(
      N network, LayerFoldingOptions options, Consumer<LayerFoldingReport> reports) {
    return new LayerFoldingTrainer.Builder<>(
            folded(network, options),
            teacher -> prepare(network, options).network(),
            (gated, linear) -> convert(gated, linear, options).tell(reports))
        .withoutPreFolding(linear -> linearize(network, linear, options).tell(reports));
  }

  int depth(N network) {
    return NetworkDepth.of(source.apply(network));
  }

  Map<String, Double> alphas(N gated) {
    SourceNetwork network = source.apply(gated);
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
}
