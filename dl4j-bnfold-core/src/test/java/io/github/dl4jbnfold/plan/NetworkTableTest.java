package io.github.dl4jbnfold.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.report.FoldReport.KeptNorm;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;

/**
 * The table of theory, section 7: how many batch normalizations of known architectures go by the
 * rules of sections 1 and 2. With positive gammas the counts are exact; with 4 % of the gammas
 * negative, no fewer go than the published closure removes. The outputs are always the same.
 */
class NetworkTableTest {
  private static final Set<String> CONVOLUTIONS = Set.of("conv2d", "depthwise_conv2d");

  @Test
  void resnet_50_loses_all() {
    check(Networks::resNet50, 53, 53, 53, 53, 53);
  }

  @Test
  void mobilenet_v2_loses_all() {
    check(Networks::mobileNetV2, 52, 52, 52, 52, 52);
  }

  @Test
  void resnet_50_v2_loses_all_but_the_first_whose_shift_the_explicit_zero_pad_forbids() {
    Fold fold = check(n -> n.resNet50V2(true), 49, 32, 36, 48, 49);

    fold.keeps("bn", Reason.SHIFT_CONFLICT);
  }

  @Test
  void resnet_50_v2_loses_all_if_its_first_pool_pads_by_itself() {
    check(n -> n.resNet50V2(false), 49, 32, 36, 49, 49);
  }

  @Test
  void preactivation_resnet_18_loses_all() {
    check(n -> n.preActivation(4, 2), 17, 9, 13, 17, 17);
  }

  @Test
  void wide_resnet_28_loses_all() {
    check(n -> n.preActivation(3, 4), 25, 13, 16, 25, 25);
  }

  @Test
  void norms_behind_residual_sums_are_all_lost() {
    check(n -> n.normAfterAdd(8), 17, 9, 9, 17, 17);
  }

  @Test
  void repvgg_loses_all_even_unmerged_because_a_parallel_convolution_takes_the_identity_shift() {
    check(n -> n.repVgg(10), 31, 21, 21, 31, 31);
  }

  @Test
  void densenet_121_keeps_all_but_one_reader_of_each_block_input_that_is_no_relu() {
    check(Networks::denseNet121, 121, 59, 62, 62, 121);
  }

  @Test
  void norms_between_relu_and_padded_convolution_stay_except_the_last() {
    Fold fold = check(n -> n.normBehindRelu(8), 8, 0, 1, 1, 8);

    assertThat(fold.report().removed()).containsExactly("bn_7");
    assertThat(fold.report().kept())
        .extracting(KeptNorm::reason)
        .containsOnly(Reason.SHIFT_CONFLICT);
  }

  @Test
  void of_four_branches_on_one_convolution_one_loses_its_norm() {
    Fold fold = check(n -> n.branchesOfOneConvolution(4), 4, 0, 1, 1, 4);

    assertThat(fold.report().kept())
        .extracting(KeptNorm::reason)
        .containsOnly(Reason.SHIFT_CONFLICT);
  }

  @Test
  void convmixer_loses_what_no_padded_depthwise_convolution_reads() {
    Fold fold = check(n -> n.convMixer(8), 17, 0, 9, 9, 9);

    assertThat(fold.report().kept())
        .extracting(KeptNorm::reason)
        .containsOnly(Reason.SHIFT_CONFLICT);
  }

  /**
   * @param behindConvolutions how many stand behind a convolution that nothing else reads
   * @param closure how many the published closure over neighbours removes, made jointly exact, all
   *     gammas positive (theory, section 7); more than it does where some are negative
   * @param removable how many go without new operators, all gammas positive
   * @param repairable how many go with clamps and maps, whatever the signs
   * @return the fold without new operators, with positive gammas
   */
  private static Fold check(
      Consumer<Networks> network,
      int norms,
      int behindConvolutions,
      int closure,
      int removable,
      int repairable) {
    Net other = Net.nchw(2);
    network.accept(new Networks(other, Gamma.MOSTLY_POSITIVE));
    assertThat(behindConvolutions(other.graph())).isEqualTo(behindConvolutions);

    Fold positive = Fold.weightsOnly(net -> network.accept(new Networks(net, Gamma.POSITIVE)));
    assertThat(positive.report().batchNorms()).isEqualTo(norms);
    positive.removes(removable).equalOutputs().isIdempotent();
    assertThat(positive.report().isMaximum()).isTrue();

    Fold mixed = Fold.weightsOnly(net -> network.accept(new Networks(net, Gamma.MOSTLY_POSITIVE)));
    assertThat(mixed.report().removed()).hasSizeBetween(closure, removable);
    mixed.equalOutputs().isIdempotent();

    for (Gamma gamma : List.of(Gamma.POSITIVE, Gamma.MIXED)) {
      Fold.nchw(net -> network.accept(new Networks(net, gamma)))
          .removes(repairable)
          .equalOutputs()
          .isIdempotent();
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
