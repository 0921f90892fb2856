package io.github.dl4jbnfold.file;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.Set;

/**
 * What stands before the elements of an array in a file: its shape information, and how many
 * elements of which type there are. ND4J believes it, and would allocate or read what it says.
 */
final class ArrayHeader {
  private static final int MOST_AXES = 32;
  private static final Set<String> TYPES = Set.of("DOUBLE", "FLOAT", "HALF", "BFLOAT16");

  /** The first of these were written with lengths of 32 bits. */
  private static final Set<String> OLD_MODES = Set.of("DIRECT", "HEAP", "JAVACPP");

  private ArrayHeader() {}

  /**
   * Demands an array whose shape fits its elements.
   *
   * @param most how many elements it may have
   * @throws NetworkFileException if it is none
   */
  static void check(DataInputStream data, long most, String name) throws IOException {
    boolean old = OLD_MODES.contains(data.readUTF());
    long length = old ? data.readInt() : data.readLong();
    boolean wide = data.readUTF().equals("LONG");
    long rank = length < 1 ? -1 : read(data, wide);
    if (rank < 0 || rank > MOST_AXES || length != 2 * rank + 4) {
      throw damaged(name);
    }
    long[] shape = new long[(int) rank];
    long[] strides = new long[(int) rank];
    for (int axis = 0; axis < rank; axis++) {
      shape[axis] = read(data, wide);
    }
    for (int axis = 0; axis < rank; axis++) {
      strides[axis] = read(data, wide);
    }
    for (int rest = 0; rest < 3; rest++) {
      read(data, wide);
    }
    boolean oldElements = OLD_MODES.contains(data.readUTF());
    long elements = oldElements ? data.readInt() : data.readLong();
    if (!TYPES.contains(data.readUTF()) || !fits(shape, strides, elements)) {
      throw damaged(name);
    }
    if (elements > most) {
      throw new NetworkFileException(
          "its entry '%s' holds %d numbers, and its network needs %d"
              .formatted(name, elements, most));
    }
  }

  private static long read(DataInputStream data, boolean wide) throws IOException {
    return wide ? data.readLong() : data.readInt();
  }

  /** Whether every position of the shape is an element, and there are no others. */
  private static boolean fits(long[] shape, long[] strides, long elements) {
    long positions = 1;
    long last = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] < 0 || strides[axis] < 0 || shape[axis] > elements) {
        return false;
      }
      positions *= shape[axis];
      last += (shape[axis] - 1) * (shape[axis] == 1 ? 0 : strides[axis]);
      if (positions > elements || last >= Math.max(1, elements)) {
        return false;
      }
    }
    return positions == elements;
  }

  private static NetworkFileException damaged(String name) {
    return new NetworkFileException(
        "its entry '%s' is no array of floating-point numbers".formatted(name));
  }
}
