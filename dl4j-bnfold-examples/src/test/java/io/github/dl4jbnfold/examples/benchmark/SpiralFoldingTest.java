package io.github.dl4jbnfold.examples.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.LayerFolding;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Folding of networks that are deeper than spirals need. */
class SpiralFoldingTest {
  private static final long STEPS = 500;

  private static MultiLayerNetwork shallow;
  private static MultiLayerNetwork deep;

  @BeforeAll
  static void train() {
    shallow = SpiralFolding.trained(3, 1);
    deep = SpiralFolding.trained(5, 1);
  }

  @Test
  void with_a_large_penalty_a_network_of_4_layers_and_one_of_6_become_2_or_3() {
    SpiralFolding.Row ofFour = SpiralFolding.folded(shallow, 1, 0.25, STEPS, false);
    SpiralFolding.Row ofSix = SpiralFolding.folded(deep, 1, 0.25, STEPS, false);

    assertThat(LayerFolding.depth(shallow)).isEqualTo(4);
    assertThat(LayerFolding.depth(deep)).isEqualTo(6);
    assertThat(ofFour.after()).isBetween(2, 3);
    assertThat(ofSix.after()).isBetween(2, 3);
    assertThat(ofFour.accuracy()).isGreaterThan(0.97);
    assertThat(ofSix.accuracy()).isGreaterThan(0.97);
  }

  @Test
  void with_a_small_penalty_all_activations_stay() {
    SpiralFolding.Row row = SpiralFolding.folded(shallow, 1, 0.003, STEPS, false);

    assertThat(row.result().linear()).isEmpty();
    assertThat(row.after()).isEqualTo(4);
    assertThat(row.accuracy()).isGreaterThan(0.97);
  }
}
