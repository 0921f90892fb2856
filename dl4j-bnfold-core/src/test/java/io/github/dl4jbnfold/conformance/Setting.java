package io.github.dl4jbnfold.conformance;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.Net;
import java.util.List;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * In what forms a network is built, and how it is folded.
 *
 * @param formats where channels are, in the order in which they are tried
 * @param types the data types of weights and activations
 */
record Setting(List<Format> formats, List<DataType> types, UnaryOperator<FoldingOptions> options) {
  /** Both formats, in double and in single precision, with default options. */
  static final Setting USUAL =
      new Setting(
          List.of(Format.NCHW, Format.NHWC),
          List.of(DataType.DOUBLE, DataType.FLOAT),
          UnaryOperator.identity());

  /** Where an image has its channels. */
  enum Format {
    NCHW("NCHW"),
    NHWC("NHWC"),
    /** There is no image: rows of features, sequences. */
    ROWS("–");

    private final String words;

    Format(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }

    Net net(DataType type) {
      return Net.of(1, type, this == NHWC);
    }
  }

  Setting in(Format... chosen) {
    return new Setting(List.of(chosen), types, options);
  }

  Setting as(DataType... chosen) {
    return new Setting(formats, List.of(chosen), options);
  }

  Setting with(UnaryOperator<FoldingOptions> chosen) {
    return new Setting(formats, types, chosen);
  }
}
