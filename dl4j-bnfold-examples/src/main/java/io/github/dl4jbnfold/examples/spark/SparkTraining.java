package io.github.dl4jbnfold.examples.spark;

import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.api.TrainingMaster;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.dataset.DataSet;

/**
 * DL4J's training by averaging: each worker trains a copy of the network on batches of its own,
 * then parameters and the state of the updater become the mean of all copies. Each copy keeps the α
 * of its gates in [0, 1], and so their mean is there.
 *
 * @param spark where the work is done
 * @param examples how many there are in a batch
 * @param averaging after how many batches the mean is taken
 */
record SparkTraining(JavaSparkContext spark, int examples, int averaging) {
  private TrainingMaster<?, ?> master() {
    return new ParameterAveragingTrainingMaster.Builder(examples)
        .batchSizePerWorker(examples)
        .averagingFrequency(averaging)
        .saveUpdater(true)
        .rddTrainingApproach(RDDTrainingApproach.Direct)
        .storageLevel(null) // The batches are persisted already.
        .build();
  }

  /** Trains a network; the same object has the result. */
  void fit(MultiLayerNetwork network, JavaRDD<DataSet> batches, int epochs) {
    SparkDl4jMultiLayer onSpark = new SparkDl4jMultiLayer(spark, network, master());
    for (int epoch = 0; epoch < epochs; epoch++) {
      onSpark.fit(batches);
    }
  }

  /** As {@link #fit(MultiLayerNetwork, JavaRDD, int)}. */
  void fit(ComputationGraph network, JavaRDD<DataSet> batches, int epochs) {
    SparkComputationGraph onSpark = new SparkComputationGraph(spark, network, master());
    for (int epoch = 0; epoch < epochs; epoch++) {
      onSpark.fit(batches);
    }
  }

  double accuracy(MultiLayerNetwork network, JavaRDD<DataSet> batches) {
    return new SparkDl4jMultiLayer(spark, network, null)
        .doEvaluation(batches, new Evaluation(), examples)
        .accuracy();
  }

  double accuracy(ComputationGraph network, JavaRDD<DataSet> batches) {
    return new SparkComputationGraph(spark, network, null)
        .doEvaluation(batches, new Evaluation(), examples)
        .accuracy();
  }
}
