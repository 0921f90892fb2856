package io.github.dl4jbnfold.graph;

/** A run of consecutive channels of one tensor. */
public record Slice(Tensor tensor, int from, int length) {
  public Slice {
    if (from < 0 || length < 1 || from + length > tensor.channels()) {
      throw new IllegalArgumentException(
          "Channels %d..%d are not channels of tensor '%s', which has %d."
              .formatted(from, from + length - 1, tensor.name(), tensor.channels()));
    }
  }
}
