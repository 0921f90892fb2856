package io.github.dl4jbnfold.conformance;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.factory.Nd4j;

/** A shift in front of padding with zeros: a channel of ones, another pad value, a map. */
class PaddingRepairsTest {
  private static Fold fold(boolean channelsLast, Consumer<Net> build) {
    return channelsLast ? Fold.nhwc(build) : Fold.nchw(build);
  }

  /** Two normalizations of one tensor ask for different shifts of it. */
  private static void twoReaders(Node x, java.util.function.Function<Node, Node> consumer) {
    consumer.apply(x.batchNorm()).output();
    consumer.apply(x.batchNorm()).output();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void the_producer_emits_a_channel_of_ones_for_convolutions_at_any_image_size(boolean last) {
    fold(
            last,
            net ->
                twoReaders(
                    net.imageOfAnySize(3).conv(5, 3, Padding.SAME),
                    x -> x.conv(4, 3, Padding.SAME)))
        .removesAll()
        .repairs("ONES_CHANNEL")
        .leaves("conv2d", "conv2d", "conv2d")
        .equalOutputs()
        .isIdempotent();
  }

  @ParameterizedTest
  @CsvSource({"5, 1, 1", "4, 2, 1", "3, 1, 2", "2, 2, 1"})
  void the_border_is_exact_for_any_kernel_stride_and_dilation(int k, int stride, int dilation) {
    for (boolean last : new boolean[] {false, true}) {
      for (Padding padding : new Padding[] {Padding.SAME, Padding.of(1)}) {
        fold(
                last,
                net ->
                    twoReaders(
                        net.imageOfAnySize(3).conv(5, 1, Padding.VALID, 1, 1, true),
                        x -> x.conv(4, k, padding, stride, dilation, true)))
            .removesAll()
            .repairs("ONES_CHANNEL")
            .equalOutputs()
            .isIdempotent();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void the_ones_pass_activations_clamps_and_pools_and_every_other_reader_ignores_them(
      boolean last) {
    fold(
            last,
            net -> {
              Node x = net.imageOfAnySize(3).conv(5, 3, Padding.VALID).maxPool(2, 1, 0);
              x.batchNorm().relu().conv(4, 3, Padding.SAME).output();
              twoReaders(x.batchNorm().relu6().avgPool(2, 1, 0), y -> y.conv(4, 3, Padding.SAME));
              x.batchNorm().leakyRelu(0.3).globalPool().dense(3).output();
              x.conv(2, 1, Padding.VALID).output();
            })
        .removesAll()
        .repairs("ONES_CHANNEL", "CLAMP")
        .equalOutputs()
        .isIdempotent();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void the_periodic_shift_behind_a_transposed_convolution_comes_from_the_ones(boolean last) {
    fold(last, net -> twoReaders(net.imageOfAnySize(3).deconv(5, 3, 2), x -> x.deconv(4, 3, 2)))
        .removesAll()
        .repairs("ONES_CHANNEL")
        .leaves("deconv2d", "deconv2d", "deconv2d")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void the_ones_are_padded_with_zeros_by_an_operator_of_its_own() {
    Fold.nchw(
            net ->
                twoReaders(
                    net.imageOfAnySize(3).conv(5, 3, Padding.VALID),
                    x -> zeroPad(net, x).conv(4, 3, Padding.VALID)))
        .removesAll()
        .repairs("ONES_CHANNEL")
        .equalOutputs()
        .isIdempotent();
  }

  private static Node zeroPad(Net net, Node x) {
    SDVariable widths =
        net.graph().constant(Nd4j.createFromArray(new int[][] {{0, 0}, {0, 0}, {1, 2}, {0, 3}}));
    return x.apply(v -> net.graph().nn().pad(v, widths, 0));
  }

  @Test
  void an_addition_behind_the_producer_becomes_its_bias_beside_the_one() {
    Fold.nchw(
            net ->
                twoReaders(
                    net.imageOfAnySize(3).conv(5, 3, Padding.VALID).addConstant(),
                    x -> x.conv(4, 3, Padding.SAME)))
        .removesAll()
        .repairs("ONES_CHANNEL")
        .leaves("conv2d", "conv2d", "conv2d")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void convolutions_in_a_row_read_one_channel_of_ones_and_write_another() {
    Fold.nchw(
            net -> {
              Node x = net.imageOfAnySize(3).conv(5, 3, Padding.VALID);
              x.batchNorm().conv(2, 3, Padding.SAME).output();
              twoReaders(x.batchNorm().conv(6, 3, Padding.SAME), y -> y.conv(4, 3, Padding.SAME));
            })
        .removesAll()
        .repairs("ONES_CHANNEL")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void where_a_reader_cannot_bear_one_more_channel_a_map_serves_images_of_known_size() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 9, 7).conv(5, 3, Padding.VALID);
              twoReaders(x, y -> y.conv(4, 3, Padding.SAME));
              x.depthwise(1, 3, Padding.SAME).output();
            })
        .removesAll()
        .repairs("BORDER_MAP")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void where_a_reader_cannot_bear_one_more_channel_and_sizes_are_free_one_norm_stays() {
    Fold.nchw(
            net -> {
              Node x = net.imageOfAnySize(3).conv(5, 3, Padding.VALID);
              twoReaders(x, y -> y.conv(4, 3, Padding.SAME));
              x.sigmoid().output();
            })
        .removes(0)
        .keeps("bn", Reason.SHIFT_CONFLICT)
        .equalOutputs();
  }

  @Test
  void a_norm_that_the_user_keeps_stops_the_ones_and_nothing_breaks() {
    Fold.of(
            Net.nchw(1),
            net -> {
              Node x = net.imageOfAnySize(3).conv(5, 3, Padding.VALID);
              twoReaders(x, y -> y.conv(4, 3, Padding.SAME));
              x.batchNorm().conv(4, 3, Padding.SAME).output();
            },
            options -> options.keep("bn_2"::equals))
        .keeps("bn_2", Reason.USER)
        .equalOutputs();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void depthwise_and_grouped_readers_get_a_map(boolean last) {
    fold(last, net -> twoReaders(net.image(4, 9, 7), x -> x.depthwise(2, 3, Padding.SAME)))
        .removesAll()
        .repairs("BORDER_MAP")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void a_padding_operator_pads_with_the_shift_where_all_channels_agree() {
    Fold.nchw(
            net -> {
              Node x = net.image(3, 8, 7).conv(1, 3, Padding.VALID);
              Node y = zeroPad(net, x.batchNorm(Gamma.POSITIVE));
              y.conv(4, 3, Padding.VALID).output();
              y.sigmoid().output();
              zeroPad(net, x.batchNorm(Gamma.POSITIVE))
                  .maxPool(2, 2, 0)
                  .conv(4, 3, Padding.VALID)
                  .output();
            })
        .removes(2)
        .repairs("PAD_VALUE")
        .leaves("conv2d", "pad", "conv2d", "sigmoid", "maxpool2d", "conv2d", "pad")
        .equalOutputs()
        .isIdempotent();
  }

  @Test
  void no_map_is_written_where_sizes_are_open_and_none_but_the_first_could_be_tried() {
    Fold.of(
            Net.nchw(1),
            net -> {
              Node x = net.imageOfAnySize(2);
              // Takes few sizes, but more than those that were tried.
              x.apply(v -> net.graph().reshape("flat", v, -1, 108)).output();
              x.batchNorm().conv(3, 3, Padding.SAME).output();
            },
            options -> options.inputShape("x0", 2, 2, 9, 6))
        .removes(0)
        .keeps("bn", Reason.SHIFT_CONFLICT);
  }
}
