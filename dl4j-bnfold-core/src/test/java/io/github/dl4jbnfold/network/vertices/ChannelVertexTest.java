package io.github.dl4jbnfold.network.vertices;

import io.github.dl4jbnfold.graph.Reason;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Vertices that put arrays side by side or take a part: merge, stack, subset, unstack. */
class ChannelVertexTest {
  private static final InputType VECTORS = InputType.feedForward(3);

  private static InputType images(CNN2DFormat format) {
    return InputType.convolutional(5, 4, 3, format);
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_behind_a_merge_goes_back_into_both_parts(CNN2DFormat format) {
    Mesh.of(images(format))
        .conv("a", 4, "x")
        .norm("na", "a")
        .conv("b", 2, "x")
        .vertex("v", new MergeVertex(), "na", "b")
        .norm("n", "v")
        .wall("out", "n")
        .removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void norms_before_a_merge_go_forward_into_what_reads_it(CNN2DFormat format) {
    Mesh.of(images(format))
        .inner("s", "x")
        .norm("n", "s")
        .conv("b", 2, "x")
        .layer("t", new ConvolutionLayer.Builder(2, 2).nOut(3).build(), "n")
        .norm("nt", "t")
        .inner("u", "b")
        .norm("nu", "u")
        .vertex("v", new MergeVertex(), "nt", "nu")
        .conv("c", 2, "v")
        .wall("out", "c")
        .removesAll();
  }

  @Test
  void a_merge_of_vectors_and_of_one_array() {
    Mesh.of(VECTORS)
        .dense("a", 4, "x")
        .dense("b", 2, "x")
        .vertex("one", new MergeVertex(), "a")
        .norm("na", "one")
        .vertex("v", new MergeVertex(), "na", "b")
        .norm("n", "v")
        .wall("out", "n")
        .removesAll();
  }

  @Test
  void a_merge_of_sequences_in_the_format_NWC() {
    TimeDistributed each = new TimeDistributed(new DenseLayer.Builder().nOut(2).build());
    Mesh.of(InputType.recurrent(3, 5, RNNFormat.NWC))
        .inner("s", "x")
        .lastAxisNorm("ns", "s")
        .inner("t", "x")
        .lastAxisNorm("nt", "t")
        .vertex("v", new MergeVertex(), "ns", "nt")
        .layer("d", each, "v")
        .wall("out", "d")
        .removesAll();
  }

  @Test
  void arrays_that_stand_behind_each_other_need_equal_norms() {
    MergeVertex rows = new MergeVertex();
    rows.setMergeAxis(2);
    ConvolutionLayer conv = new ConvolutionLayer.Builder(2, 2).nIn(3).nOut(4).build();
    BatchNormalization norm = new BatchNormalization.Builder().nIn(4).nOut(4).build();
    Mesh.of(images(CNN2DFormat.NCHW))
        .untyped()
        .layer("a", conv, "x")
        .layer("b", conv.clone(), "x")
        .vertex("v", rows, "a", "b")
        .layer("n", norm, "v")
        .wall("out", "n")
        .removesAll();
    Mesh.of(images(CNN2DFormat.NCHW))
        .untyped()
        .layer("a", conv, "x")
        .inner("s", "a")
        .layer("ns", norm, "s")
        .layer("b", conv.clone(), "x")
        .inner("t", "b")
        .layer("nt", norm, "t")
        .vertex("v", rows, "ns", "nt")
        .layer("c", new ConvolutionLayer.Builder(2, 2).nIn(4).nOut(2).build(), "v")
        .wall("out", "c")
        .removes(1);
  }

  @Test
  void a_subset_takes_its_part_of_the_norms() {
    Mesh.of(VECTORS)
        .untyped()
        .layer("a", new DenseLayer.Builder().nIn(3).nOut(5).build(), "x")
        .layer("na", new BatchNormalization.Builder().nIn(5).nOut(5).build(), "a")
        .vertex("v", new SubsetVertex(1, 3), "na")
        .layer("n", new BatchNormalization.Builder().nIn(3).nOut(3).build(), "v")
        .wall("out", "n")
        .wall("rest", "na")
        .removes(1);
    Mesh.of(images(CNN2DFormat.NCHW))
        .untyped()
        .layer("a", new ConvolutionLayer.Builder(2, 2).nIn(3).nOut(5).build(), "x")
        .layer("na", new BatchNormalization.Builder().nIn(5).nOut(5).build(), "a")
        .vertex("v", new SubsetVertex(1, 3), "na")
        .layer("n", new BatchNormalization.Builder().nIn(3).nOut(3).build(), "v")
        .wall("out", "n")
        .removesAll();
  }

  @Test
  void a_subset_cuts_the_second_axis_also_of_data_whose_channels_are_last() {
    // So it takes rows of an image, and what follows has to be told their number.
    ConvolutionLayer.Builder conv =
        new ConvolutionLayer.Builder(2, 2).nIn(3).nOut(4).dataFormat(CNN2DFormat.NHWC);
    BatchNormalization norm =
        new BatchNormalization.Builder().nIn(4).nOut(4).dataFormat(CNN2DFormat.NHWC).build();
    Mesh.of(images(CNN2DFormat.NHWC))
        .untyped()
        .layer("a", conv.build(), "x")
        .vertex("v", new SubsetVertex(1, 2), "a")
        .layer("n", norm, "v")
        .wall("out", "n")
        .removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void stacked_examples_need_equal_norms(CNN2DFormat format) {
    Mesh.of(images(format))
        .conv("a", 4, "x")
        .norm("na", "a")
        .conv("b", 4, "x")
        .vertex("v", new StackVertex(), "na", "b")
        .norm("n", "v")
        .wall("out", "n")
        .removesAll();
    Mesh.of(images(format))
        .inner("s", "x")
        .norm("ns", "s")
        .vertex("v", new StackVertex(), "ns", "x")
        .conv("c", 2, "v")
        .wall("out", "c")
        .keeps("ns", Reason.SCALE_CONFLICT);
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_goes_through_the_choice_of_a_part_of_the_examples(CNN2DFormat format) {
    Mesh.of(images(format))
        .conv("a", 4, "x")
        .conv("b", 4, "x")
        .vertex("v", new StackVertex(), "a", "b")
        .vertex("u", new UnstackVertex(1, 2), "v")
        .norm("n", "u")
        .wall("out", "n")
        .removesAll();
  }

  private static Convolution1DLayer point(RNNFormat format) {
    return new Convolution1DLayer.Builder(1).nOut(2).rnnDataFormat(format).build();
  }

  @Test
  void a_shift_stops_where_sequences_are_stacked_of_which_the_shorter_get_zeros() {
    InputType sequences = InputType.recurrent(3, 5);
    Mesh.of(sequences, sequences)
        .layer("a", point(RNNFormat.NCW), "x")
        .layer("b", point(RNNFormat.NCW), "y")
        .vertex("v", new StackVertex(), "a", "b")
        .layer("n", new BatchNormalization(), new RnnToFeedForwardPreProcessor(), "v")
        .wall("out", "n")
        .keeps("n", Reason.SHIFT_CONFLICT);
  }

  @Test
  void in_the_format_NWC_Deeplearning4j_stacks_only_sequences_of_equal_length() {
    InputType sequences = InputType.recurrent(3, 5, RNNFormat.NWC);
    Mesh.of(sequences, sequences)
        .layer("a", point(RNNFormat.NWC), "x")
        .layer("b", point(RNNFormat.NWC), "y")
        .vertex("v", new StackVertex(), "a", "b")
        .lastAxisNorm("n", "v")
        .wall("out", "n")
        .removesAll();
  }
}
