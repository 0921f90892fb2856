package io.github.dl4jbnfold.examples.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.linearize.train.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

class SavedBatchesTest {
  @TempDir Path folder;

  /** Four numbers in, two out. */
  private final INDArray weights = Nd4j.rand(4, 2);

  private void save(String name, int examples, int features, int labels) {
    new DataSet(Nd4j.rand(examples, features), Nd4j.rand(examples, labels))
        .save(folder.resolve(name).toFile());
  }

  private DataSetIterator read(Path directory) throws IOException {
    return SavedBatches.read(directory, features -> features.mmul(weights));
  }

  private void assertRefused(Path directory, String message) {
    assertThatThrownBy(() -> read(directory)).isInstanceOf(DataException.class).hasMessage(message);
  }

  @Test
  void batches_of_different_lengths_come_again_after_a_reset() throws IOException {
    save("a", 3, 4, 2);
    save("b", 5, 4, 2);
    DataSetIterator batches = read(folder);
    for (int epoch = 0; epoch < 2; epoch++) {
      assertThat(batches.next().numExamples()).isEqualTo(3);
      assertThat(batches.next().numExamples()).isEqualTo(5);
      assertThat(batches.hasNext()).isFalse();
      batches.reset();
    }
  }

  @Test
  void a_directory_that_is_not_there_is_named() {
    Path nowhere = folder.resolve("nowhere");
    assertRefused(nowhere, nowhere + ": there is no such directory. Check the path.");
  }

  @Test
  void an_empty_directory_is_named() {
    assertRefused(folder, folder + ": there are no files in it. Save DataSets there.");
  }

  @Test
  void a_file_that_is_no_DataSet_is_named() throws IOException {
    save("a", 3, 4, 2);
    Path note = Files.writeString(folder.resolve("note"), "Batches of 3 points.");
    assertRefused(folder, note + ": this is no DataSet. Maybe move it elsewhere.");
  }

  @Test
  void features_of_another_network_are_named() {
    save("a", 3, 6, 2);
    assertRefused(
        folder,
        folder.resolve("a")
            + ": the network does not take features of shape [3, 6]. Maybe they are of another"
            + " network.");
  }

  @Test
  void labels_of_another_network_are_named() {
    save("a", 3, 4, 5);
    assertRefused(
        folder,
        folder.resolve("a")
            + ": its labels have the shape [3, 5], and the outputs of the network have [3, 2].");
  }

  @Test
  void a_later_batch_of_another_shape_is_named() {
    save("a", 3, 4, 2);
    save("b", 3, 6, 2);
    assertRefused(
        folder,
        "%s: its examples have other shapes than those in %s. Maybe move it elsewhere."
            .formatted(folder.resolve("b"), folder.resolve("a")));
  }
}
