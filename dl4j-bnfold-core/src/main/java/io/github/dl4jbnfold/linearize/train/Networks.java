package io.github.dl4jbnfold.linearize.train;

import io.github.dl4jbnfold.network.structure.GraphNetwork;
import io.github.dl4jbnfold.network.structure.LayerNetwork;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import java.util.Collection;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** What DL4J's two classes of networks do alike, under one name. */
final class Networks {
  private Networks() {}

  static SourceNetwork source(Model network) {
    if (network instanceof ComputationGraph graph) {
      return new GraphNetwork(graph);
    } else if (network instanceof MultiLayerNetwork layers) {
      return new LayerNetwork(layers);
    }
    throw neither(network);
  }

  static TrainingException neither(Object network) {
    return new TrainingException(
        "A %s is neither a MultiLayerNetwork nor a ComputationGraph."
            .formatted(network.getClass().getName()));
  }

  /** One step. */
  static void fit(Model network, MultiDataSet batch) {
    if (network instanceof ComputationGraph graph) {
      graph.fit(batch);
    } else {
      // What it makes of a MultiDataSet forgets the labels' mask where the features have none.
      DataSet data = single(batch);
      ((MultiLayerNetwork) network)
          .fit(
              data.getFeatures(),
              data.getLabels(),
              data.getFeaturesMaskArray(),
              data.getLabelsMaskArray());
    }
  }

  private static DataSet single(MultiDataSet batch) {
    if (batch.numFeatureArrays() != 1 || batch.numLabelsArrays() != 1) {
      throw new DataException(
          "A batch has %d inputs and %d outputs, and a MultiLayerNetwork one of each."
              .formatted(batch.numFeatureArrays(), batch.numLabelsArrays()));
    }
    return new DataSet(
        batch.getFeatures(0),
        batch.getLabels(0),
        first(batch.getFeaturesMaskArrays()),
        first(batch.getLabelsMaskArrays()));
  }

  private static @Nullable INDArray first(INDArray @Nullable [] masks) {
    return masks == null ? null : masks[0];
  }

  /** The loss of a batch at inference, penalties left out. */
  static double loss(Model network, MultiDataSet batch) {
    if (network instanceof ComputationGraph graph) {
      return graph.score(batch, false) - graph.calcRegularizationScore(true);
    }
    MultiLayerNetwork layers = (MultiLayerNetwork) network;
    return layers.score(single(batch), false) - layers.calcRegularizationScore(true);
  }

  static void startEpoch(Model network) {
    listeners(network).forEach(listener -> listener.onEpochStart(network));
  }

  static void endEpoch(Model network) {
    listeners(network).forEach(listener -> listener.onEpochEnd(network));
    if (network instanceof ComputationGraph graph) {
      graph.incrementEpochCount();
    } else {
      ((MultiLayerNetwork) network).incrementEpochCount();
    }
  }

  static Collection<TrainingListener> listeners(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.getListeners()
        : ((MultiLayerNetwork) network).getListeners();
  }
}
