package io.github.dl4jbnfold.examples.model;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Generated grey images of circles, squares, triangles and crosses: any position, size, rotation,
 * brightness and contrast, dark on light or light on dark, under noise. The same seed gives the
 * same images.
 *
 * @param images [count, 1, {@value #SIZE}, {@value #SIZE}]
 * @param labels the class of each image, an index into {@link #CLASSES}
 */
public record ShapeImages(INDArray images, int[] labels) {
  /** Height and width of an image. */
  public static final int SIZE = 16;

  /** The names of the classes. */
  public static final List<String> CLASSES = List.of("circle", "square", "triangle", "cross");

  private static final double NOISE = 0.06;

  /** Draws images of random classes. */
  public static ShapeImages generate(int count, long seed) {
    Random random = new Random(seed);
    float[] pixels = new float[count * SIZE * SIZE];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = random.nextInt(CLASSES.size());
      draw(labels[i], random, pixels, i * SIZE * SIZE);
    }
    return new ShapeImages(Nd4j.create(pixels, new long[] {count, 1, SIZE, SIZE}), labels);
  }

  /**
   * Batches of images with their labels, drawn once.
   *
   * @param count how many batches
   * @param images how many in a batch
   */
  public static DataSetIterator batches(int count, int images, long seed) {
    return new ExistingDataSetIterator(
        IntStream.range(0, count)
            .mapToObj(batch -> generate(images, seed << 32 | batch))
            .map(drawn -> new DataSet(drawn.images, drawn.oneHot()))
            .toList());
  }

  /** How many images there are. */
  public int count() {
    return labels.length;
  }

  /** The labels as rows with a single one. */
  public INDArray oneHot() {
    float[] rows = new float[labels.length * CLASSES.size()];
    for (int i = 0; i < labels.length; i++) {
      rows[i * CLASSES.size() + labels[i]] = 1;
    }
    return Nd4j.create(rows, new long[] {labels.length, CLASSES.size()});
  }

  private static void draw(int label, Random random, float[] pixels, int offset) {
    double radius = uniform(random, 4, 6.5);
    double centreX = uniform(random, radius, SIZE - radius) - 0.5;
    double centreY = uniform(random, radius, SIZE - radius) - 0.5;
    double angle = uniform(random, 0, 2 * Math.PI);
    double background = uniform(random, 0.3, 0.7);
    double contrast = uniform(random, 0.25, 0.6) * (random.nextBoolean() ? 1 : -1);
    for (int row = 0; row < SIZE; row++) {
      for (int column = 0; column < SIZE; column++) {
        double x = column - centreX;
        double y = row - centreY;
        double distance =
            distance(
                label,
                Math.cos(angle) * x + Math.sin(angle) * y,
                Math.cos(angle) * y - Math.sin(angle) * x,
                radius);
        double coverage = Math.min(1, Math.max(0, 0.5 - distance));
        pixels[offset + row * SIZE + column] =
            (float) (background + contrast * coverage + NOISE * random.nextGaussian());
      }
    }
  }

  /** Distance to the outline of a shape around the origin, negative inside. */
  private static double distance(int label, double x, double y, double radius) {
    double ax = Math.abs(x);
    double ay = Math.abs(y);
    return switch (label) {
      case 0 -> Math.hypot(x, y) - 0.9 * radius;
      case 1 -> Math.max(ax, ay) - 0.75 * radius;
      case 2 -> Math.max(-y, 0.5 * y + Math.sqrt(0.75) * ax) - 0.55 * radius;
      default -> {
        double arm = 0.3 * radius;
        yield Math.min(Math.max(ax - radius, ay - arm), Math.max(ax - arm, ay - radius));
      }
    };
  }

  private static double uniform(Random random, double low, double high) {
    return low + (high - low) * random.nextDouble();
  }
}
