package io.github.dl4jbnfold.linearize.train;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Tells networks apart by their structure and their parameters. */
public final class Fingerprint {
  private Fingerprint() {}

  /** The first 16 digits of the SHA-256 of a text and arrays. */
  public static String of(String structure, Iterable<INDArray> arrays) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(structure.getBytes(StandardCharsets.UTF_8));
      for (INDArray array : arrays) {
        digest.update(array.dup('c').data().asBytes());
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }
}
