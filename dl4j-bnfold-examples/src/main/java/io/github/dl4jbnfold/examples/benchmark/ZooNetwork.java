package io.github.dl4jbnfold.examples.benchmark;

import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.zoo.ZooModel;
import org.deeplearning4j.zoo.model.Darknet19;
import org.deeplearning4j.zoo.model.FaceNetNN4Small2;
import org.deeplearning4j.zoo.model.InceptionResNetV1;
import org.deeplearning4j.zoo.model.ResNet50;
import org.deeplearning4j.zoo.model.SimpleCNN;
import org.deeplearning4j.zoo.model.TinyYOLO;
import org.deeplearning4j.zoo.model.Xception;
import org.deeplearning4j.zoo.model.YOLO2;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The networks of Deeplearning4j's zoo that have batch normalizations, on small images. */
enum ZooNetwork {
  SIMPLE_CNN(48),
  TINY_YOLO(64),
  DARKNET_19(64),
  YOLO_2(64),
  FACE_NET_NN4_SMALL2(96),
  RESNET_50(96),
  INCEPTION_RESNET_V1(160),
  XCEPTION(96);

  private final int size;

  ZooNetwork(int size) {
    this.size = size;
  }

  private ZooModel<?> zoo() {
    int[] image = {3, size, size};
    return switch (this) {
      case SIMPLE_CNN -> SimpleCNN.builder().numClasses(10).inputShape(image).build();
      case TINY_YOLO -> TinyYOLO.builder().numClasses(3).inputShape(image).build();
      case DARKNET_19 -> Darknet19.builder().numClasses(10).inputShape(image).build();
      case YOLO_2 -> YOLO2.builder().numClasses(3).inputShape(image).build();
      case FACE_NET_NN4_SMALL2 ->
          FaceNetNN4Small2.builder().numClasses(10).inputShape(image).build();
      case RESNET_50 -> ResNet50.builder().numClasses(10).inputShape(image).build();
      case INCEPTION_RESNET_V1 ->
          InceptionResNetV1.builder().numClasses(10).inputShape(image).build();
      case XCEPTION -> Xception.builder().numClasses(10).inputShape(image).build();
    };
  }

  /** Height and width of the images. */
  int size() {
    return size;
  }

  /**
   * The network with random weights and statistics.
   *
   * @param negative the share of negative γ
   */
  Model build(DataType type, double negative) {
    Model network = zoo().init();
    Random random = new Random(5);
    Map<String, INDArray> parameters =
        network instanceof ComputationGraph graph
            ? graph.paramTable()
            : ((MultiLayerNetwork) network).paramTable();
    parameters.forEach(
        (name, array) -> fill(name.substring(name.lastIndexOf('_') + 1), array, random, negative));
    return network instanceof ComputationGraph graph
        ? graph.convertDataType(type)
        : ((MultiLayerNetwork) network).convertDataType(type);
  }

  /** Batch normalizations that do something, and weights that keep what they pass in size. */
  private static void fill(String key, INDArray array, Random random, double negative) {
    if (array.rank() > 1 && array.size(0) > 1) {
      double fanIn = (double) array.length() / Math.max(array.size(0), array.size(1));
      INDArray weights = Nd4j.randn(array.dataType(), array.shape());
      array.assign(weights.muli(Math.sqrt(2 / fanIn)));
      return;
    }
    double[] values = new double[Math.toIntExact(array.length())];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (key) {
            case "gamma" -> (random.nextDouble() < negative ? -1 : 1) * (0.5 + random.nextDouble());
            case "var" -> 0.5 + random.nextDouble();
            case "log10stdev" -> Math.log10(0.5 + random.nextDouble()) / 2;
            default -> 0.3 * random.nextGaussian();
          };
    }
    array.assign(Nd4j.createFromArray(values).reshape(array.shape()).castTo(array.dataType()));
  }
}
