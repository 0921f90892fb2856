package io.github.dl4jbnfold.examples.spark;

import java.util.Arrays;
import org.apache.spark.api.java.JavaRDD;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Says on the driver, before anything is trained, what would fail on all workers. */
final class Examples {
  private Examples() {}

  /**
   * How many examples a batch has.
   *
   * @throws JobFailure if the network does not take them, or has no output for their labels
   */
  static int inOneOf(JavaRDD<DataSet> batches, Model network) {
    DataSet batch = batches.first();
    INDArray output;
    try {
      output =
          network instanceof ComputationGraph graph
              ? graph.output(batch.getFeatures())[0]
              : ((MultiLayerNetwork) network).output(batch.getFeatures());
    } catch (RuntimeException e) {
      throw new JobFailure(
          "The network does not take inputs of shape %s, as the data are. Maybe they are of another"
                  .formatted(shape(batch.getFeatures()))
              + " network.",
          e);
    }
    if (!Arrays.equals(output.shape(), batch.getLabels().shape())) {
      throw new JobFailure(
          "The labels of the data have the shape %s, and the outputs of the network have %s."
              .formatted(shape(batch.getLabels()), shape(output)));
    }
    return batch.numExamples();
  }

  private static String shape(INDArray array) {
    return Arrays.toString(array.shape());
  }
}
