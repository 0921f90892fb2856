package io.github.dl4jbnfold.network.read;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.jspecify.annotations.Nullable;

/** The channel axis of DL4J's data formats. Configurations of old files leave them out. */
public final class Axes {
  private Axes() {}

  /** The axis of the channels of images. */
  public static int of(@Nullable CNN2DFormat format) {
    return format == CNN2DFormat.NHWC ? 3 : 1;
  }

  /** The axis of the channels of sequences. */
  public static int of(@Nullable RNNFormat format) {
    return format == RNNFormat.NWC ? 2 : 1;
  }

  /** The axis of the channels of volumes. */
  public static int of(Convolution3D.@Nullable DataFormat format) {
    return format == Convolution3D.DataFormat.NDHWC ? 4 : 1;
  }
}
