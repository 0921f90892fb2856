package io.github.dl4jbnfold.linearize.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;

/** What lies in the folder of a training. */
class CheckpointsTest {
  private static final DataSet CLOUDS = Trained.clouds(60, 1);

  @TempDir Path folder;

  private FineTuning.Builder training(long steps) {
    return new FineTuning.Builder(Epochs.shuffled(CLOUDS, 12), steps)
        .validation(Trained.accuracy(CLOUDS))
        .checkpoints(new Checkpoints(folder, 2), 3);
  }

  private static MultiLayerNetwork network() {
    return Trained.dropout(new Adam(0.02));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void the_newest_ones_and_the_best_one_stay_and_nothing_else() throws IOException {
    Files.writeString(folder.resolve(".checkpoint-1234.tmp"), "of one that was killed");
    Files.writeString(folder.resolve("notes.txt"), "of somebody");

    FineTuned<MultiLayerNetwork> tuned = training(11).keepBest(true).build().run(network());

    assertThat(names())
        .containsExactly(
            "best.zip", "checkpoint-0-0000000010.zip", "checkpoint-0-0000000011.zip", "notes.txt");
    Checkpoint<MultiLayerNetwork> best =
        CheckpointFile.read(folder.resolve(Checkpoints.BEST), new NetworkTrainee<>(network()));
    assertThat(best.state().progress().step()).isEqualTo(tuned.step());
    assertThat(best.state().progress().last()).isEqualTo(tuned.score());
    assertThat(best.network().parameters()).isEqualTo(tuned.network().params());
  }

  @Test
  void other_options_are_refused_by_their_names() {
    training(7).build().run(network());

    assertThatThrownBy(() -> training(7).seed(5).build().run(network()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(": its seed is 1, not 5.");
    assertThatThrownBy(() -> training(8).build().run(network()))
        .hasMessageContaining("its number of steps is 7, not 8");
  }

  @Test
  void another_network_is_refused() {
    training(7).build().run(network());
    MultiLayerNetwork other = network();
    other.params().addi(0.1);

    assertThatThrownBy(() -> training(7).build().run(other))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("parameters at the start");
  }

  private Path newest() throws IOException {
    List<Path> files = new Checkpoints(folder, 2).files();
    return files.get(files.size() - 1);
  }

  @Test
  void a_file_that_was_cut_is_refused_and_the_one_before_goes_on() throws IOException {
    FineTuned<MultiLayerNetwork> whole = training(7).build().run(network());
    byte[] content = Files.readAllBytes(newest());
    Files.write(newest(), java.util.Arrays.copyOf(content, content.length / 2));

    assertThatThrownBy(() -> training(7).build().run(network()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(newest() + " is broken")
        .hasMessageContaining("Maybe remove it");

    Files.delete(newest());
    FineTuned<MultiLayerNetwork> resumed = training(7).build().run(network());
    assertThat(resumed.network().params()).isEqualTo(whole.network().params());
  }

  @Test
  void changed_bytes_anywhere_are_refused_or_change_nothing() throws IOException {
    FineTuned<MultiLayerNetwork> whole = training(7).build().run(network());
    byte[] content = Files.readAllBytes(newest());
    int refused = 0;
    for (int at = 5; at < content.length; at += content.length / 40) {
      byte[] changed = content.clone();
      changed[at] ^= 0x55;
      Files.write(newest(), changed, StandardOpenOption.TRUNCATE_EXISTING);
      try {
        Checkpoint<MultiLayerNetwork> read =
            new Checkpoints(folder, 2).latest(new NetworkTrainee<>(network())).orElseThrow();
        assertThat(read.network().parameters()).isEqualTo(whole.network().params());
      } catch (CheckpointException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(30);
  }

  @Test
  void a_zip_of_something_else_is_no_checkpoint() throws IOException {
    Path file = folder.resolve("checkpoint-0-0000000001.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("other.txt"));
    }

    assertThatThrownBy(() -> training(7).build().run(network()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is no checkpoint: there is no state.json in it");
  }

  @Test
  void a_state_of_another_format_is_refused() throws IOException {
    Path file = folder.resolve("checkpoint-0-0000000001.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("state.json"));
      zip.write("{\"format\": 2}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    assertThatThrownBy(() -> training(7).build().run(network()))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has the format 2");
  }

  @Test
  void a_loss_that_is_no_number_ends_the_training_and_leaves_the_last_good_checkpoint()
      throws IOException {
    DataSet poisoned = Trained.clouds(60, 1);
    Epochs data =
        seed -> {
          poisoned.getFeatures().putScalar(seed == Seeds.ofEpoch(1, 1) ? 33 : 0, 0, Float.NaN);
          if (seed != Seeds.ofEpoch(1, 1)) {
            poisoned.getFeatures().putScalar(0, 0, 0.5f);
          }
          return Epochs.shuffled(poisoned, 12).epoch(seed);
        };
    FineTuning training =
        new FineTuning.Builder(data, 40).checkpoints(new Checkpoints(folder, 2), 1).build();

    assertThatThrownBy(() -> training.run(network()))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("is NaN. The fine-tuning cannot go on.")
        .hasMessageContaining(folder.toString());

    Checkpoint<MultiLayerNetwork> last =
        new Checkpoints(folder, 2).latest(new NetworkTrainee<>(network())).orElseThrow();
    assertThat(LabelCheck.firstNotFinite(last.network().parameters())).isEmpty();
    assertThat(last.state().progress().step()).isBetween(5L, 9L);
  }

  @Test
  void a_learning_rate_that_is_too_high_is_noticed() {
    FineTuning training = new FineTuning.Builder(Epochs.shuffled(CLOUDS, 12), 40).build();

    assertThatThrownBy(() -> training.run(Trained.dropout(new Sgd(1e38))))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("Maybe the learning rate is too high.");
  }
}
