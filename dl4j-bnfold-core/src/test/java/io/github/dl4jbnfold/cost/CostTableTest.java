package io.github.dl4jbnfold.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;

class CostTableTest {
  private static final Machine MACHINE = new Machine("Test", "1.0", 1, "abacus \"II\"");
  private static final Work RELU = Work.of("relu", DataType.FLOAT, new long[] {1, 3, 8, 8});
  private static final Work PAD = RELU.withIntegers(0, 1);

  @TempDir Path folder;
  private Path file;
  private final List<Work> measured = new ArrayList<>();

  @BeforeEach
  void nameFile() {
    file = folder.resolve("below").resolve("costs.json");
  }

  private CostTable open(Machine machine, double seconds) {
    return new CostTable(
        file,
        machine,
        work -> {
          measured.add(work);
          return seconds;
        });
  }

  private CostTable open() {
    return open(MACHINE, 1e-6 / 3);
  }

  @Test
  void a_work_is_measured_once() {
    CostTable table = open();
    assertThat(table.seconds(RELU)).isEqualTo(1e-6 / 3);
    assertThat(table.seconds(Work.parse(RELU.key()))).isEqualTo(1e-6 / 3);
    assertThat(measured).containsExactly(RELU);
    table.seconds(PAD);
    assertThat(measured).containsExactly(RELU, PAD);
    assertThat(table.known()).containsOnlyKeys(RELU.key(), PAD.key());
  }

  @Test
  void what_was_saved_is_not_measured_again() throws IOException {
    CostTable first = open();
    first.seconds(RELU);
    assertThat(first.save()).isTrue();

    CostTable second = open(MACHINE, 2);

    assertThat(second.seconds(RELU)).isEqualTo(1e-6 / 3);
    assertThat(measured).containsExactly(RELU);
    assertThat(CostFile.read(file)).contains(new CostFile(MACHINE, first.known()));
  }

  @Test
  void nothing_is_written_where_nothing_was_measured() {
    assertThat(open().save()).isTrue();
    assertThat(file).doesNotExist();
  }

  @Test
  void the_table_of_another_machine_is_not_used() {
    CostTable here = open();
    here.seconds(RELU);
    here.save();
    for (Machine other :
        List.of(
            new Machine("Other", "1.0", 1, MACHINE.processor()),
            new Machine("Test", "1.1", 1, MACHINE.processor()),
            new Machine("Test", "1.0", 2, MACHINE.processor()),
            new Machine("Test", "1.0", 1, "other"))) {
      assertThat(open(other, 5).seconds(RELU)).as("%s", other).isEqualTo(5);
      assertThat(CostFolder.file(other)).isNotEqualTo(CostFolder.file(MACHINE));
    }
  }

  @Test
  void a_broken_file_is_measured_anew_and_replaced() throws IOException {
    open().seconds(RELU);
    Files.createDirectories(file.getParent());
    for (String broken :
        List.of(
            "",
            "{\"format\":1,\"machine\":{\"ba",
            "[]",
            "{}",
            "not JSON",
            "{\"format\":2}",
            "{\"format\":1,\"seconds\":{\"relu\":1}}",
            "{\"format\":1,\"seconds\":{\"relu FLOAT [3]\":-1}}",
            "{\"format\":1,\"seconds\":{\"relu FLOAT [3]\":\"NaN\"}}")) {
      Files.writeString(file, broken);
      assertThatThrownBy(() -> CostFile.read(file))
          .as(broken)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("costs.json");
      CostTable table = open();
      assertThat(table.known()).as(broken).isEmpty();
      table.seconds(RELU);
      assertThat(table.save()).isTrue();
      assertThat(open().known()).isEqualTo(table.known());
    }
  }

  @Test
  void a_place_that_cannot_be_written_is_no_failure() throws IOException {
    Files.writeString(folder.resolve("below"), "a file where the folder should be");
    CostTable table = open();
    table.seconds(RELU);
    assertThat(table.save()).isFalse();
    assertThat(table.seconds(RELU)).isEqualTo(1e-6 / 3);
    assertThat(measured).hasSize(1);
  }

  @Test
  void two_writers_keep_each_others_works() throws IOException {
    CostTable first = open(MACHINE, 1);
    CostTable second = open(MACHINE, 2);
    first.seconds(RELU);
    second.seconds(PAD);
    first.save();
    second.save();

    assertThat(open().known()).containsEntry(RELU.key(), 1.0).containsEntry(PAD.key(), 2.0);
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void readers_and_writers_at_the_same_time_never_see_half_a_file() throws Exception {
    List<Thread> writers = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      long size = i;
      writers.add(
          new Thread(
              () -> {
                for (int k = 1; k <= 20; k++) {
                  CostTable table = new CostTable(file, MACHINE, work -> 1);
                  table.seconds(Work.of("relu", DataType.FLOAT, new long[] {size, k}));
                  table.save();
                }
              }));
    }
    writers.forEach(Thread::start);
    while (writers.stream().anyMatch(Thread::isAlive)) {
      CostFile.read(file);
    }
    assertThat(CostFile.read(file)).isPresent();
  }

  @Test
  void a_refusal_is_remembered_but_not_written() {
    CostTable table =
        new CostTable(
            file,
            MACHINE,
            work -> {
              measured.add(work);
              throw new UnmeasurableWorkException("no");
            });
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> table.seconds(RELU)).isInstanceOf(UnmeasurableWorkException.class);
    }
    assertThat(measured).hasSize(1);
    assertThat(table.save()).isTrue();
    assertThat(file).doesNotExist();
  }
}
