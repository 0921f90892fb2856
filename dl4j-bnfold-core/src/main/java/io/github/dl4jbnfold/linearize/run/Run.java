package io.github.dl4jbnfold.linearize.run;

import io.github.dl4jbnfold.linearize.run.Part.Block;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  /** The names of its linear steps, those in branches included. */
  public Stream<String> units() {
    return units(parts);
  }

  private static Stream<String> units(List<Part> parts) {
    return parts.stream()
        .flatMap(
            part ->
                part instanceof Block block
                    ? block.branches().stream().flatMap(Run::units)
                    : part instanceof Unit ? Stream.of(part.name()) : Stream.of());
  }

  /** The names of the activations in it that may become linear. */
  public Set<String> gates() {
    return parts.stream().flatMap(Part::gates).collect(Collectors.toUnmodifiableSet());
  }

  /** Multiplications of one example, part by part. */
  public long multiplyAdds() {
    return (long) new Segments(Set.of()).multiplyAdds(parts, sizeArray());
  }

  /** The sizes of what it reads. */
  public long[] sizeArray() {
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }
}
