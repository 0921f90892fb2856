package io.github.dl4jbnfold.examples.command.linearize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.cost.CostFolder;
import io.github.dl4jbnfold.cost.CostTable;
import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.merge.Form;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;

/** What operators of SameDiff cost. */
class LinearizeTimesTest {
  @TempDir Path cache;

  @BeforeEach
  void remember() {
    System.setProperty(CostFolder.PROPERTY, cache.toString());
  }

  @AfterEach
  void forget() {
    System.clearProperty(CostFolder.PROPERTY);
  }

  @Test
  void convolutions_are_measured_and_remembered() {
    Axis axis = new Axis(3, 2, 1, 1, 1);
    Form form = new Form(4, 6, 1, List.of(axis, axis));
    assertThat(new LinearizeTimes(DataType.FLOAT, 2).convolution(form, 8, 7)).isPositive();
    assertThat(CostTable.open().known())
        .containsOnlyKeys("conv2d FLOAT [2,4,8,7] [3,3,4,6] | 3 3 2 2 1 1 1 1 0 0 0");
  }

  @Test
  void products_of_matrices_are_measured_and_remembered() {
    Form form = new Form(40, 60, 1, List.of());
    assertThat(new LinearizeTimes(DataType.FLOAT, 2).convolution(form)).isPositive();
    assertThat(CostTable.open().known()).containsOnlyKeys("matmul FLOAT [2,40] [40,60]");
  }

  @Test
  void volumes_are_not_measured() {
    Form form = new Form(2, 2, 1, Collections.nCopies(3, Axis.POINT));
    assertThatThrownBy(() -> new LinearizeTimes(DataType.FLOAT, 1).convolution(form, 4, 4, 4))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("--unit");
  }
}
