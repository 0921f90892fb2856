package io.github.dl4jbnfold.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlanningScaleTest {
  @ParameterizedTest
  @EnumSource
  void a_network_has_as_many_batch_normalizations_as_asked_for(ScaleNetwork.Kind kind) {
    for (int size : new int[] {1, 2, 10, 11}) {
      assertThat(
              BatchNormFolding.plan(ScaleNetwork.of(kind, size, 3), FoldingOptions.defaults())
                  .batchNorms())
          .isEqualTo(size);
    }
  }

  @ParameterizedTest
  @EnumSource
  void all_of_them_go(ScaleNetwork.Kind kind) {
    PlanningScale.Row row = PlanningScale.measure(kind, 20);
    assertThat(row.removed()).isEqualTo(20);
  }

  @Test
  void a_row_and_its_ratio_fit_the_table() {
    PlanningScale.Row small = new PlanningScale.Row("chain", 10, 10, 1, 1, 1, 1, 1);
    PlanningScale.Row large = new PlanningScale.Row("chain", 100, 90, 2, 3, 4, 5, 6);
    assertThat(large).hasToString("| chain | 100 | 90 | 2.000 | 3.000 | 4.000 | 5.000 | 6.000 |");
    assertThat(large.ratio(small))
        .isEqualTo("| chain, ratio | 10.0 | | 2.0 | 3.0 | 4.0 | 5.0 | 6.0 |");
  }
}
