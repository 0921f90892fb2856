package io.github.dl4jbnfold.network;

import io.github.dl4jbnfold.network.structure.SourceNetwork;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Whether a network takes inputs of one size only, as one does that flattens images. It is tried
 * out: with some axes of its inputs twice as long.
 */
final class FixedSizes {
  private FixedSizes() {}

  /**
   * Whether it refuses all other sizes that are tried.
   *
   * @param inputs that it takes
   */
  static boolean of(SourceNetwork network, List<INDArray> inputs) {
    int rank = inputs.stream().mapToInt(INDArray::rank).max().orElse(1);
    for (int axes = 1; axes < 1 << (rank - 1); axes++) {
      if (runs(network, longer(inputs, -1, axes))) {
        return false;
      }
    }
    for (int input = 0; input < inputs.size() && inputs.size() > 1; input++) {
      for (int axes = 1; axes < 1 << (inputs.get(input).rank() - 1); axes++) {
        if (runs(network, longer(inputs, input, axes))) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * The inputs, repeated along some axes.
   *
   * @param only the input that changes; −1 for all
   * @param axes bit i for axis i + 1
   */
  private static List<INDArray> longer(List<INDArray> inputs, int only, int axes) {
    List<INDArray> result = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      INDArray array = inputs.get(i).dup();
      for (int axis = 1; axis < array.rank() && (only < 0 || only == i); axis++) {
        boolean changes = (axes >> (axis - 1) & 1) == 1;
        array = changes ? Nd4j.concat(axis, array, array) : array;
      }
      result.add(array);
    }
    return result;
  }

  private static boolean runs(SourceNetwork network, List<INDArray> inputs) {
    try {
      network.outputs(inputs, null);
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }
}
