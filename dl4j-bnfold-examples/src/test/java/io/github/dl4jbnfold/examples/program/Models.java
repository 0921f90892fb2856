package io.github.dl4jbnfold.examples.program;

import io.github.dl4jbnfold.examples.model.ShapeImages;
import io.github.dl4jbnfold.examples.model.SmallNetwork;
import io.github.dl4jbnfold.fixture.RandomParameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Nesterovs;

/** Networks with random parameters, and files of data for them. */
final class Models {
  /** The features of a row for {@link #layers}. */
  static final int FEATURES = 5;

  private Models() {}

  /** The small network for images, whose scales are positive: its activations need no bounds. */
  static ComputationGraph graph(DataType type) {
    return RandomParameters.in(SmallNetwork.create(), 7, 0).convertDataType(type);
  }

  /** Dense layers with batch normalizations between them, in float64. */
  static MultiLayerNetwork layers() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Nesterovs(0.01, 0.9))
                .list()
                .layer(dense(FEATURES, 8))
                .layer(new BatchNormalization.Builder().nOut(8).build())
                .layer(new ActivationLayer(Activation.RELU))
                .layer(dense(8, 6))
                .layer(new BatchNormalization.Builder().nOut(6).build())
                .layer(new ActivationLayer(Activation.RELU))
                .layer(
                    new OutputLayer.Builder().nIn(6).nOut(3).activation(Activation.SOFTMAX).build())
                .build());
    network.init();
    return RandomParameters.in(network, 5, 0);
  }

  private static DenseLayer dense(int in, int out) {
    return new DenseLayer.Builder().nIn(in).nOut(out).activation(Activation.IDENTITY).build();
  }

  /** A directory of batches of generated images. */
  static Path images(Path directory, int count) throws IOException {
    Files.createDirectories(directory);
    DataSetIterator batches = ShapeImages.batches(count, 12, 4);
    for (int i = 0; batches.hasNext(); i++) {
      batches.next().save(directory.resolve("batch-" + i).toFile());
    }
    return directory;
  }
}
