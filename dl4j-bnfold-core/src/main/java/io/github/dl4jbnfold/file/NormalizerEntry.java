package io.github.dl4jbnfold.file;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.dataset.api.preprocessor.Normalizer;
import org.nd4j.linalg.dataset.api.preprocessor.serializer.NormalizerSerializer;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The normalizer that travels in the file of a network. A custom one names a class that ND4J would
 * load and run, so the kind is known before ND4J sees the entry; so are the sizes of its arrays.
 */
final class NormalizerEntry {
  private static final String NAME = ModelSerializer.NORMALIZER_BIN;
  private static final String HEADER = "NORMALIZER";
  private static final int VERSION = 1;

  private NormalizerEntry() {}

  /**
   * The normalizer of the features of data sets.
   *
   * @throws NetworkFileException if it is another one, a custom one, or damaged
   */
  static DataNormalization read(byte[] content) throws NetworkFileException {
    try {
      check(content);
      Normalizer<?> normalizer =
          NormalizerSerializer.getDefault().restore(new ByteArrayInputStream(content));
      return (DataNormalization) normalizer;
    } catch (NetworkFileException e) {
      throw e;
    } catch (Exception e) { // ND4J's readers declare it.
      throw new NetworkFileException("its entry '%s' is truncated or damaged".formatted(NAME), e);
    }
  }

  private static void check(byte[] content) throws IOException {
    DataInputStream data = new DataInputStream(new ByteArrayInputStream(content));
    if (!data.readUTF().equals(HEADER) || data.readInt() != VERSION) {
      throw new NetworkFileException(
          "its entry '%s' is no normalizer of this version of ND4J".formatted(NAME));
    }
    String type = data.readUTF();
    switch (type) {
      case "STANDARDIZE" -> arrays(data, data.readBoolean(), content.length);
      case "MIN_MAX" -> {
        boolean labels = data.readBoolean();
        data.readDouble();
        data.readDouble();
        arrays(data, labels, content.length);
      }
      case "IMAGE_MIN_MAX" -> {}
      case "CUSTOM" ->
          throw new NetworkFileException(
              "its normalizer is a custom one, whose class is not loaded from a file");
      case "MULTI_STANDARDIZE", "MULTI_MIN_MAX", "MULTI_HYBRID" ->
          throw new NetworkFileException(
              "its normalizer (%s) is one of several inputs, which is not read".formatted(type));
      default ->
          throw new NetworkFileException(
              "its entry '%s' is of a kind that ND4J does not read (%s)".formatted(NAME, type));
    }
  }

  /** Two of the features, and two of the labels if it has these. */
  private static void arrays(DataInputStream data, boolean labels, int most) throws IOException {
    for (int i = 0; i < (labels ? 4 : 2); i++) {
      data.mark(most);
      ArrayHeader.check(data, most, NAME);
      data.reset();
      Nd4j.read(data).close();
    }
  }
}
