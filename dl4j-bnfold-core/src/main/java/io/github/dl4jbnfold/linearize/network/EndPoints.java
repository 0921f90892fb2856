package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.layers.GateLayer;
import io.github.dl4jbnfold.linearize.merge.Flow;
import io.github.dl4jbnfold.network.NetworkProbe;
import io.github.dl4jbnfold.network.read.NormValues;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.network.structure.Structure;
import io.github.dl4jbnfold.verify.Agreement;
import io.github.dl4jbnfold.verify.Precision;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What gates are when they are linear: lines near to their activations. */
final class EndPoints {
  private EndPoints() {}

  /**
   * Lines by least squares, for gates behind something whose channels are known. Where a maximum
   * over positions is all that reads a gate, what counts is what the maximum lets through: lines
   * that rise pass it, so the line is that between the maxima of what the activation reads and of
   * what it writes.
   *
   * @param gated all α = 0, all ends the identity
   * @param inputs of the network, of as many examples as there are
   */
  static Map<String, Line> leastSquares(
      SourceNetwork gated, Map<String, Flow> flows, List<INDArray> inputs) {
    Map<String, INDArray> activations = new HashMap<>();
    gated
        .activations(inputs.stream().map(INDArray::dup).toList())
        .forEach((name, array) -> activations.put(name, array.dup()));
    Map<String, Line> lines = new HashMap<>();
    for (Step step : gated.structure().steps()) {
      String read = step.inputs().get(0);
      if (step.layer() instanceof GateLayer && flows.containsKey(read)) {
        Optional<Step> maximum = maximumBehind(gated.structure(), step);
        INDArray x =
            maximum.isEmpty()
                ? Objects.requireNonNull(activations.get(read))
                : ofIdentity(gated, step, maximum.get(), inputs);
        String written = maximum.orElse(step).name();
        INDArray y = Objects.requireNonNull(activations.get(written));
        int axis = channelAxis(x.rank(), flows.get(read));
        lines.put(
            step.name(), maximum.isEmpty() ? Line.fitted(x, y, axis) : Line.rising(x, y, axis));
      }
    }
    return lines;
  }

  /** The only reader of a step, if that is a maximum over positions. */
  private static Optional<Step> maximumBehind(Structure structure, Step step) {
    List<Step> readers =
        structure.steps().stream().filter(other -> other.inputs().contains(step.name())).toList();
    return structure.outputs().contains(step.name()) || readers.size() != 1
        ? Optional.empty()
        : Optional.of(readers.get(0)).filter(EndPoints::isMaximum);
  }

  private static boolean isMaximum(Step step) {
    return step.layer() instanceof SubsamplingLayer pool
        && pool.getPoolingType() == PoolingType.MAX;
  }

  /** How many positions a maximum is of. */
  private static int window(Step maximum) {
    SubsamplingLayer pool = (SubsamplingLayer) Objects.requireNonNull(maximum.layer());
    return Arrays.stream(pool.getKernelSize()).reduce(1, (area, length) -> area * length);
  }

  /** What a step behind a gate writes when the gate is the identity. */
  private static INDArray ofIdentity(
      SourceNetwork gated, Step gate, Step behind, List<INDArray> inputs) {
    INDArray alpha = Objects.requireNonNull(gated.parameters(gate.name()).get(GateLayer.ALPHA));
    alpha.assign(1);
    try {
      List<INDArray> copies = inputs.stream().map(INDArray::dup).toList();
      return Objects.requireNonNull(gated.activations(copies).get(behind.name())).dup();
    } finally {
      alpha.assign(0);
    }
  }

  /**
   * Lines from the batch normalizations right before activations, without any data. A fold may have
   * changed the scale of what an activation reads: those have none.
   *
   * @param original with its batch normalizations
   * @param gated all α = 0
   */
  static Map<String, Line> closedForm(
      SourceNetwork original, SourceNetwork gated, Map<String, Flow> flows, NetworkProbe probe) {
    Structure before = original.structure();
    Map<String, INDArray> then = probe.activations(original);
    Map<String, INDArray> now = probe.activations(gated);
    Map<String, Line> lines = new HashMap<>();
    for (Step step : gated.structure().steps()) {
      Flow flow = flows.get(step.name());
      Optional<Step> norm = normBefore(before, step.name());
      if (step.layer() instanceof GateLayer gate && flow != null && norm.isPresent()) {
        NormValues values = values(original, norm.get());
        // Not what the normalization wrote: the activation may have overwritten that.
        INDArray x = Objects.requireNonNull(then.get(norm.get().inputs().get(0)));
        INDArray reads = Objects.requireNonNull(now.get(step.inputs().get(0)));
        if (agree(normalized(x, values, channelAxis(x.rank(), flow)), reads)) {
          int window = maximumBehind(gated.structure(), step).map(EndPoints::window).orElse(1);
          lines.put(step.name(), Line.behind(values, gate.activation(), window));
        }
      }
    }
    return lines;
  }

  /** The axis of the channels in an array: a vector that was an image has one only. */
  static int channelAxis(int rank, Flow flow) {
    return rank == 2 ? 1 : flow.channelAxis();
  }

  private static Optional<Step> normBefore(Structure structure, String activation) {
    return Optional.of(activation)
        .filter(structure::contains)
        .map(name -> structure.step(name).inputs().get(0))
        .filter(structure::contains)
        .map(structure::step)
        .filter(step -> step.layer() instanceof BatchNormalization);
  }

  private static NormValues values(SourceNetwork network, Step step) {
    BatchNormalization norm = (BatchNormalization) Objects.requireNonNull(step.layer());
    return NormValues.of(norm, network.parameters(step.name()));
  }

  private static INDArray normalized(INDArray x, NormValues values, int channelAxis) {
    long[] shape = new long[x.rank()];
    Arrays.fill(shape, 1);
    shape[channelAxis] = values.gamma().length;
    return x.castTo(DataType.DOUBLE)
        .mul(Nd4j.createFromArray(values.scale()).reshape(shape))
        .add(Nd4j.createFromArray(values.shift()).reshape(shape));
  }

  private static boolean agree(INDArray expected, INDArray actual) {
    double tolerance = Precision.of(actual.dataType()).tolerance();
    return Agreement.of(expected, actual).maxRelativeError() <= tolerance;
  }
}
