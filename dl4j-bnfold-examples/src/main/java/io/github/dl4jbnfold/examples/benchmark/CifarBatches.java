package io.github.dl4jbnfold.examples.benchmark;

import io.github.dl4jbnfold.examples.data.Cifar10;
import io.github.dl4jbnfold.examples.data.PixelNormalization;
import io.github.dl4jbnfold.examples.data.TrainingSet;
import java.io.IOException;
import java.nio.file.Path;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/** Batches of CIFAR-10: to train with and to test with. */
record CifarBatches(TrainingSet training, Cifar10 testImages) {
  private static final int BATCH = 64;

  static CifarBatches read(Path directory) throws IOException {
    Cifar10 images = Cifar10.training(directory);
    return new CifarBatches(
        new TrainingSet(images, BATCH, PixelNormalization.IMAGENET), Cifar10.read(directory));
  }

  /** The first so many test images, or all. */
  MultiDataSetIterator test(int images) {
    return TrainingSet.all(testImages.first(images), BATCH, PixelNormalization.IMAGENET);
  }
}
