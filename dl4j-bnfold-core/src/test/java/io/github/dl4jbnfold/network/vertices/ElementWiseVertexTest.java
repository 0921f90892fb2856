package io.github.dl4jbnfold.network.vertices;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.graph.Reason;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex.Op;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sums, differences, averages, products and maxima of several arrays. */
class ElementWiseVertexTest {
  private static InputType images(CNN2DFormat format) {
    return InputType.convolutional(5, 4, 3, format);
  }

  private static Mesh twoBranches(CNN2DFormat format, Op op) {
    return Mesh.of(images(format))
        .conv("a", 4, "x")
        .conv("b", 4, "x")
        .norm("na", "a")
        .norm("nb", "b")
        .vertex("v", new ElementWiseVertex(op), "na", "nb");
  }

  @ParameterizedTest
  @EnumSource(names = {"Add", "Subtract", "Average"})
  void norms_before_a_sum_go_back_into_its_addends(Op op) {
    for (CNN2DFormat format : CNN2DFormat.values()) {
      twoBranches(format, op).wall("out", "v").removesAll();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"Add", "Subtract", "Average"})
  void a_norm_behind_a_sum_goes_back_into_all_its_addends(Op op) {
    for (CNN2DFormat format : CNN2DFormat.values()) {
      twoBranches(format, op).norm("n", "v").wall("out", "n").removesAll();
    }
  }

  @Test
  void a_sum_may_have_three_addends_and_one_of_them_twice() {
    for (Op op : new Op[] {Op.Add, Op.Average}) {
      Mesh.of(InputType.feedForward(3))
          .dense("a", 4, "x")
          .norm("na", "a")
          .dense("b", 4, "x")
          .vertex("v", new ElementWiseVertex(op), "na", "b", "na")
          .norm("n", "v")
          .wall("out", "n")
          .removesAll();
    }
  }

  @Test
  void a_sum_of_one_addend_passes_everything() {
    for (Op op : new Op[] {Op.Add, Op.Average, Op.Product, Op.Max}) {
      Mesh.of(InputType.feedForward(3))
          .dense("a", 4, "x")
          .vertex("v", new ElementWiseVertex(op), "a")
          .norm("n", "v")
          .wall("out", "n")
          .positive()
          .removesAll();
    }
  }

  @Test
  void a_norm_of_one_addend_alone_stays_if_the_other_is_the_input() {
    Mesh.of(InputType.feedForward(3))
        .inner("s", "x")
        .norm("n", "s")
        .vertex("v", new ElementWiseVertex(Op.Add), "n", "x")
        .wall("out", "v")
        .keeps("n", Reason.SCALE_CONFLICT);
  }

  @ParameterizedTest
  @EnumSource
  void a_norm_beside_a_convolution_becomes_a_part_of_its_kernel(CNN2DFormat format) {
    ConvolutionLayer conv =
        new ConvolutionLayer.Builder(3, 3).nOut(3).convolutionMode(ConvolutionMode.Same).build();
    NetworkFold fold =
        Mesh.of(images(format))
            .inner("s", "x")
            .layer("c", conv, "s")
            .norm("n", "s")
            .vertex("v", new ElementWiseVertex(Op.Add), "c", "n")
            .wall("out", "v")
            .removesAll();

    assertThat(((ComputationGraph) fold.after()).getConfiguration().getVertices())
        .containsOnlyKeys("s", "c", "out");
  }

  @ParameterizedTest
  @EnumSource
  void a_convolution_of_one_position_becomes_a_part_of_the_kernel_beside_it(CNN2DFormat format) {
    ConvolutionLayer.Builder three =
        new ConvolutionLayer.Builder(3, 3).nOut(4).convolutionMode(ConvolutionMode.Same);
    ConvolutionLayer.Builder one =
        new ConvolutionLayer.Builder(1, 1).nOut(4).convolutionMode(ConvolutionMode.Same);
    NetworkFold fold =
        Mesh.of(images(format))
            .inner("s", "x")
            .layer("c", three.build(), "s")
            .norm("nc", "c")
            .layer("d", one.hasBias(false).build(), "s")
            .norm("nd", "d")
            .vertex("v", new ElementWiseVertex(Op.Add), "nc", "nd")
            .wall("out", "v")
            .removesAll();

    assertThat(((ComputationGraph) fold.after()).getConfiguration().getVertices())
        .containsOnlyKeys("s", "c", "out");
  }

  @ParameterizedTest
  @EnumSource
  void the_scale_of_one_factor_passes_a_product(CNN2DFormat format) {
    // What gates stays what it is; the norm goes forward behind the product.
    twoBranches(format, Op.Product).wall("out", "v").removesAll();
    Mesh.of(images(format))
        .conv("a", 4, "x")
        .conv("b", 4, "x")
        .inner("s", "b")
        .vertex("v", new ElementWiseVertex(Op.Product), "a", "s")
        .norm("n", "v")
        .conv("c", 2, "n")
        .wall("out", "c")
        .removesAll();
  }

  @Test
  void a_factor_may_be_the_same_array_or_one_of_three() {
    Mesh.of(InputType.feedForward(3))
        .dense("a", 4, "x")
        .norm("na", "a")
        .dense("b", 4, "x")
        .vertex("v", new ElementWiseVertex(Op.Product), "na", "b", "na")
        .norm("n", "v")
        .dense("d", 2, "n")
        .wall("out", "d")
        .removes(2);
  }

  @ParameterizedTest
  @EnumSource
  void only_equal_positive_norms_pass_a_maximum(CNN2DFormat format) {
    twoBranches(format, Op.Max).wall("out", "v").removesAll();
    twoBranches(format, Op.Max).norm("n", "v").wall("out", "n").positive().removesAll();
    twoBranches(format, Op.Max)
        .norm("n", "v")
        .wall("out", "n")
        .negative()
        .keeps("n", Reason.SIGN_CONFLICT);
  }

  private static ConvolutionLayer conv(int inputs, int outputs, int kernel) {
    return new ConvolutionLayer.Builder(kernel, kernel).nIn(inputs).nOut(outputs).build();
  }

  private static BatchNormalization norm(int channels) {
    return new BatchNormalization.Builder().nIn(channels).nOut(channels).build();
  }

  @ParameterizedTest
  @EnumSource(names = {"Add", "Subtract", "Average", "Product"})
  void an_array_of_one_position_stands_beside_all_of_an_image(Op op) {
    GlobalPoolingLayer squeeze =
        new GlobalPoolingLayer.Builder(PoolingType.AVG).collapseDimensions(false).build();
    for (boolean first : new boolean[] {true, false}) {
      // Squeeze and excitation, without the sigmoid so that a norm could go through.
      Mesh.of(images(CNN2DFormat.NCHW))
          .untyped()
          .layer("a", conv(3, 4, 2), "x")
          .layer("na", norm(4), "a")
          .layer("p", squeeze, "na")
          .layer("e", conv(4, 4, 1), "p")
          .layer("ne", norm(4), "e")
          .vertex("v", new ElementWiseVertex(op), first ? "ne" : "na", first ? "na" : "ne")
          .layer("n", norm(4), "v")
          .layer("c", conv(4, 2, 2), "n")
          .wall("out", "c")
          .removesAll();
    }
  }

  @Test
  void one_channel_beside_many_ties_them_all() {
    Mesh.of(images(CNN2DFormat.NCHW))
        .untyped()
        .layer("a", conv(3, 4, 2), "x")
        .layer("b", conv(3, 1, 2), "x")
        .layer("nb", norm(1), "b")
        .vertex("v", new ElementWiseVertex(Op.Add), "a", "nb")
        .wall("out", "v")
        .removesAll();
    Mesh.of(images(CNN2DFormat.NCHW))
        .untyped()
        .layer("a", conv(3, 4, 2), "x")
        .layer("b", conv(3, 1, 2), "x")
        .vertex("v", new ElementWiseVertex(Op.Add), "b", "a")
        .layer("n", norm(4), "v")
        .wall("out", "n")
        .keeps("n", Reason.SCALE_CONFLICT);
  }

  @Test
  void a_maximum_with_an_array_of_one_position_keeps_its_function() {
    GlobalPoolingLayer squeeze =
        new GlobalPoolingLayer.Builder(PoolingType.AVG).collapseDimensions(false).build();
    Mesh.of(images(CNN2DFormat.NCHW))
        .untyped()
        .layer("a", conv(3, 4, 2), "x")
        .layer("na", norm(4), "a")
        .layer("p", squeeze, "na")
        .vertex("v", new ElementWiseVertex(Op.Max), "na", "p")
        .layer("n", norm(4), "v")
        .wall("out", "n")
        .positive()
        .removesAll();
  }

  @Test
  void an_array_whose_channels_are_on_another_axis_is_a_wall() {
    Mesh.of(images(CNN2DFormat.NCHW), InputType.feedForward(3))
        .untyped()
        .layer("a", conv(3, 4, 2), "x")
        .inner("s", "y")
        .layer("ns", norm(3), "s")
        .vertex("r", new ReshapeVertex(-1, 1, 1, 3), "ns")
        .vertex("v", new ElementWiseVertex(Op.Add), "a", "r")
        .layer("n", norm(4), "v")
        .layer("c", conv(4, 2, 2), "n")
        .wall("out", "c")
        .keeps("ns", Reason.SCALE_CONFLICT);
  }

  @Test
  void vectors_that_stand_beside_each_other_need_not_have_been_images_both() {
    Mesh.of(InputType.convolutional(3, 2, 3), InputType.feedForward(4))
        .conv("a", 2, "x")
        .dense("b", 4, "y")
        .norm("nb", "b")
        .vertex(
            "f",
            new org.deeplearning4j.nn.conf.graph.PreprocessorVertex(
                new org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor(2, 1, 2)),
            "a")
        .vertex("v", new ElementWiseVertex(Op.Add), "f", "nb")
        .norm("n", "v")
        .dense("d", 2, "n")
        .wall("out", "d")
        .removes(2);
  }
}
