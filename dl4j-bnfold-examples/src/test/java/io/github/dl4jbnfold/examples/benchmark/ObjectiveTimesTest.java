package io.github.dl4jbnfold.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.cost.CostFolder;
import io.github.dl4jbnfold.examples.benchmark.network.PublishedNetwork;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ObjectiveTimesTest {
  @TempDir Path cache;

  @BeforeEach
  void useAFolderOfItsOwn() {
    System.setProperty(CostFolder.PROPERTY, cache.toString());
  }

  @AfterEach
  void useTheUsualFolder() {
    System.clearProperty(CostFolder.PROPERTY);
  }

  @Test
  void each_objective_has_a_row_that_fits_the_table_and_no_measurement_is_left_behind() {
    ObjectiveTimes benchmark = new ObjectiveTimes();
    new CommandLine(benchmark).parseArgs("--size", "32", "--rounds", "1");

    List<String> rows = benchmark.rows(PublishedNetwork.MOBILENET_V2, 0);

    String columns = benchmark.header().lines().reduce((a, b) -> b).orElseThrow();
    assertThat(rows).hasSize(4).allSatisfy(row -> assertThat(bars(row)).isEqualTo(bars(columns)));
    assertThat(rows.get(0)).startsWith("| MobileNet-V2, 0 % | as it is |");
    assertThat(rows.get(1)).contains("FEWEST_BATCH_NORMS | 52 / 0 / 0 | 151 -> 99 |");
    assertThat(rows.get(2)).contains("| FASTEST |").contains(", then ");
    assertThat(rows.get(3)).contains("| NO_NEW_OPERATORS | 52 / 0 / 0 |");
    assertThat(cache).isEmptyDirectory();
  }

  private static long bars(String row) {
    return row.chars().filter(c -> c == '|').count();
  }
}
