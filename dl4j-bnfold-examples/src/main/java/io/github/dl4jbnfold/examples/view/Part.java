package io.github.dl4jbnfold.examples.view;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An operator or a layer of a network.
 *
 * @param kind what it is, in a few words
 * @param inputs names of parts, or of inputs of the network
 * @param parameters its weights and constants: not to be changed
 */
public record Part(String name, String kind, List<String> inputs, List<INDArray> parameters) {
  public Part {
    inputs = List.copyOf(inputs);
    parameters = List.copyOf(parameters);
  }

  /** Whether a network is counted by such parts: it has a matrix. */
  public boolean isWeighty() {
    return parameters.stream()
        .anyMatch(
            array ->
                array.rank() >= 2
                    && array.length() > array.size(0)
                    && array.length() > array.size(-1));
  }

  public long elements() {
    return parameters.stream().mapToLong(INDArray::length).sum();
  }
}
