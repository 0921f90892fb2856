package io.github.dl4jbnfold.graph;

/**
 * A tensor of the network, seen only through its channel axis.
 *
 * @param id position in {@link Graph#tensors()}
 * @param name the name that the source network gives it
 * @param channels number of channels, at least 1
 */
public record Tensor(int id, String name, int channels) {
  public Tensor {
    if (channels < 1) {
      throw new IllegalArgumentException(
          "Tensor '" + name + "' needs at least one channel, not " + channels + ".");
    }
  }

  /** All channels of this tensor. */
  public Slice all() {
    return new Slice(this, 0, channels);
  }

  /** The channels {@code from} (inclusive) to {@code from + length} (exclusive). */
  public Slice slice(int from, int length) {
    return new Slice(this, from, length);
  }

  @Override
  public String toString() {
    return name;
  }
}
