package io.github.dl4jbnfold.graph;

import java.util.List;

/**
 * Output channel i is input channel source[i]: split and slice on the channel axis, channel
 * shuffle, broadcast of one channel, flatten (one output channel per position), channels padded
 * with zeros. Equal gauges, channel by channel. Theory, section 1.
 *
 * @param direction which of the two tensors the map enumerates
 * @param source for each channel of the enumerated tensor the channel of the other one, or {@link
 *     #ZERO} for a channel that is constantly 0
 */
public record ChannelMap(
    String name, String kind, Tensor input, Tensor output, Direction direction, int[] source)
    implements Operator {
  /** A channel without a source: it is 0 at every position. */
  public static final int ZERO = -1;

  /** Which tensor's channels the map enumerates. */
  public enum Direction {
    /** source[i] is the input channel that output channel i shows. */
    OUTPUT_TO_INPUT,
    /** source[i] is the output channel that input channel i belongs to. */
    INPUT_TO_OUTPUT
  }

  public ChannelMap {
    int enumerated = direction == Direction.OUTPUT_TO_INPUT ? output.channels() : input.channels();
    if (source.length != enumerated) {
      throw new IllegalArgumentException(
          "Channel map '%s' lists %d channels of %d.".formatted(name, source.length, enumerated));
    }
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(input);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(output);
  }

  @Override
  public void demand(Demands demands) {
    Tensor fine = direction == Direction.OUTPUT_TO_INPUT ? output : input;
    Tensor coarse = direction == Direction.OUTPUT_TO_INPUT ? input : output;
    int start = 0;
    while (start < source.length) {
      int end = start + 1;
      while (end < source.length && continues(start, end)) {
        end++;
      }
      Slice run = fine.slice(start, end - start);
      if (source[start] == ZERO) {
        demands.noShift(run);
      } else {
        demands.same(run, coarse.slice(source[start], end - start));
      }
      start = end;
    }
  }

  private boolean continues(int start, int next) {
    return source[start] == ZERO
        ? source[next] == ZERO
        : source[next] == source[start] + next - start;
  }
}
