package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.plan.NetworkParts.Plot;
import java.util.function.Consumer;

/** Known networks and how many batch normalizations they lose: the table of README.md. */
enum Architecture {
  RESNET_50(64, Counts.all(53), plot -> new ResidualNetworks(plot).resNet50()),
  RESNET_50_V2_WITH_EXPLICIT_PAD(
      64, new Counts(49, 32, 36, 48, 49), plot -> new ResidualNetworks(plot).resNet50V2(true)),
  RESNET_50_V2(
      64, new Counts(49, 32, 36, 49, 49), plot -> new ResidualNetworks(plot).resNet50V2(false)),
  PREACTIVATION_RESNET_18(
      16,
      new Counts(17, 9, 13, 17, 17),
      plot -> new ResidualNetworks(plot).preActivationResNet18()),
  WIDE_RESNET_28(
      40, new Counts(25, 13, 16, 25, 25), plot -> new ResidualNetworks(plot).wideResNet28()),
  NORM_AFTER_ADD(
      16, new Counts(17, 9, 9, 17, 17), plot -> new ResidualNetworks(plot).normAfterAdd()),
  REPVGG(16, new Counts(31, 21, 21, 31, 31), plot -> new ResidualNetworks(plot).repVgg()),
  DENSENET_121(16, new Counts(121, 59, 62, 62, 121), plot -> new DenseNetworks(plot).denseNet121()),
  NORM_BEHIND_RELU(16, new Counts(8, 0, 1, 1, 8), plot -> new DenseNetworks(plot).normBehindRelu()),
  BRANCHES_OF_ONE_CONVOLUTION(
      16, new Counts(4, 0, 1, 1, 4), plot -> new DenseNetworks(plot).branchesOfOneConvolution()),
  CONVMIXER_8(64, new Counts(17, 0, 9, 9, 9), plot -> new DenseNetworks(plot).convMixer8()),
  MOBILENET_V2(16, Counts.all(52), plot -> new MobileNetworks(plot).mobileNetV2()),
  MOBILENET_V3_LARGE(16, Counts.all(46), plot -> new MobileNetworks(plot).mobileNetV3Large()),
  EFFICIENTNET_B0(16, Counts.all(49), plot -> new MobileNetworks(plot).efficientNetB0()),
  SHUFFLENET_V2(16, Counts.all(56), plot -> new MobileNetworks(plot).shuffleNetV2()),
  INCEPTION_V3(16, Counts.all(94), plot -> new CellNetworks(plot).inceptionV3()),
  NASNET_MOBILE(
      8, new Counts(192, 188, 192, 192, 192), plot -> new CellNetworks(plot).nasNetMobile()),
  UNET(32, Counts.all(22), plot -> new ImageToImageNetworks(plot).uNet()),
  YOLO_V3(32, Counts.all(72), plot -> new ImageToImageNetworks(plot).yoloV3());

  private final int divisor;
  private final Counts counts;
  private final Consumer<Plot> build;

  Architecture(int divisor, Counts counts, Consumer<Plot> build) {
    this.divisor = divisor;
    this.counts = counts;
    this.build = build;
  }

  /**
   * How many batch normalizations there are and go.
   *
   * @param norms all of them
   * @param behindConvolutions how many stand behind a convolution that nothing else reads
   * @param closure how many the published closure over neighbours removes, made jointly exact, all
   *     gammas positive; more than it does where some are negative
   * @param removable how many go without new operators, all gammas positive
   * @param repairable how many go with clamps and maps, whatever the signs
   */
  record Counts(int norms, int behindConvolutions, int closure, int removable, int repairable) {
    private static Counts all(int norms) {
      return new Counts(norms, norms, norms, norms, norms);
    }
  }

  Counts counts() {
    return counts;
  }

  /** With few channels. */
  void narrow(Net net, Gamma gamma) {
    build.accept(new Plot(net, gamma, divisor));
  }

  /** With the channels of the publication. */
  void published(Net net, Gamma gamma) {
    build.accept(new Plot(net, gamma, 1));
  }
}
