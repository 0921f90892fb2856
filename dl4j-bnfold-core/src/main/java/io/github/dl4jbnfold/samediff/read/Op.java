package io.github.dl4jbnfold.samediff.read;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ops.CustomOp;

/**
 * One operator of a SameDiff graph, with its arguments as libnd4j sees them: Java fields are lost
 * by save and dup, iArgs and tArgs are not.
 */
public record Op(
    String name,
    String type,
    DifferentialFunction function,
    List<String> inputs,
    List<String> outputs,
    long[] integers,
    double[] reals,
    boolean[] booleans) {

  /** Names are unique in a graph; hashing the function would walk over its arrays. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Op op && op.name.equals(name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  /** The operator behind an entry of SameDiff's own map. */
  public static Op of(SameDiffOp source) {
    DifferentialFunction function = source.getOp();
    boolean custom = function instanceof CustomOp;
    return new Op(
        source.getName(),
        function.opName(),
        function,
        source.getInputsToOp() == null ? List.of() : List.copyOf(source.getInputsToOp()),
        source.getOutputsOfOp() == null ? List.of() : List.copyOf(source.getOutputsOfOp()),
        custom ? ((CustomOp) function).iArgs() : new long[0],
        custom ? ((CustomOp) function).tArgs() : new double[0],
        custom ? ((CustomOp) function).bArgs() : new boolean[0]);
  }

  /** What users know the operator by: the variable that it writes. */
  public String label() {
    return outputs.isEmpty() ? name : outputs.get(0);
  }

  /** The name of an input. */
  public String input(int index) {
    return inputs.get(index);
  }

  /** The name of the first output. */
  public String output() {
    return outputs.get(0);
  }

  /** An integer argument, or the given number if there are fewer. */
  public long integer(int index, long absent) {
    return index < integers.length ? integers[index] : absent;
  }

  /** A real argument, or the given number if there are fewer. */
  public double real(int index, double absent) {
    return index < reals.length ? reals[index] : absent;
  }
}
