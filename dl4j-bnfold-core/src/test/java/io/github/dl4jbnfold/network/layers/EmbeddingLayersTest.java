package io.github.dl4jbnfold.network.layers;

import static io.github.dl4jbnfold.network.layers.Chain.wall;

import io.github.dl4jbnfold.graph.Reason;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;

/** Tables of vectors: a norm goes backward into one, and nothing goes further. */
class EmbeddingLayersTest {
  private static final int ROWS = 6;
  private static final long[] INDEX = {1};
  private static final long[] INDICES = {7};

  private static EmbeddingLayer.Builder table() {
    return new EmbeddingLayer.Builder().nIn(ROWS).nOut(4);
  }

  private static EmbeddingSequenceLayer.Builder tables() {
    return new EmbeddingSequenceLayer.Builder().nIn(ROWS).nOut(4).outputDataFormat(RNNFormat.NWC);
  }

  private static BatchNormalization norm() {
    return new BatchNormalization.Builder().nIn(4).nOut(4).build();
  }

  private static BatchNormalization lastAxisNorm() {
    return new BatchNormalization.Builder().nIn(4).nOut(4).dataFormat(CNN2DFormat.NHWC).build();
  }

  private static TimeDistributed each() {
    return new TimeDistributed(new DenseLayer.Builder().nIn(4).nOut(2).build(), RNNFormat.NWC);
  }

  @Test
  void a_norm_goes_backward_into_a_table() {
    for (boolean bias : new boolean[] {true, false}) {
      Chain.ofShape(INDEX, table().hasBias(bias).build(), norm(), wall())
          .indices(ROWS)
          .removesAll();
    }
  }

  @Test
  void an_activation_inside_a_table_stops_the_shift() {
    Chain.ofShape(INDEX, table().activation(Activation.RELU).build(), norm(), wall())
        .indices(ROWS)
        .positive()
        .keeps("layer1", Reason.SHIFT_CONFLICT);
  }

  @Test
  void a_mask_stops_the_shift_of_a_norm_behind_a_table_of_sequences() {
    for (boolean any : new boolean[] {true, false}) {
      EmbeddingSequenceLayer layer = tables().inputLength(7).inferInputLength(any).build();
      Chain.ofShape(INDICES, layer, lastAxisNorm(), wall())
          .indices(ROWS)
          .keeps("layer1", Reason.SHIFT_CONFLICT);
    }
  }

  @Test
  void the_norm_behind_a_table_of_sequences_may_go_forward() {
    for (boolean bias : new boolean[] {true, false}) {
      EmbeddingSequenceLayer layer = tables().hasBias(bias).inferInputLength(true).build();
      Chain.ofShape(INDICES, layer, lastAxisNorm(), each(), wall()).indices(ROWS).removesAll();
    }
  }
}
