package io.github.dl4jbnfold.examples.command;

import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.linearize.network.EndPoint;
import io.github.dl4jbnfold.linearize.network.MeasuredCosts;
import io.github.dl4jbnfold.linearize.run.Costs;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The library's options for those of the command line. */
record FoldingSettings(LinearizeOptions options, Costs costs, @Nullable INDArray calibration) {
  static FoldingSettings of(LinearizeOptions options, LinearizeModel<?> model) {
    Costs costs =
        switch (options.unit()) {
          case DEPTH -> Costs.DEPTH;
          case MULTIPLICATIONS -> Costs.MULTIPLY_ADDS;
          case TIME -> MeasuredCosts.onThisMachine(model.source().dataType(), options.examples());
        };
    return new FoldingSettings(options, costs, null);
  }

  FoldingSettings calibratedOn(INDArray inputs) {
    return new FoldingSettings(options, costs, inputs);
  }

  LayerFoldingOptions build() {
    LayerFoldingOptions built = LayerFoldingOptions.defaults().costs(costs);
    return switch (options.endPoint()) {
      case IDENTITY -> built;
      case CLOSED_FORM -> built.endPoint(EndPoint.CLOSED_FORM);
      case LEAST_SQUARES -> calibration == null ? built : built.leastSquares(calibration);
    };
  }
}
