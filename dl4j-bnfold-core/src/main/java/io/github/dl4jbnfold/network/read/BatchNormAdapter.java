package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.network.read.Binding.NormBinding;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;

/** Batch normalization. It never applies the activation that it inherits from its network. */
final class BatchNormAdapter implements LayerAdapter {
  @Override
  public void read(Site site) {
    BatchNormalization layer = (BatchNormalization) site.layer();
    int axis = axis(layer, site.in().length);
    if (axis < 0) {
      site.refuse(
          Reason.UNSUPPORTED_FORM,
          "It normalizes over the examples, not the channels: Deeplearning4j reads data of rank %d"
                  .formatted(site.in().length)
              + " in the format NCW that way.",
          "Use NWC data with the format NHWC.");
      return;
    }
    read(site, layer, axis);
  }

  static void read(Site site, BatchNormalization layer, int axis) {
    NormValues values = NormValues.of(layer, site.parameters());
    if (!values.isValid()) {
      site.refuse(
          Reason.INVALID_PARAMETERS,
          "Its parameters are not finite, or a variance plus ε is not positive.",
          "Train or repair it.");
      return;
    }
    site.reading()
        .add(
            new BatchNorm(
                site.name(), site.read(axis), site.write(axis), values.scale(), values.shift()),
            new NormBinding(site.step()));
  }

  /** −1 for an axis that is not the channel axis. */
  private static int axis(BatchNormalization layer, int rank) {
    boolean last = layer.getCnn2DFormat() == CNN2DFormat.NHWC;
    return switch (rank) {
      case 2 -> 1;
      case 3 -> last ? 2 : -1;
      case 4 -> last ? 3 : 1;
      default -> -1;
    };
  }
}
