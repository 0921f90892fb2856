package io.github.dl4jbnfold.examples.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

class Cifar10Test {
  private static final int RECORD = 3073;
  private static final int IN_A_FILE = 20;

  @TempDir Path folder;

  private Cifar10 images() throws IOException {
    Random random = new Random(3);
    for (int file = 1; file <= 5; file++) {
      byte[] records = new byte[IN_A_FILE * RECORD];
      random.nextBytes(records);
      for (int i = 0; i < IN_A_FILE; i++) {
        records[i * RECORD] = (byte) random.nextInt(10);
      }
      Files.write(folder.resolve("data_batch_" + file + ".bin"), records);
    }
    return Cifar10.training(folder);
  }

  @Test
  void images_without_random_numbers_are_as_they_are() throws IOException {
    Cifar10 all = images();
    assertThat(all.count()).isEqualTo(5 * IN_A_FILE);
    INDArray two = all.features(new int[] {7, 50}, null);
    assertThat(two.slice(1)).isEqualTo(all.features(new int[] {50}, null).slice(0));
    assertThat(all.label(50)).isEqualTo(all.labels()[50]);
  }

  @Test
  void an_image_is_moved_and_mirrored_by_random_numbers() throws IOException {
    Cifar10 all = images();
    int[] one = {4};
    INDArray moved = all.features(one, new Random(1));
    assertThat(moved)
        .isNotEqualTo(all.features(one, null))
        .isEqualTo(all.features(one, new Random(1)));
  }
}
