package io.github.dl4jbnfold;

import io.github.dl4jbnfold.LayerFolding.Converted;
import io.github.dl4jbnfold.LayerFolding.Prepared;
import io.github.dl4jbnfold.linearize.report.LayerFoldingReport;
import io.github.dl4jbnfold.linearize.run.Candidate;
import io.github.dl4jbnfold.linearize.run.Frontier;
import io.github.dl4jbnfold.linearize.run.FrontierSearch;
import io.github.dl4jbnfold.linearize.run.PaddingScope;
import io.github.dl4jbnfold.linearize.samediff.GraphBudget;
import io.github.dl4jbnfold.linearize.samediff.GraphConversion;
import io.github.dl4jbnfold.linearize.samediff.GraphFoldingOptions;
import io.github.dl4jbnfold.linearize.samediff.GraphPreparation;
import io.github.dl4jbnfold.linearize.samediff.GraphTrainee;
import io.github.dl4jbnfold.linearize.train.LayerFoldingTrainer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.nd4j.autodiff.samediff.SameDiff;

/** Layer folding of SameDiff graphs, as {@link LayerFolding} describes it. */
final class GraphLayerFolding {
  private GraphLayerFolding() {}

  static Prepared<SameDiff> prepare(SameDiff graph, GraphFoldingOptions options) {
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

  static Converted<SameDiff> convert(
      SameDiff gated, Set<String> linear, GraphFoldingOptions options) {
    SameDiff copy = gated.dup();
    copy.setListeners(gated.getListeners());
    return new Converted<>(copy, GraphConversion.convert(copy, linear, options));
  }

  static Frontier frontier(
      SameDiff graph,
      ToDoubleFunction<SameDiff> error,
      GraphFoldingOptions options,
      FrontierSearch.Progress progress) {
    return GraphBudget.of(forChoosing(graph, options), error, options, progress);
  }

  static List<Candidate> candidates(SameDiff graph, GraphFoldingOptions options) {
    return GraphBudget.candidates(forChoosing(graph, options), options);
  }

  private static SameDiff forChoosing(SameDiff graph, GraphFoldingOptions options) {
    GraphFoldingOptions still =
        options.padding(PaddingScope.NONE).gates(gates -> gates.start(0).penalties(name -> null));
    return prepare(graph, still).network();
  }

  static Converted<SameDiff> linearize(
      SameDiff graph, Set<String> linear, GraphFoldingOptions options) {
    GraphFoldingOptions certain =
        options.expecting(linear::contains).gates(gates -> gates.penalties(name -> null));
    return convert(prepare(graph, certain).network(), linear, certain);
  }

  static LayerFoldingTrainer.Builder<SameDiff> trainer(
      SameDiff graph, GraphFoldingOptions options, Consumer<LayerFoldingReport> reports) {
    GraphFoldingOptions plain =
        options.foldingBatchNorms(false).gates(gates -> gates.penalties(name -> null));
    return LayerFoldingTrainer.of(
        GraphTrainee.of(folded(graph, options), options.outputs()),
        original -> prepare(original, plain).network(),
        (gated, linear) -> convert(gated, linear, plain).tell(reports));
  }
}
