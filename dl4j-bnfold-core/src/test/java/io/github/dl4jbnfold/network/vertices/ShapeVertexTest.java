package io.github.dl4jbnfold.network.vertices;

import io.github.dl4jbnfold.graph.Reason;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.L2Vertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Vertices that reshape, choose or repeat, and vertices that nothing passes. */
class ShapeVertexTest {
  private static final InputType VECTORS = InputType.feedForward(3);
  private static final InputType SEQUENCES = InputType.recurrent(3, 6);

  private static DenseLayer dense(int inputs, int outputs) {
    return new DenseLayer.Builder().nIn(inputs).nOut(outputs).build();
  }

  private static BatchNormalization norm(int channels) {
    return new BatchNormalization.Builder().nIn(channels).nOut(channels).build();
  }

  private static Convolution1DLayer conv1d(int outputs) {
    return new Convolution1DLayer.Builder(2).nOut(outputs).build();
  }

  @Test
  void a_norm_goes_through_a_reshape_that_makes_vectors_of_images() {
    ConvolutionLayer conv = new ConvolutionLayer.Builder(2, 2).nIn(3).nOut(4).build();
    for (char order : new char[] {'c', 'f'}) {
      Mesh.of(InputType.convolutional(3, 4, 3))
          .untyped()
          .layer("a", conv, "x")
          .layer("n", norm(4), "a")
          .vertex("v", new ReshapeVertex(order, new int[] {-1, 24}, null), "n")
          .layer("d", dense(24, 2), "v")
          .wall("out", "d")
          .removesAll();
    }
  }

  @Test
  void a_norm_goes_forward_through_a_reshape_that_makes_images_of_vectors() {
    ConvolutionLayer conv = new ConvolutionLayer.Builder(2, 1).nIn(3).nOut(4).build();
    // Each vector element becomes a position of its own: the norm reaches a kernel that is shared.
    Mesh.of(InputType.feedForward(6))
        .untyped()
        .inner("s", "x")
        .layer("n", norm(6), "s")
        .vertex("v", new ReshapeVertex(-1, 3, 2, 1), "n")
        .layer("c", conv, "v")
        .wall("out", "c")
        .keeps("n", Reason.SCALE_CONFLICT);
    Mesh.of(InputType.feedForward(3))
        .untyped()
        .inner("s", "x")
        .layer("n", norm(3), "s")
        .vertex("v", new ReshapeVertex(-1, 3, 1, 1), "n")
        .layer("c", new ConvolutionLayer.Builder(1, 1).nIn(3).nOut(4).build(), "v")
        .wall("out", "c")
        .removesAll();
  }

  @Test
  void a_reshape_in_which_no_axis_keeps_the_channels_is_a_wall_or_exact() {
    Mesh.of(InputType.feedForward(6))
        .untyped()
        .layer("a", dense(6, 6), "x")
        .layer("n", norm(6), "a")
        .vertex("v", new ReshapeVertex('f', new int[] {-1, 3}, null), "n")
        .layer("d", dense(3, 2), "v")
        .wall("out", "d")
        .removesAll();
    Mesh.of(InputType.feedForward(6))
        .untyped()
        .inner("s", "x")
        .layer("n", norm(6), "s")
        .vertex("v", new ReshapeVertex('f', new int[] {-1, 3}, null), "n")
        .layer("d", dense(3, 2), "v")
        .wall("out", "d")
        .keeps("n", Reason.SCALE_CONFLICT);
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_forward_through_a_vertex_that_flattens(CNN2DFormat format) {
    CnnToFeedForwardPreProcessor flatten = new CnnToFeedForwardPreProcessor(3, 4, 3, format);
    Mesh.of(InputType.convolutional(3, 4, 3, format))
        .inner("s", "x")
        .norm("n", "s")
        .vertex("v", new PreprocessorVertex(flatten), "n")
        .dense("d", 2, "v")
        .wall("out", "d")
        .removesAll();
  }

  @Test
  void a_norm_goes_through_the_vertex_that_cuts_the_first_row_and_column() {
    Mesh.of(InputType.convolutional(5, 4, 3))
        .conv("a", 4, "x")
        .vertex("v", new PoolHelperVertex(), "a")
        .norm("n", "v")
        .wall("out", "n")
        .removesAll();
    // Of images whose channels are last it cuts a column and a channel.
    BatchNormalization norm =
        new BatchNormalization.Builder().nIn(3).nOut(3).dataFormat(CNN2DFormat.NHWC).build();
    ConvolutionLayer conv =
        new ConvolutionLayer.Builder(1, 1).nIn(2).nOut(3).dataFormat(CNN2DFormat.NHWC).build();
    Mesh.of(InputType.convolutional(5, 4, 3, CNN2DFormat.NHWC))
        .untyped()
        .inner("s", "x")
        .layer("n", norm, "s")
        .vertex("v", new PoolHelperVertex(), "n")
        .layer("c", conv, "v")
        .wall("out", "c")
        .keeps("n", Reason.SCALE_CONFLICT);
  }

  @Test
  void a_norm_goes_backward_through_the_choice_of_the_last_step() {
    Mesh.of(SEQUENCES)
        .layer("a", conv1d(4), "x")
        .vertex("v", new LastTimeStepVertex("x"), "a")
        .norm("n", "v")
        .wall("out", "n")
        .removesAll();
  }

  @Test
  void a_norm_goes_forward_through_the_repetition_of_a_vector() {
    Mesh.of(SEQUENCES, VECTORS)
        .inner("s", "y")
        .norm("n", "s")
        .vertex("v", new DuplicateToTimeSeriesVertex("x"), "n")
        .layer("c", conv1d(2), "v")
        .wall("out", "c")
        .layer("b", conv1d(2), "x")
        .wall("other", "b")
        .removesAll();
  }

  private static Mesh reversed() {
    // Behind a mask what is reversed ends with zeros.
    Convolution1DLayer conv =
        new Convolution1DLayer.Builder(1).nOut(4).convolutionMode(ConvolutionMode.Same).build();
    return Mesh.of(SEQUENCES)
        .layer("a", conv, "x")
        .vertex("v", new ReverseTimeSeriesVertex("x"), "a")
        .layer("n", new BatchNormalization(), new RnnToFeedForwardPreProcessor(), "v");
  }

  @Test
  void a_shift_stops_where_sequences_are_reversed_behind_a_mask() {
    reversed().wall("out", "n").keeps("n", Reason.SHIFT_CONFLICT);
    LSTM lstm = new LSTM.Builder().nOut(2).build();
    reversed()
        .layer("c", lstm, new FeedForwardToRnnPreProcessor(), "n")
        .wall("out", "c")
        .removesAll();
  }

  @Test
  void vertices_that_normalize_or_compare_are_walls() {
    Mesh.of(VECTORS)
        .dense("a", 4, "x")
        .norm("na", "a")
        .vertex("v", new L2NormalizeVertex(), "na")
        .norm("n", "v")
        .dense("d", 2, "n")
        .wall("out", "d")
        .removesAll();
    Mesh.of(VECTORS)
        .inner("s", "x")
        .norm("n", "s")
        .vertex("v", new L2NormalizeVertex(), "n")
        .wall("out", "v")
        .keeps("n", Reason.SCALE_CONFLICT);
    Mesh.of(VECTORS)
        .inner("s", "x")
        .norm("n", "s")
        .dense("b", 3, "x")
        .norm("nb", "b")
        .vertex("v", new L2Vertex(), "n", "nb")
        .wall("out", "v")
        .removes("nb");
  }

  @Test
  void attention_is_a_wall() {
    AttentionVertex attention =
        new AttentionVertex.Builder()
            .nInQueries(3)
            .nInKeys(3)
            .nInValues(3)
            .nOut(4)
            .nHeads(2)
            .headSize(2)
            .projectInput(true)
            .build();
    Mesh.of(SEQUENCES)
        .untyped()
        .layer("s", new Convolution1DLayer.Builder(1).nIn(3).nOut(3).build(), "x")
        .vertex("v", attention, "s", "s", "s")
        .layer("n", norm(4), new RnnToFeedForwardPreProcessor(), "v")
        .layer("d", dense(4, 2), "n")
        .wall("out", "d")
        .removesAll();
  }

  @Test
  void sequences_in_the_format_NWC_are_not_what_these_vertices_read() {
    // They cut and repeat along the last axis, so a norm of the last axis stays.
    Mesh.of(InputType.recurrent(3, 6, RNNFormat.NWC))
        .untyped()
        .inner("s", "x")
        .layer(
            "n",
            new BatchNormalization.Builder().nIn(3).nOut(3).dataFormat(CNN2DFormat.NHWC).build(),
            "s")
        .vertex("v", new LastTimeStepVertex("x"), "n")
        .layer("d", dense(6, 2), "v")
        .wall("out", "d")
        .keeps("n", Reason.SCALE_CONFLICT);
  }
}
