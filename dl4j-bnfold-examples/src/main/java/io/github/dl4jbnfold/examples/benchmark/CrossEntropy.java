package io.github.dl4jbnfold.examples.benchmark;

import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The mean negative logarithm of the probability of the right class. */
final class CrossEntropy {
  private static final double LEAST = 1e-7;

  private CrossEntropy() {}

  /** On some data, from their beginning each time. */
  static ToDoubleFunction<ComputationGraph> on(Supplier<MultiDataSetIterator> data) {
    return network -> {
      double sum = 0;
      long count = 0;
      MultiDataSetIterator batches = data.get();
      while (batches.hasNext()) {
        MultiDataSet batch = batches.next();
        INDArray probabilities = network.outputSingle(batch.getFeatures(0));
        INDArray right = probabilities.mul(batch.getLabels(0)).sum(1);
        sum -= Transforms.log(right.addi(LEAST)).sumNumber().doubleValue();
        count += right.length();
      }
      return sum / count;
    };
  }
}
