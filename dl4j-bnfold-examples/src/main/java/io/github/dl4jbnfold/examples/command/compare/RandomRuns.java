package io.github.dl4jbnfold.examples.command.compare;

import io.github.dl4jbnfold.examples.measure.Agreement.Inputs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Random inputs for two models, small ones and ones that reach bounds. */
final class RandomRuns {
  private static final double[] DEVIATIONS = {1, 8};

  private RandomRuns() {}

  /** Inputs of both, as they are behind the normalizers of their files. */
  static List<Inputs> of(Subject first, Subject second, int examples, long seed) {
    Map<String, INDArray> sample = first.sample(examples, seed);
    Map<String, INDArray> otherSample = second.sample(examples, seed);
    List<Inputs> runs = new ArrayList<>();
    for (double deviation : DEVIATIONS) {
      Map<String, INDArray> scaled = new LinkedHashMap<>();
      sample.forEach((name, array) -> scaled.put(name, scaled(array, deviation)));
      // What a normalizer writes is moderate: from there back to data, and into the other model.
      Map<String, INDArray> raw =
          first.normalizer().isPresent() ? first.raw(scaled) : second.raw(scaled);
      runs.add(new Inputs(first.inputs(raw, sample), second.inputs(raw, otherSample)));
    }
    return runs;
  }

  private static INDArray scaled(INDArray array, double factor) {
    return array.dataType().isFPType() ? array.mul(factor) : array;
  }
}
