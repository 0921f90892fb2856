package io.github.dl4jbnfold.examples.model;

import io.github.dl4jbnfold.examples.measure.Predictions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The trained network that ships with this module; {@link TrainShapes} made it. */
public final class ShapeModel {
  /** The placeholder for images as {@link ShapeImages} draws them. */
  public static final String INPUT = ShapeNetwork.IMAGE;

  /** The variable with a score for each class. */
  public static final String LOGITS = ShapeNetwork.LOGITS;

  /** The variable with a probability for each class. */
  public static final String PROBABILITIES = ShapeNetwork.PROBABILITIES;

  private static final String RESOURCE = "shapes.fb";
  private static final int HELD_OUT = 2000;

  private ShapeModel() {}

  /** Loads a fresh copy. */
  public static SameDiff load() {
    try (InputStream stream = ShapeModel.class.getResourceAsStream(RESOURCE)) {
      if (stream == null) {
        throw new IllegalStateException("The resource " + RESOURCE + " is missing.");
      }
      return SameDiff.fromFlatBuffers(ByteBuffer.wrap(stream.readAllBytes()), false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The logits of a network for some images: [count, classes]. */
  public static INDArray logits(SameDiff network, ShapeImages images) {
    INDArray logits = network.output(Map.of(INPUT, images.images()), LOGITS).get(LOGITS);
    if (logits == null) {
      throw new IllegalStateException("The network did not compute '" + LOGITS + "'.");
    }
    return logits;
  }

  /** The accuracy of a network on images generated from a seed. */
  public static double accuracy(SameDiff network, long seed) {
    ShapeImages images = ShapeImages.generate(HELD_OUT, seed);
    return Predictions.accuracy(logits(network, images), images.labels());
  }
}
