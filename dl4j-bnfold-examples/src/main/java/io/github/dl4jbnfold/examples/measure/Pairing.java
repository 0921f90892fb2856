package io.github.dl4jbnfold.examples.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An output of one network and that of another one in its place.
 *
 * @param before what the first writes
 * @param after what the second writes, of the same shape
 */
public record Pairing(String name, INDArray before, String otherName, INDArray after) {

  /**
   * By name where both have the same names, else one after the other.
   *
   * @throws IllegalArgumentException if there are more in one than in the other, or shapes differ
   */
  public static List<Pairing> of(Map<String, INDArray> first, Map<String, INDArray> second) {
    if (first.size() != second.size()) {
      throw new IllegalArgumentException(
          "one has the outputs %s, the other %s".formatted(first.keySet(), second.keySet()));
    }
    List<String> others =
        List.copyOf(first.keySet().equals(second.keySet()) ? first.keySet() : second.keySet());
    List<Pairing> pairs = new ArrayList<>();
    for (String name : first.keySet()) {
      String other = others.get(pairs.size());
      INDArray before = Objects.requireNonNull(first.get(name));
      INDArray after = Objects.requireNonNull(second.get(other));
      if (!Arrays.equals(before.shape(), after.shape())) {
        throw new IllegalArgumentException(
            "the output '%s' is %s in one and %s in the other"
                .formatted(name, Arrays.toString(before.shape()), Arrays.toString(after.shape())));
      }
      pairs.add(new Pairing(name, before, other, after));
    }
    return pairs;
  }
}
