package io.github.dl4jbnfold.linearize.samediff;

import java.util.Arrays;

/**
 * What a gate with α = 1 is: slope·x + shift, channel by channel.
 *
 * @param channelAxis the axis of x that the channels are, the examples being axis 0
 * @param slope one number per channel
 * @param shift one number per channel
 */
public record GateLine(int channelAxis, double[] slope, double[] shift) {
  public GateLine {
    slope = slope.clone();
    shift = shift.clone();
    if (channelAxis < 1
        || slope.length != shift.length
        || !Arrays.stream(slope).allMatch(Double::isFinite)
        || !Arrays.stream(shift).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(
          "The line of a gate has one finite slope and one finite shift per channel, along an axis"
              + " behind that of the examples.");
    }
  }

  @Override
  public double[] slope() {
    return slope.clone();
  }

  @Override
  public double[] shift() {
    return shift.clone();
  }
}
