package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.layers.GateLayer;
import io.github.dl4jbnfold.linearize.merge.Flow;
import io.github.dl4jbnfold.network.NetworkProbe;
import io.github.dl4jbnfold.network.read.NormValues;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.network.structure.Structure;
import io.github.dl4jbnfold.verify.Agreement;
import io.github.dl4jbnfold.verify.Precision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What gates are when they are linear: lines near to their activations. */
final class EndPoints {
  private EndPoints() {}

  /**
   * Lines by least squares, for gates behind something whose channels are known.
   *
   * @param gated all α = 0
   * @param inputs of the network, of as many examples as there are
   */
  static Map<String, Line> leastSquares(
      SourceNetwork gated, Map<String, Flow> flows, List<INDArray> inputs) {
    Map<String, INDArray> activations = new HashMap<>();
    gated
        .activations(inputs.stream().map(INDArray::dup).toList())
        .forEach((name, array) -> activations.put(name, array.dup()));
    Map<String, Line> lines = new HashMap<>();
    for (Step step : gated.structure().steps()) {
      String read = step.inputs().get(0);
      if (step.layer() instanceof GateLayer && flows.containsKey(read)) {
        INDArray x = Objects.requireNonNull(activations.get(read));
        INDArray y = Objects.requireNonNull(activations.get(step.name()));
        int axis = flows.get(read).channelAxis();
        lines.put(step.name(), Line.fitted(x, y, axis));
      }
    }
    return lines;
  }

  /**
   * Lines from the batch normalizations right before activations, without any data. A fold may have
   * changed the scale of what an activation reads: those have none.
   *
   * @param original with its batch normalizations
   * @param gated all α = 0
   */
  static Map<String, Line> closedForm(
      SourceNetwork original, SourceNetwork gated, NetworkProbe probe) {
    Structure before = original.structure();
    Map<String, INDArray> then = probe.activations(original);
    Map<String, INDArray> now = probe.activations(gated);
    double tolerance = Precision.of(gated.dataType()).tolerance();
    Map<String, Line> lines = new HashMap<>();
    for (Step step : gated.structure().steps()) {
      if (step.layer() instanceof GateLayer gate && before.contains(step.name())) {
        String read = before.step(step.name()).inputs().get(0);
        boolean norm = before.contains(read) && isNorm(before.step(read));
        INDArray x = Objects.requireNonNull(now.get(step.inputs().get(0)));
        if (norm
            && Agreement.of(Objects.requireNonNull(then.get(read)), x).maxRelativeError()
                <= tolerance) {
          lines.put(step.name(), line(original, before.step(read), gate));
        }
      }
    }
    return lines;
  }

  private static boolean isNorm(Step step) {
    return step.layer() instanceof BatchNormalization;
  }

  private static Line line(SourceNetwork original, Step step, GateLayer gate) {
    BatchNormalization norm = (BatchNormalization) Objects.requireNonNull(step.layer());
    return Line.behind(NormValues.of(norm, original.parameters(step.name())), gate.activation());
  }
}
