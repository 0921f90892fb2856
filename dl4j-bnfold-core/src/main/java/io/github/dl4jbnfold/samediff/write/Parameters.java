package io.github.dl4jbnfold.samediff.write;

import io.github.dl4jbnfold.samediff.read.Binding.ChannelConstant;
import io.github.dl4jbnfold.samediff.read.Binding.Form;
import io.github.dl4jbnfold.samediff.read.Constants;
import io.github.dl4jbnfold.samediff.read.Op;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gives the weights, biases and constants of single operators new values. A variable that several
 * operators read is copied for each that needs other values, so no operator ever sees another's.
 */
final class Parameters {
  private record Copy(String name, INDArray array) {}

  private final SameDiff graph;
  private final Constants constants;
  private final GraphEditor editor;
  private final boolean keepsOperators;
  private final Map<String, List<Copy>> copies = new HashMap<>();

  /**
   * @param keepsOperators whether no operator may be added or become another one
   */
  Parameters(SameDiff graph, Constants constants, GraphEditor editor, boolean keepsOperators) {
    this.keepsOperators = keepsOperators;
    this.graph = graph;
    this.constants = constants;
    this.editor = editor;
  }

  /** Whether no operator may be added or become another one. */
  boolean keepsOperators() {
    return keepsOperators;
  }

  /** The array of an input that is the same in every run. */
  INDArray array(Op op, int input) {
    INDArray array = constants.array(op.input(input));
    if (array == null) {
      throw new IllegalStateException("'" + op.input(input) + "' has no array.");
    }
    return array;
  }

  DataType outputType(Op op) {
    return graph.getVariable(op.output()).dataType();
  }

  /** Gives one input of one operator new values, and no other reader, itself included. */
  void write(Op op, int input, INDArray values) {
    String name = op.input(input);
    boolean readOnce = Collections.frequency(op.inputs(), name) == 1;
    if (readOnce && editor.hasOneReader(name) && !copies.containsKey(name)) {
      editor.setArray(name, values);
      return;
    }
    List<Copy> known = copies.computeIfAbsent(name, n -> new ArrayList<>());
    String copy =
        known.stream()
            .filter(c -> c.array().equalsWithEps(values, 0))
            .map(Copy::name)
            .findFirst()
            .orElseGet(
                () -> {
                  String added = editor.addLike(name, name + "_folded", values);
                  known.add(new Copy(added, values));
                  return added;
                });
    editor.setInput(op.name(), input, copy);
  }

  /** Makes a constant operand multiply by, or add, the given numbers, one a channel. */
  void write(ChannelConstant part, double[] effect) {
    double[] stored = effect.clone();
    for (int i = 0; i < stored.length; i++) {
      stored[i] =
          part.form() == Form.SUBTRACT
              ? -effect[i]
              : part.form() == Form.DIVIDE ? 1 / effect[i] : effect[i];
    }
    boolean divisionByInfinity = Arrays.stream(stored).anyMatch(Double::isInfinite);
    if (!part.isNumber() && (keepsOperators || !divisionByInfinity)) {
      INDArray old = array(part.op(), part.input());
      INDArray values = old.length() == stored.length ? like(old, stored) : vector(part, stored);
      write(part.op(), part.input(), values);
    } else {
      String constant =
          newConstant(
              part.isNumber() ? "" : part.op().input(part.input()),
              part.op().name() + "_constant",
              vector(part, effect));
      editor.replaceByArithmetic(
          part.op().name(), part.op().input(part.operand()), constant, !part.isAddition());
    }
  }

  /** Makes an addition add values that differ between positions. */
  void writeMap(ChannelConstant addition, INDArray map) {
    // A biasadd takes one number a channel only.
    if (!addition.isNumber() && !addition.op().type().equals("biasadd")) {
      boolean subtracts = addition.form() == Form.SUBTRACT;
      write(addition.op(), addition.input(), subtracts ? map.neg() : map);
    } else {
      editor.replaceByArithmetic(
          addition.op().name(),
          addition.op().input(addition.operand()),
          editor.addConstant(addition.op().name() + "_map", map),
          false);
    }
  }

  /**
   * A new constant or variable.
   *
   * @param like the variable whose kind it shall have, or an empty string for a constant
   */
  String newConstant(String like, String base, INDArray values) {
    return like.isEmpty() ? editor.addConstant(base, values) : editor.addLike(like, base, values);
  }

  /** One number a channel, in the shape in which they broadcast against the result of a part. */
  INDArray vector(ChannelConstant part, double[] values) {
    long[] shape = part.shape().stream().mapToLong(Long::longValue).toArray();
    shape[0] = values.length;
    return Nd4j.createFromArray(values).reshape(shape).castTo(outputType(part.op()));
  }

  static double[] ones(int length) {
    double[] ones = new double[length];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Values in the data type and the shape of another array. */
  static INDArray like(INDArray old, double[] values) {
    return Nd4j.createFromArray(values).castTo(old.dataType()).reshape(old.shape());
  }

  /** The elements of an array in row-major order. */
  static double[] vector(INDArray array) {
    return array.castTo(DataType.DOUBLE).dup('c').reshape(array.length()).toDoubleVector();
  }
}
