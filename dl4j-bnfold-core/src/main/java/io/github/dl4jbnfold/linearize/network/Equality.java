package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.network.NetworkProbe;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.verify.Agreement;
import io.github.dl4jbnfold.verify.Answers;
import io.github.dl4jbnfold.verify.CheckFailedException;
import io.github.dl4jbnfold.verify.Precision;
import java.util.Locale;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Demands that two networks are the same function. */
final class Equality {
  private Equality() {}

  /**
   * Compares two networks on the inputs of a probe.
   *
   * @param what the second is, for the message
   * @throws CheckFailedException if they differ by more than the data type explains
   */
  static Agreement require(
      NetworkProbe probe, SourceNetwork network, SourceNetwork other, String what) {
    Precision precision = Precision.of(network.dataType());
    Map<String, INDArray> before = probe.outputs(network);
    Answers.requireFinite(before);
    double floor = precision.roundingFloor(probe.largestMagnitude(network), precision.tolerance());
    Agreement agreement = Agreement.of(before, probe.outputs(other), floor);
    if (!(agreement.maxRelativeError() <= precision.tolerance())) {
      throw new CheckFailedException(
          String.format(
              Locale.ROOT,
              "%s differs from the one that it was made of by %.3g relative (tolerance %.3g), which"
                  + " has not been changed.",
              what,
              agreement.maxRelativeError(),
              precision.tolerance()),
          "",
          agreement.maxRelativeError());
    }
    return agreement;
  }
}
