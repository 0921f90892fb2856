package io.github.dl4jbnfold.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.examples.data.Cifar10;
import io.github.dl4jbnfold.examples.model.ShapeModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

class FoldTimesTest {
  @TempDir Path folder;

  @Test
  void a_row_has_a_cell_for_each_column() throws IOException {
    Path model = folder.resolve("shapes.fb");
    ShapeModel.load().save(model.toFile(), false);
    String row = new FoldTimes(null).row(model);
    long columns =
        FoldTimes.header()
            .lines()
            .reduce((a, b) -> b)
            .orElseThrow()
            .chars()
            .filter(c -> c == '|')
            .count();
    assertThat(row.chars().filter(c -> c == '|').count()).isEqualTo(columns);
    assertThat(row).startsWith("| shapes.fb | 9 of 9 | 31 -> 22 |").contains("| 0 / 0 of 1,000 |");
  }

  @Test
  void cifar_records_are_a_label_and_three_planes() throws IOException {
    byte[] records = new byte[2 * 3073];
    records[0] = 3;
    records[1] = (byte) 255;
    records[3073] = 9;
    records[3073 + 1 + 1024 + 33] = (byte) 128;
    Files.write(folder.resolve("test_batch.bin"), records);

    Cifar10 data = Cifar10.read(folder);

    assertThat(data.count()).isEqualTo(2);
    assertThat(data.labels()).containsExactly(3, 9);
    INDArray images = data.images(0, 2);
    assertThat(images.shape()).containsExactly(2, 3, 32, 32);
    assertThat(images.getFloat(0, 0, 0, 0)).isEqualTo((1f - 0.485f) / 0.229f);
    assertThat(images.getFloat(1, 1, 1, 1)).isEqualTo((128f / 255f - 0.456f) / 0.224f);
    assertThat(images.getFloat(1, 2, 31, 31)).isEqualTo(-0.406f / 0.225f);
    assertThat(data.images(1, 2)).isEqualTo(images.get(NDArrayIndex.interval(1, 2)));
  }

  @Test
  void a_file_of_another_layout_is_refused() throws IOException {
    Files.write(folder.resolve("test_batch.bin"), new byte[100]);
    assertThatThrownBy(() -> Cifar10.read(folder)).hasMessageContaining("100 bytes");
  }
}
