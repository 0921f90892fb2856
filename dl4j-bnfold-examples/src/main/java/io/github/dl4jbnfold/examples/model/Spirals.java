package io.github.dl4jbnfold.examples.model;

import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Points on spirals with three arms, a class each, in a plane that is turned into {@value
 * #DIMENSIONS} dimensions by one fixed matrix. No linear function tells the arms apart, and they
 * wind so often that one narrow hidden layer does not either. The same seed gives the same points.
 */
public final class Spirals {
  /** The numbers of each point. */
  public static final int DIMENSIONS = 16;

  /** How many classes there are. */
  public static final int ARMS = 3;

  private static final double TURN = 2 * Math.PI;
  private static final double WINDING = 10;
  private static final double NOISE = 0.05;
  private static final long MATRIX_SEED = 5;

  private Spirals() {}

  /**
   * Draws points of random arms.
   *
   * @return features [count, {@value #DIMENSIONS}] and labels [count, {@value #ARMS}], rows with a
   *     single one
   */
  public static DataSet generate(int count, long seed) {
    Random random = new Random(seed);
    double[][] plane = new double[count][];
    double[][] labels = new double[count][ARMS];
    for (int i = 0; i < count; i++) {
      int arm = random.nextInt(ARMS);
      double radius = 0.1 + 0.9 * random.nextDouble();
      double angle = TURN * arm / ARMS + WINDING * radius + NOISE * random.nextGaussian();
      plane[i] = new double[] {2 * radius * Math.cos(angle), 2 * radius * Math.sin(angle)};
      labels[i][arm] = 1;
    }
    return new DataSet(single(plane).mmul(lift()), single(labels));
  }

  /** [2, {@value #DIMENSIONS}]. */
  private static INDArray lift() {
    Random random = new Random(MATRIX_SEED);
    double[][] matrix = new double[2][DIMENSIONS];
    for (double[] row : matrix) {
      for (int i = 0; i < DIMENSIONS; i++) {
        row[i] = random.nextGaussian() / Math.sqrt(2);
      }
    }
    return single(matrix);
  }

  private static INDArray single(double[][] values) {
    return Nd4j.createFromArray(values).castTo(DataType.FLOAT);
  }
}
