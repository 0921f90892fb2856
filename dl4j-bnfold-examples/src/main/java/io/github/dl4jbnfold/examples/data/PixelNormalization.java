package io.github.dl4jbnfold.examples.data;

import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Pixels of 0 to 255 as networks read them: (x / 255 − mean) / deviation, channel by channel.
 *
 * @param means one for each channel, or one for all
 * @param deviations the same
 */
public record PixelNormalization(float[] means, float[] deviations)
    implements UnaryOperator<INDArray> {
  /** Pixels from 0 to 1. */
  public static final PixelNormalization NONE =
      new PixelNormalization(new float[] {0}, new float[] {1});

  /** The means and deviations of ImageNet, which most networks for colour images are fed with. */
  public static final PixelNormalization IMAGENET =
      new PixelNormalization(
          new float[] {0.485f, 0.456f, 0.406f}, new float[] {0.229f, 0.224f, 0.225f});

  /**
   * @param pixels [examples, channels, height, width]; it is not changed
   */
  @Override
  public INDArray apply(INDArray pixels) {
    return pixels.div(255).subi(channels(means)).divi(channels(deviations));
  }

  private static INDArray channels(float... values) {
    return Nd4j.createFromArray(values).reshape(1, values.length, 1, 1);
  }
}
