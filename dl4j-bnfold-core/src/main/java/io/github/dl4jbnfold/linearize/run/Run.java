package io.github.dl4jbnfold.linearize.run;

import java.util.Arrays;
import java.util.List;

/**
 * Parts, each of which reads the one before and nothing else does.
 *
 * @param input the name of what the first reads
 * @param sizes of it, one for each spatial axis
 */
public record Run(String input, List<Part> parts, List<Long> sizes) {
  public Run {
    parts = List.copyOf(parts);
    sizes = List.copyOf(sizes);
  }

  /** The name of what the last part writes. */
  public String output() {
    return parts.get(parts.size() - 1).name();
  }

  /** A piece of it. */
  public Run part(int from, int to, long... inputSizes) {
    String reads = from == 0 ? input : parts.get(from - 1).name();
    return new Run(reads, parts.subList(from, to), Arrays.stream(inputSizes).boxed().toList());
  }

  /** The sizes of what it reads. */
  public long[] sizeArray() {
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }
}
