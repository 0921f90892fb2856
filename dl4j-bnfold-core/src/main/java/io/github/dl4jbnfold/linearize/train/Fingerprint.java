package io.github.dl4jbnfold.linearize.train;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Tells networks apart by their parameters. */
final class Fingerprint {
  private Fingerprint() {}

  /** The first 16 digits of the SHA-256 of class and parameters. */
  static String of(Model network) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(network.getClass().getSimpleName().getBytes(StandardCharsets.UTF_8));
      INDArray parameters = network.params();
      if (parameters != null) {
        digest.update(parameters.dup('c').data().asBytes());
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256.", e);
    }
  }
}
