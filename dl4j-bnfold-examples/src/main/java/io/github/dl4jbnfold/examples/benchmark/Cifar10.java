package io.github.dl4jbnfold.examples.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The test images of CIFAR-10 in the official binary layout: records of a label byte and 3,072
 * pixel bytes, planes of red, green and blue.
 */
final class Cifar10 {
  private static final String FILE = "test_batch.bin";
  private static final int PLANE = 32 * 32;
  private static final int RECORD = 1 + 3 * PLANE;
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

  private final byte[] records;

  private Cifar10(byte[] records) {
    this.records = records;
  }

  /** Reads {@value #FILE} in a directory. */
  static Cifar10 read(Path directory) throws IOException {
    byte[] records = Files.readAllBytes(directory.resolve(FILE));
    if (records.length == 0 || records.length % RECORD != 0) {
      throw new IOException(
          "%s has %d bytes, which is not a number of records of %d."
              .formatted(directory.resolve(FILE), records.length, RECORD));
    }
    return new Cifar10(records);
  }

  /** The first so many of these images, or all. */
  Cifar10 first(int images) {
    return new Cifar10(Arrays.copyOf(records, Math.min(count(), images) * RECORD));
  }

  int count() {
    return records.length / RECORD;
  }

  int[] labels() {
    int[] labels = new int[count()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = records[i * RECORD];
    }
    return labels;
  }

  /** Images from one index up to another, normalised: [count, 3, 32, 32]. */
  INDArray images(int from, int to) {
    float[] pixels = new float[(to - from) * 3 * PLANE];
    for (int i = 0; i < pixels.length; i++) {
      int image = from + i / (3 * PLANE);
      int within = i % (3 * PLANE);
      int plane = within / PLANE;
      float value = Byte.toUnsignedInt(records[image * RECORD + 1 + within]) / 255f;
      pixels[i] = (value - MEAN[plane]) / DEVIATION[plane];
    }
    return Nd4j.create(pixels, new long[] {to - from, 3, 32, 32});
  }
}
