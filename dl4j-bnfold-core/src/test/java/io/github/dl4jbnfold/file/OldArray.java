package io.github.dl4jbnfold.file;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Row vectors in the forms that ND4J's reader of arrays knows besides its own one. */
enum OldArray {
  /** With lengths and shapes of 32 bits, before 1.0.0-beta. */
  HEAP(false),
  DIRECT(false),
  JAVACPP(false),
  /** With shapes of 64 bits that name no data type, before 1.0.0-beta4. */
  LONG_SHAPE(true);

  private final boolean wide;

  OldArray(boolean wide) {
    this.wide = wide;
  }

  byte[] of(INDArray row) throws IOException {
    DataType type = row.dataType();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(bytes);
    long length = row.length();
    header(data, 8, wide ? "LONG" : "INT");
    for (long number : new long[] {2, 1, length, 1, 1, 0, 1, 'c'}) {
      integer(data, number);
    }
    header(data, length, type.name());
    for (double number : row.castTo(DataType.DOUBLE).reshape(length).toDoubleVector()) {
      if (type == DataType.DOUBLE) {
        data.writeDouble(number);
      } else {
        data.writeFloat((float) number);
      }
    }
    return bytes.toByteArray();
  }

  private void header(DataOutputStream data, long length, String type) throws IOException {
    data.writeUTF(name());
    integer(data, length);
    data.writeUTF(type);
  }

  private void integer(DataOutputStream data, long number) throws IOException {
    if (wide) {
      data.writeLong(number);
    } else {
      data.writeInt((int) number);
    }
  }
}
