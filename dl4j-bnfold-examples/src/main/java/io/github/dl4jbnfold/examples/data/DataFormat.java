package io.github.dl4jbnfold.examples.data;

import io.github.dl4jbnfold.linearize.train.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** What data look like in files. */
public enum DataFormat {
  /** A directory with data_batch_1.bin to data_batch_5.bin of CIFAR-10. */
  CIFAR10,
  /** A directory of images for each class. */
  IMAGES,
  /** A file of rows, the class in the last column. */
  CSV;

  /**
   * What a path most likely is.
   *
   * @throws DataException if there is nothing
   */
  public static DataFormat of(Path path) {
    if (!Files.exists(path)) {
      throw new DataException("%s: there is no such file or directory.".formatted(path));
    }
    if (Files.isRegularFile(path)) {
      return CSV;
    }
    return Files.exists(path.resolve("data_batch_1.bin")) ? CIFAR10 : IMAGES;
  }

  /**
   * Reads examples.
   *
   * @param shape of one example as the network reads it: channels, height and width for images
   * @throws DataException if the files are something else, or do not fit the network
   */
  public Examples read(Path path, long... shape) throws IOException {
    int[] sizes = Arrays.stream(shape).mapToInt(Math::toIntExact).toArray();
    return switch (this) {
      case CIFAR10 -> Cifar10.training(path);
      case IMAGES -> ImageFolder.read(path, sizes);
      case CSV -> CsvFile.read(path);
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
