package io.github.dl4jbnfold.examples.command.model;

import io.github.dl4jbnfold.examples.command.model.FlatBuffer.Damaged;
import io.github.dl4jbnfold.examples.command.model.FlatBuffer.Table;
import java.util.List;
import org.nd4j.autodiff.samediff.serde.FlatBuffersMapper;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.shape.Shape;

/**
 * Whether bytes are a whole SameDiff graph, decided without trust in them. SameDiff's own reader
 * believes every offset, count and shape, and hands strides to native code; on a damaged file it
 * may allocate gigabytes or read foreign memory.
 *
 * <p>The numbers are the positions of the fields in ND4J's schema (FlatGraph, FlatVariable,
 * FlatNode, FlatProperties, FlatArray, UpdaterState).
 */
final class FlatGraphCheck {
  private static final int MAX_RANK = 32;

  private final FlatBuffer buffer;
  private String complaint = "";
  private boolean hasUpdaterState;

  private FlatGraphCheck(byte[] content) {
    this.buffer = new FlatBuffer(content);
  }

  static FlatGraphCheck of(byte[] content) {
    FlatGraphCheck check = new FlatGraphCheck(content);
    try {
      check.graph(check.buffer.root());
    } catch (Damaged e) {
      check.complaint = String.valueOf(e.getMessage());
    }
    return check;
  }

  boolean isGraph() {
    return complaint.isEmpty();
  }

  /** What is wrong; empty if nothing is. */
  String complaint() {
    return complaint;
  }

  boolean hasUpdaterState() {
    return hasUpdaterState;
  }

  private void graph(Table graph) {
    List<Table> variables = graph.tables(1);
    List<Table> nodes = graph.tables(2);
    buffer.demand(
        !variables.isEmpty() || !nodes.isEmpty(), "it holds neither variables nor operators");
    variables.forEach(this::variable);
    nodes.forEach(this::node);
    graph.strings(5);
    graph.strings(6);
    graph.string(7);
    List<Table> updaters = graph.tables(8);
    hasUpdaterState = !updaters.isEmpty();
    for (Table updater : updaters) {
      updater.string(0);
      updater.strings(1);
      updater.tables(2).forEach(this::array);
    }
  }

  private void variable(Table variable) {
    Table id = variable.table(0);
    if (id == null) {
      throw new Damaged("a variable has no number");
    }
    pair(id);
    buffer.demand(!variable.string(1).isEmpty(), "a variable has no name");
    variable.scalar(2, 1);
    variable.vector(3, Long.BYTES);
    Table array = variable.table(4);
    if (array != null) {
      array(array);
    }
    variable.scalar(6, 1);
    variable.strings(7);
    variable.strings(8);
    variable.strings(9);
  }

  private static void pair(Table pair) {
    pair.scalar(0, Integer.BYTES);
    pair.scalar(1, Integer.BYTES);
  }

  private void node(Table node) {
    node.scalar(0, Integer.BYTES);
    buffer.demand(!node.string(1).isEmpty(), "an operator has no name");
    node.scalar(2, 1);
    node.scalar(3, Long.BYTES);
    node.tables(4).forEach(this::properties);
    node.vector(5, Integer.BYTES);
    node.tables(6).forEach(FlatGraphCheck::pair);
    node.vector(7, Integer.BYTES);
    node.vector(8, Double.BYTES);
    node.vector(9, Long.BYTES);
    node.vector(10, 1);
    node.vector(11, Integer.BYTES);
    node.strings(15);
    node.string(16);
    node.vector(17, 1);
    Table scalar = node.table(18);
    if (scalar != null) {
      array(scalar);
    }
    for (int names : new int[] {19, 20, 21, 23}) {
      node.strings(names);
    }
    node.vector(22, 1);
  }

  private void properties(Table properties) {
    properties.string(0);
    properties.vector(1, Integer.BYTES);
    properties.vector(2, Long.BYTES);
    properties.vector(3, Double.BYTES);
    properties.tables(4).forEach(this::array);
    properties.vector(5, 1);
    properties.strings(6);
    properties.vector(7, Integer.BYTES);
  }

  /** The shape vector is ND4J's: rank, sizes, strides, type, element stride, order. */
  private void array(Table array) {
    long[] info = array.longs(0);
    buffer.demand(info.length > 0 && info[0] >= 0 && info[0] <= MAX_RANK, "an array has no shape");
    int rank = (int) info[0];
    buffer.demand(info.length == Math.max(4, 2 * rank + 4), "an array's shape is incomplete");
    int bytes = array.vector(1, 1);
    int width = width(array.scalar(2, 1));
    array.scalar(3, 1);
    long elements = 1;
    long last = 0;
    for (int axis = 0; axis < rank; axis++) {
      long size = info[1 + axis];
      buffer.demand(size >= 0 && size <= Integer.MAX_VALUE, "an array has an impossible size");
      elements *= size;
      last += Math.max(0, size - 1) * Math.abs(info[1 + rank + axis]);
      buffer.demand(elements <= Integer.MAX_VALUE, "an array is impossibly large");
      buffer.demand(last <= Integer.MAX_VALUE, "an array has impossible strides");
    }
    if (isEmpty(info)) {
      buffer.demand(rank == 0 || elements == 0, "an empty array has a size");
      return;
    }
    buffer.demand(elements * width <= bytes, "an array is larger than its data");
    buffer.demand(elements == 0 || last < elements, "an array's strides leave its data");
  }

  private static boolean isEmpty(long[] shapeInfo) {
    try {
      return Shape.isEmpty(shapeInfo);
    } catch (RuntimeException e) {
      throw new Damaged("an array is of no known kind");
    }
  }

  /** Bytes of an element at least; a string takes an offset. */
  private int width(long code) {
    DataType type;
    try {
      type = FlatBuffersMapper.getDataTypeFromByte((byte) code);
    } catch (RuntimeException e) {
      type = DataType.UNKNOWN;
    }
    buffer.demand(type != DataType.UNKNOWN, "an array has an unknown data type");
    return type == DataType.UTF8 ? Long.BYTES : type.width();
  }
}
