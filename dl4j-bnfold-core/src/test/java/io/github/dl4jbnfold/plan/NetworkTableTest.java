package io.github.dl4jbnfold.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.plan.Architecture.Counts;
import io.github.dl4jbnfold.report.FoldReport.KeptNorm;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;

/**
 * The table of README.md: how many batch normalizations of known architectures go by the rules of
 * sections 1 and 2. With positive gammas the counts are exact; with 4 % of the gammas negative, no
 * fewer go than the published closure removes. The outputs are always the same.
 */
class NetworkTableTest {
  private static final Set<String> CONVOLUTIONS =
      Set.of("conv2d", "depthwise_conv2d", "sconv2d", "deconv2d");

  @Test
  void resnet_50_loses_all() {
    check(Architecture.RESNET_50);
  }

  @Test
  void mobilenet_v2_loses_all() {
    check(Architecture.MOBILENET_V2);
  }

  @Test
  void mobilenet_v3_loses_all_before_hard_swish_and_gates() {
    check(Architecture.MOBILENET_V3_LARGE);
  }

  @Test
  void efficientnet_b0_loses_all_before_swish_and_gates() {
    check(Architecture.EFFICIENTNET_B0);
  }

  @Test
  void shufflenet_v2_loses_all_between_splits_and_shuffles() {
    check(Architecture.SHUFFLENET_V2);
  }

  @Test
  void inception_v3_loses_all() {
    check(Architecture.INCEPTION_V3);
  }

  @Test
  void nasnet_loses_all_even_behind_two_convolutions_side_by_side() {
    check(Architecture.NASNET_MOBILE);
  }

  @Test
  void unet_loses_all_even_behind_transposed_convolutions() {
    check(Architecture.UNET);
  }

  @Test
  void yolo_v3_loses_all() {
    check(Architecture.YOLO_V3);
  }

  @Test
  void resnet_50_v2_loses_all_but_the_first_whose_shift_the_explicit_zero_pad_forbids() {
    Fold fold = check(Architecture.RESNET_50_V2_WITH_EXPLICIT_PAD);

    fold.keeps("bn", Reason.SHIFT_CONFLICT);
  }

  @Test
  void resnet_50_v2_loses_all_if_its_first_pool_pads_by_itself() {
    check(Architecture.RESNET_50_V2);
  }

  @Test
  void preactivation_resnet_18_loses_all() {
    check(Architecture.PREACTIVATION_RESNET_18);
  }

  @Test
  void wide_resnet_28_loses_all() {
    check(Architecture.WIDE_RESNET_28);
  }

  @Test
  void norms_behind_residual_sums_are_all_lost() {
    check(Architecture.NORM_AFTER_ADD);
  }

  @Test
  void repvgg_loses_all_even_unmerged_because_a_parallel_convolution_takes_the_identity_shift() {
    check(Architecture.REPVGG);
  }

  @Test
  void densenet_121_keeps_all_but_one_reader_of_each_block_input_that_is_no_relu() {
    check(Architecture.DENSENET_121);
  }

  @Test
  void norms_between_relu_and_padded_convolution_stay_except_the_last() {
    Fold fold = check(Architecture.NORM_BEHIND_RELU);

    assertThat(fold.report().removed()).containsExactly("bn_7");
    keepsForShifts(fold);
  }

  @Test
  void of_four_branches_on_one_convolution_one_loses_its_norm() {
    Fold fold = check(Architecture.BRANCHES_OF_ONE_CONVOLUTION);

    keepsForShifts(fold);
  }

  @Test
  void convmixer_loses_what_no_padded_depthwise_convolution_reads() {
    Fold fold = check(Architecture.CONVMIXER_8);

    keepsForShifts(fold);
  }

  private static void keepsForShifts(Fold fold) {
    assertThat(fold.report().kept())
        .extracting(KeptNorm::reason)
        .containsOnly(Reason.SHIFT_CONFLICT);
  }

  /** Returns the fold without new operators, with positive gammas. */
  private static Fold check(Architecture network) {
    Counts counts = network.counts();
    Net other = Net.nchw(2);
    network.narrow(other, Gamma.MOSTLY_POSITIVE);
    assertThat(behindConvolutions(other.graph())).isEqualTo(counts.behindConvolutions());

    Fold positive = Fold.weightsOnly(net -> network.narrow(net, Gamma.POSITIVE));
    assertThat(positive.report().batchNorms()).isEqualTo(counts.norms());
    positive.removes(counts.removable()).equalOutputs().isIdempotent();
    assertThat(positive.report().isMaximum()).isTrue();

    Fold mixed = Fold.weightsOnly(net -> network.narrow(net, Gamma.MOSTLY_POSITIVE));
    assertThat(mixed.report().removed()).hasSizeBetween(counts.closure(), counts.removable());
    mixed.equalOutputs().isIdempotent();

    for (Gamma gamma : List.of(Gamma.POSITIVE, Gamma.MIXED)) {
      Fold repaired = Fold.nchw(net -> network.narrow(net, gamma));
      repaired.removes(counts.repairable()).equalOutputs().isIdempotent();
      assertThat(repaired.report().isMaximum()).isTrue();
    }
    return positive;
  }

  /** What a tool that looks for a convolution right before the normalization would remove. */
  private static int behindConvolutions(SameDiff graph) {
    List<String> read =
        graph.getOps().values().stream().flatMap(op -> op.getInputsToOp().stream()).toList();
    Set<String> candidates =
        graph.getOps().values().stream()
            .filter(op -> CONVOLUTIONS.contains(op.getOp().opName()))
            .map(op -> op.getOutputsOfOp().get(0))
            .filter(name -> read.stream().filter(name::equals).count() == 1)
            .collect(Collectors.toSet());
    int count = 0;
    for (SameDiffOp op : graph.getOps().values()) {
      boolean norm = op.getOp().opName().equals("batchnorm");
      count += norm && candidates.contains(op.getInputsToOp().get(0)) ? 1 : 0;
    }
    return count;
  }
}
