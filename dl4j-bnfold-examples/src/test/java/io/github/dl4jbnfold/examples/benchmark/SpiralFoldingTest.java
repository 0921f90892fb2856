package io.github.dl4jbnfold.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.LayerFolding;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folding of networks that are deeper than spirals need. */
class SpiralFoldingTest {
  private static MultiLayerNetwork shallow;

  @BeforeAll
  static void train() {
    shallow = SpiralFolding.trained(3, 1);
  }

  @Test
  void with_a_large_penalty_a_network_of_4_layers_becomes_3() {
    SpiralFolding.Row row = SpiralFolding.folded(shallow, 1, 0.25, 1500, false);

    assertThat(LayerFolding.depth(shallow)).isEqualTo(4);
    assertThat(row.after()).isEqualTo(3);
    assertThat(row.accuracy()).isGreaterThan(0.97);
  }

  @Test
  void with_a_small_penalty_all_activations_stay() {
    SpiralFolding.Row row = SpiralFolding.folded(shallow, 1, 0.003, 500, false);

    assertThat(row.result().linear()).isEmpty();
    assertThat(row.after()).isEqualTo(4);
    assertThat(row.accuracy()).isGreaterThan(0.97);
  }

  @Tag("nightly")
  @ParameterizedTest
  @CsvSource({"3,1", "3,2", "3,3", "5,1", "5,2", "5,3", "8,1", "8,2", "8,3"})
  void all_depths_become_the_one_that_spirals_need_on_every_seed(int hidden, long seed) {
    MultiLayerNetwork network = SpiralFolding.trained(hidden, seed);
    SpiralFolding.Row row =
        SpiralFolding.folded(network, seed, 0.25, SpiralFolding.PRE_FOLDING, false);

    assertThat(row.after()).isEqualTo(3);
    assertThat(row.accuracy()).isGreaterThan(0.994);
  }
}
