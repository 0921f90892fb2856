package io.github.dl4jbnfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.verify.FoldingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/** What a user can ask for, data types, and inputs of unknown size. */
class OptionsTest {
  private static void two(Net net) {
    Node x = net.image(3, 9, 7).conv(4, 3, Padding.SAME).batchNorm().sigmoid();
    x.conv(5, 3, Padding.SAME).batchNorm().sigmoid();
  }

  @Test
  void a_norm_that_the_user_names_stays() {
    Fold.of(Net.nchw(1), OptionsTest::two, options -> options.keep("bn_1"))
        .removes(1)
        .keeps("bn_1", Reason.USER)
        .leaves("conv2d", "sigmoid", "conv2d", "batchnorm", "sigmoid")
        .equalOutputs();
  }

  @Test
  void norms_that_the_user_describes_stay() {
    Fold.of(Net.nchw(1), OptionsTest::two, options -> options.keep(name -> name.startsWith("bn")))
        .removes(0)
        .keeps("bn", Reason.USER)
        .keeps("bn_1", Reason.USER)
        .equalOutputs();
  }

  @Test
  void names_to_keep_add_up() {
    Fold.of(Net.nchw(1), OptionsTest::two, options -> options.keep("bn").keep("bn_1"))
        .removes(0)
        .keeps("bn", Reason.USER)
        .keeps("bn_1", Reason.USER);
  }

  @Test
  void a_kept_norm_may_absorb_another() {
    Fold.of(
            Net.nchw(1),
            net -> net.image(3, 9, 7).sigmoid().batchNorm().batchNorm().sigmoid(),
            options -> options.keep("bn"))
        .removes(1)
        .keeps("bn", Reason.USER)
        .equalOutputs();
  }

  @Test
  void an_intermediate_output_is_preserved_on_request() {
    Fold fold =
        Fold.of(Net.nchw(1), OptionsTest::two, options -> options.outputs("sigmoid", "sigmoid_1"));
    fold.removesAll().equalOutputs();
    assertThat(fold.report().outputs()).containsExactly("sigmoid", "sigmoid_1");
  }

  @Test
  void what_no_requested_output_needs_is_removed() {
    Fold.of(Net.nchw(1), OptionsTest::two, options -> options.outputs("sigmoid"))
        .leaves("conv2d", "sigmoid")
        .equalOutputs();
  }

  @Test
  void a_negative_tolerance_is_refused() {
    assertThatThrownBy(() -> FoldingOptions.defaults().tolerance(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_tolerance_that_is_not_a_number_is_refused() {
    assertThatThrownBy(() -> FoldingOptions.defaults().tolerance(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void options_do_not_change_those_they_were_made_from() {
    FoldingOptions options = FoldingOptions.defaults();
    options.keep("bn").outputs("x").tolerance(1).inputShape("x", 1);
    assertThat(options.outputs()).isEmpty();
    assertThat(options.keep().test("bn")).isFalse();
    assertThat(options.tolerance()).isEmpty();
    assertThat(options.inputShapes()).isEmpty();
  }

  private static SameDiff shapeless(Net net) {
    SameDiff graph = net.graph();
    net.node(graph.placeHolder("x", DataType.DOUBLE, null))
        .apply(3, v -> v)
        .conv(4, 3, Padding.VALID)
        .batchNorm(Gamma.MIXED, 1, 4, 1e-3);
    return graph;
  }

  @Test
  void a_placeholder_without_shape_needs_one() {
    SameDiff graph = shapeless(Net.nchw(1));
    assertThatThrownBy(() -> BatchNormFolding.fold(graph))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("'x'")
        .hasMessageContaining("shape");
  }

  @Test
  void a_placeholder_without_shape_folds_with_a_stated_one() {
    SameDiff graph = shapeless(Net.nchw(1));
    FoldReport report =
        BatchNormFolding.fold(graph, FoldingOptions.defaults().inputShape("x", 2, 3, 9, 7));
    assertThat(report.removed()).containsExactly("bn");
    assertThat(report.maxRelativeError()).isLessThan(1e-12);
  }

  @Test
  void unknown_image_sizes_are_no_obstacle() {
    Net net = Net.nchw(1);
    net.placeholder("x", -1, 3, -1, -1).conv(4, 3, Padding.SAME).batchNorm().relu();
    FoldReport report = BatchNormFolding.fold(net.graph());
    assertThat(report.removed()).containsExactly("bn");
    assertThat(report.maxRelativeError()).isLessThan(1e-12);
  }

  @Test
  void unknown_image_sizes_count_as_padded_where_a_size_could_be() {
    // With height 33, stride 2 and kernel 2, SAME pads; with 32 it does not.
    Net net = Net.nchw(1);
    net.placeholder("x", -1, 3, -1, -1).batchNorm().conv(4, 2, Padding.SAME, 2, 1, false).sigmoid();
    SameDiff graph = net.graph();
    SameDiff before = graph.dup();
    BatchNormFolding.fold(graph);
    var input = java.util.Map.of("x", net.gaussian(1, 1, 3, 9, 9));
    assertThat(
            io.github.dl4jbnfold.verify.Agreement.of(
                    before.output(input, "sigmoid"), graph.output(input, "sigmoid"))
                .maxRelativeError())
        .isLessThan(1e-9);
  }

  @Test
  void a_known_batch_size_is_used() {
    Fold.nchw(net -> net.placeholder("x", 5, 3, 9, 7).conv(4, 3, Padding.SAME).batchNorm())
        .removesAll()
        .equalOutputs();
  }

  @Test
  void float32_networks_fold_within_their_precision() {
    Fold.of(Net.of(1, DataType.FLOAT, false), OptionsTest::two, options -> options)
        .removesAll()
        .equalOutputs();
  }

  @Test
  void float16_networks_fold_within_their_precision() {
    Fold.of(
            Net.of(1, DataType.FLOAT16, false),
            net -> net.placeholder("x", -1, 6).dense(8).batchNorm().sigmoid().dense(3).batchNorm(),
            options -> options)
        .removesAll()
        .equalOutputs();
  }

  @Test
  void bfloat16_networks_fold_within_their_precision() {
    Net net = Net.of(1, DataType.BFLOAT16, false);
    net.placeholder("x", -1, 6).dense(8).batchNorm().sigmoid();
    FoldReport report = BatchNormFolding.fold(net.graph());
    assertThat(report.removed()).containsExactly("bn");
    assertThat(report.maxRelativeError()).isLessThan(5e-2);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"HALF", "BFLOAT16"})
  void convolutions_of_16_bits_fold_within_their_precision(DataType type) {
    Fold fold =
        Fold.of(
            Net.of(1, type, false),
            net -> {
              Node x = net.image(3, 9, 7).conv(4, 3, Padding.SAME).batchNorm().relu();
              x.conv(5, 3, Padding.VALID, 2, 1, true).batchNorm().relu().globalPool().dense(3);
            },
            options -> options);

    fold.removesAll().leaves("conv2d", "relu", "conv2d", "relu", "reduce_mean", "xw_plus_b");
    assertThat(fold.report().maxRelativeError()).isLessThan(type == DataType.FLOAT16 ? 1e-2 : 5e-2);
  }

  @Test
  void the_report_counts_operators_and_parameters() {
    Fold fold = Fold.nchw(net -> net.image(3, 9, 7).conv(4, 3, Padding.SAME).batchNorm());
    FoldReport report = fold.report();
    assertThat(report.applied()).isTrue();
    assertThat(report.operatorsBefore()).isEqualTo(2);
    assertThat(report.operatorsAfter()).isEqualTo(1);
    assertThat(report.parametersBefore()).isEqualTo(108 + 16);
    assertThat(report.parametersAfter()).isEqualTo(108 + 4);
    assertThat(report.maxRelativeError()).isLessThan(1e-12);
    assertThat(report.seconds()).isPositive();
  }
}
