package io.github.dl4jbnfold.linearize.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.enums.WeightsFormat;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv1DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv3DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;

/** Matrix products, sequences, volumes, and weights in every format. */
class ConvertedDimensionsTest {
  private static SDVariable volume(Net n, SDVariable x, int in, int out, int k) {
    Conv3DConfig config =
        Conv3DConfig.builder()
            .kD(k)
            .kH(k)
            .kW(k)
            .paddingMode(PaddingMode.VALID)
            .biasUsed(true)
            .dataFormat(n.channelsLast() ? Conv3DConfig.NDHWC : Conv3DConfig.NCDHW)
            .build();
    return n.graph().cnn.conv3d(x, n.weight("W", k, k, k, in, out), n.weight("b", out), config);
  }

  private static SDVariable sequence(
      Net n, SDVariable x, int in, int out, int k, PaddingMode mode) {
    Conv1DConfig config =
        Conv1DConfig.builder()
            .k(k)
            .s(1)
            .p(0)
            .paddingMode(mode)
            .dataFormat(n.channelsLast() ? Conv1DConfig.NWC : Conv1DConfig.NCW)
            .build();
    return n.graph().cnn.conv1d(x, n.weight("W", k, in, out), n.weight("b", out), config);
  }

  private static Node biased(Node x, int out, int k, Padding padding, int stride) {
    return x.conv(out, k, padding, stride, 1, true);
  }

  static Stream<Net> formats() {
    return Stream.of(Net.nchw(1), Net.nhwc(2));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void a_convolution_before_a_flattened_matrix_product_becomes_a_matrix_product(Net net) {
    GatedGraph.of(
            net,
            n -> {
              Node image = biased(n.image(2, 4, 3), 3, 3, Padding.SAME, 1).relu();
              SDVariable flat = n.graph().reshape(image.variable(), -1, 36);
              n.node(flat.mmul(n.weight("V", 36, 5)).add(n.weight("c", 5)), 5).output();
            })
        .linear()
        .leaves("reshape", "matmul", "add")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void a_global_pool_between_point_convolution_and_dense_becomes_a_matrix_product(Net net) {
    GatedGraph.of(
            net,
            n ->
                biased(n.image(2, 4, 3), 3, 1, Padding.VALID, 1)
                    .relu()
                    .globalPool()
                    .dense(4)
                    .output())
        .linear()
        .leaves("reshape", "matmul", "add")
        .equalOutputs()
        .trains();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void a_bias_before_zero_padding_and_a_matrix_product_becomes_another_bias(Net net) {
    GatedGraph.of(
            net,
            n -> {
              Node first = biased(n.image(2, 4, 3), 3, 1, Padding.VALID, 1).relu();
              Node image = biased(first, 3, 3, Padding.SAME, 1).relu();
              SDVariable flat = n.graph().reshape(image.variable(), -1, 36);
              n.node(flat.mmul(n.weight("V", 36, 5)), 5).output();
            })
        .linear()
        .leaves("reshape", "matmul", "add")
        .equalOutputs()
        .trains();
  }

  @Test
  void matrix_products_become_one() {
    GatedGraph.of(
            Net.nchw(3),
            n -> {
              SDVariable x = n.graph().placeHolder("x", n.type(), -1, 4);
              SDVariable a = x.mmul(n.weight("W", 4, 6)).add(n.weight("b", 6));
              SDVariable c =
                  n.graph().nn.linear(n.graph().nn.tanh(a), n.weight("V", 6, 5), n.weight("c", 5));
              SDVariable d = n.graph().nn.tanh(c);
              n.node(n.graph().mmul(d, n.weight("U", 3, 5), false, true, false), 3).output();
            })
        .linear()
        .leaves("matmul", "add")
        .equalOutputs()
        .trains();
  }

  @Test
  void a_residual_of_matrix_products_becomes_one() {
    GatedGraph.of(
            Net.nchw(4),
            n -> {
              SDVariable x = n.graph().placeHolder("x", n.type(), -1, 4);
              SDVariable stem = x.mmul(n.weight("S", 4, 4));
              SDVariable a =
                  n.graph().nn.tanh(stem.mmul(n.weight("W", 4, 6)).add(n.weight("b", 6)));
              SDVariable b = a.mmul(n.weight("V", 6, 4)).add(stem);
              n.node(n.graph().nn.tanh(b), 4).output();
            })
        .linear()
        .leaves("matmul", "add")
        .equalOutputs()
        .trains();
  }

  @Test
  void weights_in_other_formats_are_read_and_written_in_that_which_has_a_gradient() {
    for (WeightsFormat format : WeightsFormat.values()) {
      GatedGraph.of(
              Net.nchw(5),
              n -> {
                SDVariable x = n.graph().placeHolder("x", n.type(), -1, 3, 7, 6);
                long[] shape =
                    switch (format) {
                      case YXIO -> new long[] {3, 2, 3, 4};
                      case OIYX -> new long[] {4, 3, 3, 2};
                      case OYXI -> new long[] {4, 3, 2, 3};
                    };
                Conv2DConfig config =
                    Conv2DConfig.builder()
                        .kH(3)
                        .kW(2)
                        .paddingMode(PaddingMode.VALID)
                        .weightsFormat(format)
                        .build();
                SDVariable a =
                    n.graph().cnn.conv2d(x, n.weight("W", shape), n.weight("b", 4), config);
                n.node(n.graph().nn.relu(a, 0), 4).conv(5, 2, Padding.VALID).output();
              })
          .linear()
          .leaves("conv2d")
          .equalOutputs()
          .trains();
    }
  }

  @Test
  void separable_convolutions_become_one() {
    for (boolean last : new boolean[] {false, true}) {
      GatedGraph.of(
              Net.of(6, DataType.DOUBLE, last),
              n -> {
                Node image = n.image(3, 7, 6);
                Conv2DConfig config =
                    Conv2DConfig.builder()
                        .kH(3)
                        .kW(2)
                        .paddingMode(PaddingMode.VALID)
                        .dataFormat(last ? Conv2DConfig.NHWC : Conv2DConfig.NCHW)
                        .build();
                SDVariable a =
                    n.graph()
                        .cnn
                        .separableConv2d(
                            image.variable(),
                            n.weight("D", 3, 2, 3, 2),
                            n.weight("P", 1, 1, 6, 4),
                            n.weight("b", 4),
                            config);
                n.node(n.graph().nn.relu(a, 0), 4).conv(5, 2, Padding.VALID).output();
              })
          .linear()
          .leaves("conv2d")
          .equalOutputs()
          .trains();
    }
  }

  @Test
  void convolutions_over_sequences_become_one() {
    for (boolean last : new boolean[] {false, true}) {
      for (PaddingMode mode : new PaddingMode[] {PaddingMode.VALID, PaddingMode.CAUSAL}) {
        GatedGraph.After after =
            GatedGraph.of(
                    Net.of(7, DataType.DOUBLE, last),
                    n -> {
                      SDVariable x =
                          last
                              ? n.graph().placeHolder("x", n.type(), -1, 9, 3)
                              : n.graph().placeHolder("x", n.type(), -1, 3, 9);
                      SDVariable a = sequence(n, x, 3, 4, 3, mode);
                      SDVariable b =
                          sequence(n, n.graph().nn.relu(a, 0), 4, 5, 1, PaddingMode.VALID);
                      n.node(b, 5).output();
                    })
                .linear()
                .equalOutputs()
                .trains();
        assertThat(after.converted().merges()).hasSize(1);
      }
    }
  }

  @Test
  void convolutions_over_volumes_become_one() {
    for (boolean last : new boolean[] {false, true}) {
      GatedGraph.of(
              Net.of(8, DataType.DOUBLE, last),
              n -> {
                SDVariable x =
                    last
                        ? n.graph().placeHolder("x", n.type(), -1, 6, 5, 4, 2)
                        : n.graph().placeHolder("x", n.type(), -1, 2, 6, 5, 4);
                SDVariable a = volume(n, x, 2, 3, 2);
                n.node(volume(n, n.graph().nn.relu(a, 0), 3, 4, 2), 4).output();
              })
          .linear()
          .leaves("conv3dnew")
          .equalOutputs()
          .trains();
    }
  }
}
