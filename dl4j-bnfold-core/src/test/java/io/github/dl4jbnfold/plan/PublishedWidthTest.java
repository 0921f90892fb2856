package io.github.dl4jbnfold.plan;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.plan.Architecture.Counts;
import io.github.dl4jbnfold.report.FoldReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;

/** The counts of {@link NetworkTableTest} do not depend on the number of channels. */
class PublishedWidthTest {
  /** Elements of a dense layer to 5 classes, behind so many channels. */
  private static long classifier(int channels) {
    return 5L * channels + 5;
  }

  /**
   * Parameters, running statistics included, of models as they are published without their
   * classifiers: in Keras Applications, ResNet-50 and ShuffleNet in torchvision. Inception there
   * has no gammas, EfficientNet has 7 numbers more that normalize its input.
   */
  private static final Map<Architecture, Long> PARAMETERS =
      Map.ofEntries(
          entry(Architecture.RESNET_50, 23_508_032 + 53_120 + classifier(2048)),
          entry(Architecture.RESNET_50_V2, 23_564_800 + classifier(2048)),
          entry(Architecture.RESNET_50_V2_WITH_EXPLICIT_PAD, 23_564_800 + classifier(2048)),
          entry(Architecture.DENSENET_121, 7_037_504 + classifier(1024)),
          entry(Architecture.MOBILENET_V2, 2_257_984 + classifier(1280)),
          entry(Architecture.MOBILENET_V3_LARGE, 5_507_432L),
          entry(Architecture.EFFICIENTNET_B0, 4_049_571 - 7 + classifier(1280)),
          entry(Architecture.SHUFFLENET_V2, 1_253_604 + 16_180 + classifier(1024)),
          entry(Architecture.INCEPTION_V3, 21_802_784 + 17_216 + classifier(2048)),
          entry(Architecture.NASNET_MOBILE, 4_269_716 + classifier(1056)),
          entry(Architecture.YOLO_V3, 62_001_757L));

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void a_network_of_published_width_loses_as_many_norms(Architecture network) {
    Counts counts = network.counts();
    for (Gamma gamma : List.of(Gamma.POSITIVE, Gamma.MIXED)) {
      Net net = Net.of(1, DataType.FLOAT, false);
      network.published(net, gamma);
      assertThat(parameters(net)).isEqualTo(PARAMETERS.getOrDefault(network, parameters(net)));

      FoldReport any = plan(net, Objective.FEWEST_BATCH_NORMS);
      assertThat(any.batchNorms()).isEqualTo(counts.norms());
      assertThat(any.removed()).as("kept: %s", any.kept()).hasSize(counts.repairable());

      FoldReport weightsOnly = plan(net, Objective.NO_NEW_OPERATORS);
      int least = gamma == Gamma.POSITIVE ? counts.removable() : counts.behindConvolutions();
      assertThat(weightsOnly.removed()).hasSizeBetween(least, counts.removable());
    }
  }

  private static FoldReport plan(Net net, Objective objective) {
    FoldingOptions options = FoldingOptions.defaults().outputs(net.outputs()).objective(objective);
    return BatchNormFolding.plan(net.graph(), options);
  }

  /** Elements of all weights and statistics; amounts of padding are integers. */
  private static long parameters(Net net) {
    return net.graph().variables().stream()
        .filter(v -> v.dataType() == DataType.FLOAT)
        .filter(PublishedWidthTest::isStored)
        .mapToLong(v -> v.getArr().length())
        .sum();
  }

  private static boolean isStored(SDVariable variable) {
    return variable.getVariableType() == VariableType.VARIABLE
        || variable.getVariableType() == VariableType.CONSTANT;
  }
}
