package io.github.dl4jbnfold.examples.benchmark.network;

import org.nd4j.autodiff.samediff.SameDiff;

/** The networks of this package. */
public enum PublishedNetwork {
  DENSENET_121("DenseNet-121"),
  RESNET_50_V2("ResNet-50-V2"),
  MOBILENET_V2("MobileNet-V2");

  /** The placeholder: images [batch, 3, size, size] in float32. */
  public static final String INPUT = "image";

  /** The output: [batch, 1000]. */
  public static final String OUTPUT = "logits";

  private final String title;

  PublishedNetwork(String title) {
    this.title = title;
  }

  /** The name in publications. */
  public String title() {
    return title;
  }

  /**
   * The network with random weights and statistics.
   *
   * @param size height and width of an image: 224 in the publications
   * @param negative the share of the gammas of a batch normalization that are negative
   * @param seed not 0, which ND4J takes for the time of day
   */
  public SameDiff build(int size, double negative, long seed) {
    Layers layers = new Layers(negative, seed);
    switch (this) {
      case DENSENET_121 -> DenseNet121.build(layers, size);
      case RESNET_50_V2 -> ResNet50V2.build(layers, size);
      case MOBILENET_V2 -> MobileNetV2.build(layers, size);
    }
    return layers.graph();
  }
}
