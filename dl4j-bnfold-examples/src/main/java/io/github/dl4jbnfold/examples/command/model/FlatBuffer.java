package io.github.dl4jbnfold.examples.command.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A FlatBuffers file, read with every offset and length checked; the Java runtime of FlatBuffers
 * has no verifier. A vtable is a list of 16-bit offsets of the table's fields, behind its own and
 * the table's size; strings, vectors and tables are reached by 32-bit offsets.
 */
final class FlatBuffer {
  private final ByteBuffer bytes;

  FlatBuffer(byte[] content) {
    bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The bytes are not what they must be. */
  static final class Damaged extends RuntimeException {
    private static final long serialVersionUID = 1;

    Damaged(String message) {
      super(message, null, false, false);
    }
  }

  void demand(boolean condition, String complaint) {
    if (!condition) {
      throw new Damaged(complaint);
    }
  }

  Table root() {
    return new Table(follow(0));
  }

  /** The position that the unsigned offset at a position leads to. */
  private int follow(int position) {
    inside(position, Integer.BYTES);
    long target = position + Integer.toUnsignedLong(bytes.getInt(position));
    inside(target, Integer.BYTES);
    return (int) target;
  }

  private void inside(long position, long length) {
    demand(
        position >= 0 && length >= 0 && position + length <= bytes.limit(),
        "it ends before its content does");
  }

  /** A table, whose vtable has been checked. */
  final class Table {
    private final int position;
    private final int vtable;
    private final int vtableSize;
    private final int size;

    private Table(int position) {
      this.position = position;
      inside(position, Integer.BYTES);
      long start = (long) position - bytes.getInt(position);
      inside(start, 2 * Short.BYTES);
      this.vtable = (int) start;
      this.vtableSize = Short.toUnsignedInt(bytes.getShort(vtable));
      this.size = Short.toUnsignedInt(bytes.getShort(vtable + Short.BYTES));
      demand(vtableSize >= 2 * Short.BYTES && vtableSize % Short.BYTES == 0, "a table is damaged");
      inside(vtable, vtableSize);
      inside(position, size);
    }

    /** The position of a field; 0 for one that is absent. */
    private int field(int index, int width) {
      int entry = (2 + index) * Short.BYTES;
      if (entry + Short.BYTES > vtableSize) {
        return 0;
      }
      int offset = Short.toUnsignedInt(bytes.getShort(vtable + entry));
      if (offset == 0) {
        return 0;
      }
      demand(offset >= Integer.BYTES && offset + width <= size, "a table is damaged");
      return position + offset;
    }

    /** A number of 1, 4 or 8 bytes; 0 if it is absent. */
    long scalar(int index, int width) {
      int field = field(index, width);
      if (field == 0) {
        return 0;
      }
      return switch (width) {
        case Byte.BYTES -> bytes.get(field);
        case Integer.BYTES -> bytes.getInt(field);
        default -> bytes.getLong(field);
      };
    }

    @Nullable Table table(int index) {
      int field = field(index, Integer.BYTES);
      return field == 0 ? null : new Table(follow(field));
    }

    /** The number of elements of a vector, all of which lie in the file; 0 if it is absent. */
    int vector(int index, int width) {
      int field = field(index, Integer.BYTES);
      return field == 0 ? 0 : length(follow(field), width);
    }

    private int length(int vector, int width) {
      int length = bytes.getInt(vector);
      inside((long) vector + Integer.BYTES, (long) length * width);
      return length;
    }

    /** The length of a string, behind which comes a zero. */
    private int text(int string) {
      int length = length(string, 1);
      long end = (long) string + Integer.BYTES + length;
      inside(end, 1);
      demand(bytes.get((int) end) == 0, "a text has no end");
      return length;
    }

    long[] longs(int index) {
      long[] values = new long[vector(index, Long.BYTES)];
      int start = values.length == 0 ? 0 : follow(field(index, Integer.BYTES)) + Integer.BYTES;
      for (int i = 0; i < values.length; i++) {
        values[i] = bytes.getLong(start + i * Long.BYTES);
      }
      return values;
    }

    List<Table> tables(int index) {
      List<Table> tables = new ArrayList<>();
      for (int element : elements(index)) {
        tables.add(new Table(element));
      }
      return tables;
    }

    /** Checks a vector of strings. */
    void strings(int index) {
      for (int element : elements(index)) {
        text(element);
      }
    }

    private int[] elements(int index) {
      int[] elements = new int[vector(index, Integer.BYTES)];
      int start = elements.length == 0 ? 0 : follow(field(index, Integer.BYTES)) + Integer.BYTES;
      for (int i = 0; i < elements.length; i++) {
        elements[i] = follow(start + i * Integer.BYTES);
      }
      return elements;
    }

    /** A string; empty if it is absent. */
    String string(int index) {
      int field = field(index, Integer.BYTES);
      if (field == 0) {
        return "";
      }
      int start = follow(field);
      byte[] text = new byte[text(start)];
      bytes.get(start + Integer.BYTES, text);
      return new String(text, StandardCharsets.UTF_8);
    }
  }
}
