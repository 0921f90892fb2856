package io.github.dl4jbnfold.examples.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images of CIFAR-10 in the official binary layout: records of a label byte and 3,072 pixel bytes,
 * planes of red, green and blue.
 */
public final class Cifar10 implements Examples {
  private static final String FILE = "test_batch.bin";
  private static final int TRAINING_FILES = 5;
  private static final List<String> CLASSES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");
  private static final int SIZE = 32;
  private static final int PLANE = SIZE * SIZE;
  private static final int RECORD = 1 + 3 * PLANE;

  private final byte[] records;

  private Cifar10(byte[] records) {
    this.records = records;
  }

  /** Reads the test images, {@value #FILE} in a directory. */
  public static Cifar10 read(Path directory) throws IOException {
    return new Cifar10(records(directory.resolve(FILE)));
  }

  /** Reads the training images, data_batch_1.bin to data_batch_5.bin. */
  public static Cifar10 training(Path directory) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 1; i <= TRAINING_FILES; i++) {
      all.write(records(directory.resolve("data_batch_" + i + ".bin")));
    }
    return new Cifar10(all.toByteArray());
  }

  private static byte[] records(Path file) throws IOException {
    byte[] records = Files.readAllBytes(file);
    if (records.length == 0 || records.length % RECORD != 0) {
      throw new IOException(
          "%s has %d bytes, which is not a number of records of %d."
              .formatted(file, records.length, RECORD));
    }
    for (int i = 0; i < records.length; i += RECORD) {
      if (records[i] < 0 || records[i] >= CLASSES.size()) {
        throw new IOException(
            "%s: record %d is of class %d, and there are %d."
                .formatted(file, i / RECORD, Byte.toUnsignedInt(records[i]), CLASSES.size()));
      }
    }
    return records;
  }

  /** The first so many of these images, or all. */
  public Cifar10 first(int images) {
    return new Cifar10(Arrays.copyOf(records, Math.min(count(), images) * RECORD));
  }

  @Override
  public int count() {
    return records.length / RECORD;
  }

  @Override
  public List<String> classes() {
    return CLASSES;
  }

  @Override
  public int label(int index) {
    return records[index * RECORD];
  }

  /** The classes of all. */
  public int[] labels() {
    return IntStream.range(0, count()).map(this::label).toArray();
  }

  /** Images from one index up to another, normalised as ImageNet's: [count, 3, 32, 32]. */
  public INDArray images(int from, int to) {
    return PixelNormalization.IMAGENET.apply(features(IntStream.range(from, to).toArray(), null));
  }

  /**
   * Images, pixels of 0 to 255: [count, 3, 32, 32].
   *
   * @param random moves each by up to 4 pixels and mirrors half of them; null for images as they
   *     are
   */
  @Override
  public INDArray features(int[] indices, @Nullable Random random) {
    float[] pixels = new float[indices.length * 3 * PLANE];
    for (int i = 0; i < indices.length; i++) {
      int down = random == null ? 0 : random.nextInt(9) - 4;
      int right = random == null ? 0 : random.nextInt(9) - 4;
      boolean mirrored = random != null && random.nextBoolean();
      for (int p = 0; p < 3 * PLANE; p++) {
        int row = p % PLANE / SIZE + down;
        int column = (mirrored ? SIZE - 1 - p % SIZE : p % SIZE) + right;
        boolean inside = row >= 0 && row < SIZE && column >= 0 && column < SIZE;
        int plane = p / PLANE;
        float value = inside ? pixel(indices[i], plane, row, column) : 0;
        pixels[i * 3 * PLANE + p] = value;
      }
    }
    return Nd4j.create(pixels, new long[] {indices.length, 3, SIZE, SIZE});
  }

  private float pixel(int image, int plane, int row, int column) {
    int at = image * RECORD + 1 + plane * PLANE + row * SIZE + column;
    return Byte.toUnsignedInt(records[at]);
  }
}
