package io.github.dl4jbnfold.network.layers;

import static io.github.dl4jbnfold.network.layers.Chain.lastAxisNorm;
import static io.github.dl4jbnfold.network.layers.Chain.norm;
import static io.github.dl4jbnfold.network.layers.Chain.wall;

import io.github.dl4jbnfold.graph.Reason;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Recurrent layers: a norm goes forward into their input matrices; nothing goes back into them. */
@SuppressWarnings("deprecation") // Old files have GravesLSTM.
class RecurrentLayersTest {
  private static final InputType NWC = InputType.recurrent(3, 6, RNNFormat.NWC);
  private static final InputType NCW = InputType.recurrent(3, 6, RNNFormat.NCW);

  static Stream<BaseRecurrentLayer> cells() {
    return Stream.of(
        new LSTM.Builder().nOut(4).build(),
        new GravesLSTM.Builder().nOut(4).build(),
        new GravesBidirectionalLSTM.Builder().nOut(4).build(),
        new SimpleRnn.Builder().nOut(4).build());
  }

  /** A norm between preprocessors, before a layer. */
  private static Chain forward(Layer layer) {
    return Chain.of(NCW, wall(), norm(), layer, wall())
        .before(1, new RnnToFeedForwardPreProcessor())
        .before(2, new FeedForwardToRnnPreProcessor())
        .once();
  }

  private static LSTM lstm() {
    return new LSTM.Builder().nOut(4).build();
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("cells")
  void a_norm_goes_forward_into_a_cell(BaseRecurrentLayer cell) {
    forward(cell).removesAll();
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("cells")
  void the_same_in_the_format_NWC(BaseRecurrentLayer cell) {
    Chain.of(NWC, wall(), lastAxisNorm(), cell, wall()).once().removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_forward_into_both_directions(Bidirectional.Mode mode) {
    forward(new Bidirectional(mode, lstm())).removesAll();
    forward(new Bidirectional(mode, new SimpleRnn.Builder().nOut(4).build())).removesAll();
    Chain.of(NWC, wall(), lastAxisNorm(), new Bidirectional(mode, lstm()), wall())
        .once()
        .removesAll();
  }

  @Test
  void a_norm_goes_forward_through_the_choice_of_the_last_step() {
    forward(new LastTimeStep(lstm())).removesAll();
    forward(new LastTimeStep(new Bidirectional(Bidirectional.Mode.CONCAT, lstm()))).removesAll();
  }

  @Test
  void nothing_goes_back_into_a_cell() {
    Chain.of(NWC, lstm(), lastAxisNorm(), wall()).keeps("layer1", Reason.SCALE_CONFLICT);
  }

  @Test
  void layer_normalization_inside_a_cell_is_what_Deeplearning4j_itself_cannot_run() {
    forward(new SimpleRnn.Builder().nOut(4).hasLayerNorm(true).build())
        .refused("does not run on random inputs");
  }

  @Test
  void a_layer_that_masks_where_it_reads_a_value_is_a_wall() {
    forward(new MaskZeroLayer(lstm(), 0.5)).keeps("layer1", Reason.SCALE_CONFLICT);
  }
}
