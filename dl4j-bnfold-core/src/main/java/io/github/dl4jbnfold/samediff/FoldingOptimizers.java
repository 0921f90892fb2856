package io.github.dl4jbnfold.samediff;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Set;
import org.nd4j.autodiff.samediff.ArrayHolder;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.optimize.OptimizationHelper;
import org.nd4j.autodiff.samediff.optimize.Optimizer;
import org.nd4j.autodiff.samediff.optimize.OptimizerSet;

/**
 * Batch-normalization folding for ND4J's {@code GraphOptimizer}. That one offers a copy of the
 * graph operator by operator; the fold decides for the whole graph, so it happens at the first
 * batch normalization that is offered.
 */
public final class FoldingOptimizers implements OptimizerSet {
  private final SameDiffFolding.Settings settings;

  public FoldingOptimizers(SameDiffFolding.Settings settings) {
    this.settings = settings;
  }

  @Override
  public List<Optimizer> getOptimizers() {
    return List.of(new FoldOnce(settings));
  }

  private static final class FoldOnce implements Optimizer {
    private static final Set<String> AFFINE = Set.of("batchnorm", "fused_batch_norm", "multiply");

    private final SameDiffFolding.Settings settings;
    private WeakReference<SameDiff> done = new WeakReference<>(null);

    FoldOnce(SameDiffFolding.Settings settings) {
      this.settings = settings;
    }

    @Override
    public boolean checkAndApply(
        SameDiff graph,
        OptimizationHelper helper,
        SameDiffOp op,
        ArrayHolder constants,
        ArrayHolder variables) {
      if (done.refersTo(graph) || !AFFINE.contains(op.getOp().opName())) {
        return false;
      }
      done = new WeakReference<>(graph);
      SameDiffFolding folding = SameDiffFolding.plan(graph, settings);
      folding.apply();
      return !folding.plan().removed().isEmpty();
    }
  }
}
