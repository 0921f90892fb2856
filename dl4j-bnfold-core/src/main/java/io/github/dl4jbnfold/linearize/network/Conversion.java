package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.layers.GateLayer;
import io.github.dl4jbnfold.linearize.merge.Border;
import io.github.dl4jbnfold.linearize.merge.Convolution;
import io.github.dl4jbnfold.linearize.run.Apart;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.Merge;
import io.github.dl4jbnfold.linearize.run.Planning;
import io.github.dl4jbnfold.linearize.run.Run;
import io.github.dl4jbnfold.linearize.run.RunPlanner;
import io.github.dl4jbnfold.linearize.run.WhyApart;
import io.github.dl4jbnfold.network.read.RunShapes;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.network.write.NetworkEdit;
import io.github.dl4jbnfold.verify.Agreement;
import io.github.dl4jbnfold.verify.CheckFailedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Takes the gates out of a network: those that are to be linear become lines, the others become
 * their activations again, and the linear layers that meet then are merged where that pays.
 */
public final class Conversion {
  private final SourceNetwork gated;
  private final Set<String> linear;
  private final Costs costs;
  private final double growth;
  private final Equality equality;

  private Conversion(
      SourceNetwork gated,
      Set<String> linear,
      Costs costs,
      double growth,
      Map<String, long[]> inputShapes) {
    this.growth = growth;
    this.gated = gated;
    this.linear = linear;
    this.costs = costs;
    this.equality = Equality.of(gated, inputShapes);
  }

  /**
   * What came of it.
   *
   * @param network without gates
   * @param merges what has become one layer
   * @param apart what has not, though nothing but linear activations is between
   * @param agreement with the network whose gates were set to 0 and 1
   */
  public record Result(
      SourceNetwork network, List<Merge> merges, List<Apart> apart, Agreement agreement) {}

  /**
   * Converts a network, which is not changed.
   *
   * @param linear names of gates that become lines
   * @param costs by which merges are worth it
   * @param growth how many times as many multiplications a merge may take, whatever it costs
   * @param inputShapes shapes of inputs, where the network does not tell them
   * @throws CheckFailedException if the result is not what the network with these gates is
   */
  public static Result convert(
      SourceNetwork gated,
      Set<String> linear,
      Costs costs,
      double growth,
      Map<String, long[]> inputShapes) {
    return new Conversion(gated, linear, costs, growth, inputShapes).convert();
  }

  private Result convert() {
    SourceNetwork snapped = snapped();
    RunShapes shapes = equality.shapes(snapped);
    NetworkRuns.Found found = NetworkRuns.of(snapped, shapes);
    NetworkEdit edit = new NetworkEdit(snapped, false);
    MergeWriter writer = new MergeWriter(edit, shapes, found.flows());
    List<Merge> merges = new ArrayList<>();
    List<Apart> apart = new ArrayList<>();
    Planning planning =
        new Planning(costs, Set.of(Border.NONE), growth, writer::writes).fixed(shapes.fixed());
    for (Run run : found.runs()) {
      List<Merge> own = merges(run, planning);
      merges.addAll(own);
      apart.addAll(WhyApart.in(run, own, planning, linear));
    }
    Set<String> merged = new HashSet<>();
    for (Merge merge : merges) {
      writer.write(merge);
      merge.piece().parts().forEach(part -> part.gates().forEach(merged::add));
    }
    for (Step step : snapped.structure().steps()) {
      if (step.layer() instanceof GateLayer gate && !merged.contains(step.name())) {
        removeGate(edit, step, gate, shapes);
      }
    }
    SourceNetwork converted = edit.build();
    return new Result(
        converted, merges, apart, equality.require(snapped, converted, "The merged network"));
  }

  /** The network with each gate at one of its ends. */
  private SourceNetwork snapped() {
    NetworkEdit edit = new NetworkEdit(gated, false);
    for (Step step : gated.structure().steps()) {
      if (step.layer() instanceof GateLayer) {
        double alpha = linear.contains(step.name()) ? 1 : 0;
        edit.set(step.name(), GateLayer.ALPHA, scalar(alpha));
      }
    }
    return edit.build();
  }

  private static INDArray scalar(double value) {
    return Nd4j.valueArrayOf(new long[] {1, 1}, value, DataType.DOUBLE);
  }

  private List<Merge> merges(Run run, Planning planning) {
    RunPlanner planner =
        new RunPlanner(
            planning,
            gates -> linear.containsAll(gates) ? OptionalDouble.of(0) : OptionalDouble.empty());
    return planner.certain().choices(run).get(0).merges();
  }

  private void removeGate(NetworkEdit edit, Step step, GateLayer gate, RunShapes shapes) {
    String name = step.name();
    if (!linear.contains(name)) {
      restore(edit, step, gate);
    } else if (isIdentity(gate)) {
      edit.drop(name);
    } else {
      scale(edit, step, gate, Objects.requireNonNull(shapes.shapes().get(name)).length);
    }
  }

  /** Also by numbers: the nearest line to a ReLU of what is never negative. */
  private static boolean isIdentity(GateLayer gate) {
    return Arrays.stream(gate.slope()).allMatch(slope -> slope == 1)
        && Arrays.stream(gate.shift()).allMatch(shift -> shift == 0);
  }

  /** The activation goes back to where it came from. */
  private void restore(NetworkEdit edit, Step step, GateLayer gate) {
    String host = step.inputs().get(0);
    boolean hidden = step.name().equals(host + "-" + GateInsertion.ROLE);
    Layer before = hidden && edit.contains(host) ? edit.step(host).layer() : null;
    boolean alone = GateInsertion.isReadOnlyBy(gated.structure(), host, step.name());
    if (alone
        && GateInsertion.canHide(before)
        && edit.step(step.name()).inputs().equals(List.of(host))) {
      edit.configure(host, layer -> ((BaseLayer) layer).setActivationFn(gate.activation()));
      edit.drop(step.name());
    } else {
      edit.replaceLayer(step.name(), new ActivationLayer(gate.activation()));
    }
  }

  /** A line that nothing takes over: a convolution of single positions, trained as others are. */
  private void scale(NetworkEdit edit, Step step, GateLayer gate, int rank) {
    String name = step.name();
    BaseLayer model = GateInsertion.trainedBefore(gated.structure(), step);
    if (rank == 2) {
      ElementWiseMultiplicationLayer line = new ElementWiseMultiplicationLayer.Builder().build();
      line.setNIn(gate.slope().length);
      line.setNOut(gate.slope().length);
      line.setActivationFn(new ActivationIdentity());
      MergedLayer.inherit(model, line);
      put(edit, name, line, Nd4j.createFromArray(gate.slope()), gate.shift());
      return;
    }
    Convolution diagonal = Convolution.diagonal(gate.slope(), gate.shift(), rank - 2);
    MergedLayer line = MergedLayer.of(diagonal, gate.channelAxis());
    MergedLayer.inherit(model, line.layer());
    put(edit, name, line.layer(), line.weights(), line.bias());
  }

  private static void put(
      NetworkEdit edit, String name, Layer layer, INDArray weights, double[] bias) {
    edit.replaceLayer(name, layer);
    edit.set(name, "W", weights);
    edit.set(name, "b", Nd4j.createFromArray(bias));
  }
}
