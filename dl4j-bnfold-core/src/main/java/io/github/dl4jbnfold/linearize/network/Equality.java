package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.network.NetworkProbe;
import io.github.dl4jbnfold.network.Unsaturated;
import io.github.dl4jbnfold.network.read.RunShapes;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.verify.Agreement;
import io.github.dl4jbnfold.verify.Answers;
import io.github.dl4jbnfold.verify.CheckFailedException;
import io.github.dl4jbnfold.verify.Precision;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Demands that two networks are the same function: on random inputs, of two sizes if it may be. */
final class Equality {
  private static final long SEED = 20250101;
  private static final int EXAMPLES = 2;

  private final NetworkProbe probe;
  private final Optional<NetworkProbe> other;

  private Equality(NetworkProbe probe, Optional<NetworkProbe> other) {
    this.probe = probe;
    this.other = other;
  }

  /** The inputs on which networks are compared with a given one. */
  static Equality of(SourceNetwork network, Map<String, long[]> inputShapes) {
    return new Equality(
        NetworkProbe.create(network, EXAMPLES, inputShapes, SEED),
        NetworkProbe.ofOtherSizes(network, EXAMPLES + 1, inputShapes, SEED + 1000));
  }

  /** Inputs of the first size. */
  NetworkProbe probe() {
    return probe;
  }

  /** The shapes of all arrays on inputs of the first size. */
  RunShapes shapes(SourceNetwork network) {
    return probe.shapes(network, other.isEmpty());
  }

  /**
   * Compares two networks.
   *
   * @param what the second is, for the message
   * @throws CheckFailedException if they differ by more than the data type explains
   */
  Agreement require(SourceNetwork network, SourceNetwork changed, String what) {
    Agreement agreement = compare(probe, network, changed);
    if (other.isPresent()) {
      agreement = agreement.and(compare(other.get(), network, changed));
    }
    double tolerance = Precision.of(network.dataType()).tolerance();
    if (!(agreement.maxRelativeError() <= tolerance)) {
      throw new CheckFailedException(
          String.format(
              Locale.ROOT,
              "%s differs from the one that it was made of by %.3g relative (tolerance %.3g), which"
                  + " has not been changed.",
              what,
              agreement.maxRelativeError(),
              tolerance),
          "",
          agreement.maxRelativeError());
    }
    return agreement;
  }

  private static Agreement compare(
      NetworkProbe probe, SourceNetwork network, SourceNetwork changed) {
    Precision precision = Precision.of(network.dataType());
    Map<String, INDArray> before = outputs(probe, network);
    Answers.requireFinite(before);
    double floor = precision.roundingFloor(probe.largestMagnitude(network), precision.tolerance());
    return Agreement.of(before, outputs(probe, changed), floor);
  }

  /**
   * The outputs, and what a softmax or sigmoid at the end reads: where it saturates, its own output
   * would hide a difference.
   */
  private static Map<String, INDArray> outputs(NetworkProbe probe, SourceNetwork network) {
    Map<String, INDArray> outputs = new LinkedHashMap<>(probe.outputs(network));
    Unsaturated.of(network)
        .ifPresent(twin -> probe.outputs(twin).forEach((name, y) -> outputs.put("raw " + name, y)));
    return outputs;
  }
}
