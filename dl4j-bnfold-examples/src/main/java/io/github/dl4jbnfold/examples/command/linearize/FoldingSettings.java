package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.linearize.network.EndPoint;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.samediff.GraphFoldingOptions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The library's options for those of the command line.
 *
 * @param calibration inputs by which lines and merged layers are fitted; null for none
 * @param chosen the gates that are to become linear; null while nobody knows
 */
record FoldingSettings(
    LinearizeOptions options,
    Costs costs,
    @Nullable INDArray calibration,
    @Nullable Set<String> chosen) {
  static FoldingSettings of(LinearizeOptions options, LinearizeModel<?> model) {
    Costs costs =
        switch (options.unit()) {
          case DEPTH -> Costs.DEPTH;
          case MULTIPLICATIONS -> Costs.MULTIPLY_ADDS;
          case TIME -> model.times(options.examples());
        };
    return new FoldingSettings(options, costs, null, null);
  }

  /** With times that a run remembers. */
  FoldingSettings rememberedBy(LinearizeRun run) {
    return options.unit() == LinearizeOptions.Unit.TIME
        ? new FoldingSettings(options, new LinearizeCosts(costs, run), calibration, chosen)
        : this;
  }

  FoldingSettings calibratedOn(INDArray inputs) {
    return new FoldingSettings(options, costs, inputs, chosen);
  }

  FoldingSettings choosing(Set<String> linear) {
    return new FoldingSettings(options, costs, calibration, linear);
  }

  /** For a network of layers. */
  LayerFoldingOptions ofLayers() {
    LayerFoldingOptions built = LayerFoldingOptions.defaults().costs(costs);
    if (options.endPoint() == LinearizeOptions.Line.CLOSED_FORM) {
      built = built.endPoint(EndPoint.CLOSED_FORM);
    }
    INDArray inputs = calibration;
    if (inputs != null && options.endPoint() == LinearizeOptions.Line.LEAST_SQUARES) {
      built = built.leastSquares(inputs);
    }
    if (inputs != null && options.reconstructs()) {
      built = built.reconstructing(inputs);
    }
    return chosen == null ? built : built.expecting(chosen::contains);
  }

  /** For a SameDiff graph whose batch normalizations are folded. */
  GraphFoldingOptions ofGraph() {
    GraphFoldingOptions built =
        GraphFoldingOptions.defaults().costs(costs).foldingBatchNorms(false);
    return chosen == null ? built : built.expecting(chosen::contains);
  }
}
