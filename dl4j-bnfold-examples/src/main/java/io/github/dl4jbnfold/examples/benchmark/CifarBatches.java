package io.github.dl4jbnfold.examples.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/** Batches of CIFAR-10: to train with, to choose with and to test with. */
final class CifarBatches {
  private static final int BATCH = 64;
  private static final int VALIDATION = 1000;

  private final Cifar10 training;
  private final Cifar10 validation;
  private final Cifar10 test;

  private CifarBatches(Cifar10 training, Cifar10 validation, Cifar10 test) {
    this.training = training;
    this.validation = validation;
    this.test = test;
  }

  /** Holds the last {@value #VALIDATION} training images back for validation. */
  static CifarBatches read(Path directory) throws IOException {
    Cifar10 images = Cifar10.training(directory);
    int training = images.count() - VALIDATION;
    return new CifarBatches(
        images.part(0, training), images.part(training, images.count()), Cifar10.read(directory));
  }

  /** All training images once, in random order, moved and mirrored. */
  DataSetIterator epoch(long seed) {
    int[] order = IntStream.range(0, training.count()).toArray();
    Random random = new Random(seed);
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[other];
      order[other] = swapped;
    }
    return new ExistingDataSetIterator(
        IntStream.range(0, order.length / BATCH)
            .mapToObj(b -> training.batch(part(order, b), new Random(seed + 31L * b)))
            .iterator());
  }

  /** Some training images as they are: [count, 3, 32, 32]. */
  INDArray calibration(int count) {
    return training.images(0, count);
  }

  /** The images that are held back. */
  MultiDataSetIterator validation() {
    return inOrder(validation);
  }

  /** The first so many test images, or all. */
  MultiDataSetIterator test(int images) {
    return inOrder(test.first(images));
  }

  private static MultiDataSetIterator inOrder(Cifar10 images) {
    int[] order = IntStream.range(0, images.count()).toArray();
    return new MultiDataSetIteratorAdapter(
        new ExistingDataSetIterator(
            IntStream.range(0, (order.length + BATCH - 1) / BATCH)
                .mapToObj(b -> images.batch(part(order, b), null))
                .iterator()));
  }

  private static int[] part(int[] order, int batch) {
    return Arrays.copyOfRange(order, batch * BATCH, Math.min(order.length, (batch + 1) * BATCH));
  }
}
