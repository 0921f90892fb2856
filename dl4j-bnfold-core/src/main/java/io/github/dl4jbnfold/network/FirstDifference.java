package io.github.dl4jbnfold.network;

import io.github.dl4jbnfold.graph.GraphDraft.View;
import io.github.dl4jbnfold.network.read.NetworkReading;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.network.structure.Structure;
import io.github.dl4jbnfold.plan.Plan;
import io.github.dl4jbnfold.verify.Agreement;
import io.github.dl4jbnfold.verify.Expectation;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where a folded network first computes something else than its plan says. */
final class FirstDifference {
  private FirstDifference() {}

  /**
   * The name of the step; the last one if all that can be compared is as it should be.
   *
   * @param probe inputs of the original
   * @param foldedProbe inputs of the folded network that mean the same
   */
  static String of(
      SourceNetwork original,
      SourceNetwork folded,
      NetworkReading reading,
      Plan plan,
      NetworkProbe probe,
      NetworkProbe foldedProbe,
      double tolerance) {
    Map<String, INDArray> before = probe.activations(original);
    Map<String, INDArray> after = foldedProbe.activations(folded);
    List<Step> steps = original.structure().steps();
    for (Step step : steps) {
      INDArray was = before.get(step.name());
      INDArray is = after.get(end(step.name(), original.structure(), folded.structure()));
      if (was != null && is != null && was.equalShapes(is)) {
        INDArray expected = expected(was, reading.views().get(step.name()), plan);
        if (!(Agreement.of(expected, is).maxRelativeError() <= tolerance)) {
          return step.name();
        }
      }
    }
    return steps.get(steps.size() - 1).name();
  }

  /** The last of the new steps into which a step has been taken apart. */
  private static String end(String name, Structure original, Structure folded) {
    return folded.steps().stream()
        .filter(step -> step.inputs().contains(name) && !original.contains(step.name()))
        .findFirst()
        .map(step -> end(step.name(), original, folded))
        .orElse(name);
  }

  private static INDArray expected(INDArray value, @Nullable View view, Plan plan) {
    if (view == null) {
      return value;
    }
    return Expectation.of(value, plan.gauges().of(view.tensor()), view.layout());
  }
}
