package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.linearize.merge.Border;
import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Apart;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.Merge;
import io.github.dl4jbnfold.linearize.run.Planning;
import io.github.dl4jbnfold.linearize.run.Run;
import io.github.dl4jbnfold.linearize.run.RunPlanner;
import io.github.dl4jbnfold.linearize.run.WhyApart;
import io.github.dl4jbnfold.samediff.GraphOutputs;
import io.github.dl4jbnfold.samediff.Probe;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.OpOrder;
import io.github.dl4jbnfold.samediff.read.Shapes;
import io.github.dl4jbnfold.samediff.write.GraphEditor;
import io.github.dl4jbnfold.samediff.write.Snapshot;
import io.github.dl4jbnfold.verify.Agreement;
import io.github.dl4jbnfold.verify.Answers;
import io.github.dl4jbnfold.verify.CheckFailedException;
import io.github.dl4jbnfold.verify.FoldingException;
import io.github.dl4jbnfold.verify.Precision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.BiPredicate;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Makes a gated graph a shallower one, in place: the chosen gates become their lines, the others
 * their activations, and where linear operators then touch and one in their place is cheaper, it is
 * written. The result is compared with the gated graph on random inputs.
 */
public final class SameDiffConversion {
  private static final Set<String> SATURATING = Set.of("softmax", "log_softmax", "sigmoid", "tanh");

  private final SameDiff graph;
  private final Settings settings;
  private final Set<String> outputs;
  private final Set<String> penalties;
  private final Precision precision;
  private final double tolerance;

  /**
   * What the user wants.
   *
   * @param linear the gates that become their lines, by what they write
   * @param costs what is cheaper
   * @param growth how many times as many multiplications a merge may take, whatever it costs
   * @param outputs variables to preserve; empty for those that no operator reads
   * @param shapes shapes of placeholders that do not declare them
   * @param tolerance the largest relative error of an output; empty for one by data type
   */
  public record Settings(
      Set<String> linear,
      Costs costs,
      double growth,
      List<String> outputs,
      Map<String, long[]> shapes,
      OptionalDouble tolerance) {
    public Settings {
      linear = Set.copyOf(linear);
      outputs = List.copyOf(outputs);
      shapes = Map.copyOf(shapes);
    }

    /** These gates, with all outputs of the graph preserved. */
    public static Settings of(Set<String> linear, Costs costs) {
      return new Settings(
          linear, costs, Double.POSITIVE_INFINITY, List.of(), Map.of(), OptionalDouble.empty());
    }
  }

  /**
   * What became of a graph.
   *
   * @param merges what one operator was written for
   * @param apart what has not become one, though nothing but linear activations is between
   * @param linear the gates that became their lines
   * @param activations the gates that became their activations
   * @param agreement how far the outputs differ from those of the gated graph
   */
  public record Converted(
      List<Merge> merges,
      List<Apart> apart,
      Set<String> linear,
      Set<String> activations,
      Agreement agreement) {}

  private SameDiffConversion(SameDiff graph, Settings settings) {
    this.graph = graph;
    this.settings = settings;
    this.penalties = penalties(graph);
    this.outputs = new LinkedHashSet<>(GraphOutputs.of(graph, settings.outputs));
    this.outputs.removeAll(penalties);
    this.precision =
        Precision.narrowest(graph.variables().stream().map(SDVariable::dataType).toList());
    this.tolerance = settings.tolerance.orElse(precision.tolerance());
  }

  /**
   * Converts the graph.
   *
   * @throws CheckFailedException if the outputs differ by more than the tolerance; the graph is as
   *     it was
   * @throws FoldingException if the graph cannot be run, or has no such gates
   */
  public static Converted convert(SameDiff graph, Settings settings) {
    Set<String> gates = GateReader.gates(graph).keySet();
    for (String name : settings.linear) {
      if (!gates.contains(name)) {
        throw new FoldingException(
            "The graph has no gate '%s' to make linear: its gates are %s.".formatted(name, gates));
      }
    }
    return new SameDiffConversion(graph, settings).convert(gates);
  }

  /** The losses that are made of parameters alone. */
  static Set<String> penalties(SameDiff graph) {
    Set<String> found = new LinkedHashSet<>();
    for (String loss : graph.getLossVariables()) {
      List<Op> ops = OpOrder.of(graph, List.of(loss));
      boolean fed =
          ops.stream()
              .flatMap(op -> op.inputs().stream())
              .anyMatch(in -> graph.getVariable(in).getVariableType() == VariableType.PLACEHOLDER);
      boolean gated =
          ops.stream()
              .flatMap(op -> op.inputs().stream())
              .anyMatch(in -> in.contains(GateReader.ALPHA));
      if (gated && !fed) {
        found.add(loss);
      }
    }
    return found;
  }

  private Converted convert(Set<String> gates) {
    Snapshot snapshot = Snapshot.of(graph);
    Set<String> trained = trained();
    boolean accepted = false;
    try {
      snap();
      List<Probe> probes = SameDiffShapes.probes(graph, outputs, settings.shapes);
      Set<String> checked = checked();
      List<Map<String, INDArray>> before =
          probes.stream().map(probe -> probe.run(graph, checked)).toList();
      before.forEach(Answers::requireFinite);
      double largest = probes.stream().mapToDouble(p -> p.largestMagnitude(graph)).max().orElse(0);
      List<Apart> apart = new ArrayList<>();
      List<Merge> merges = merge(SameDiffShapes.of(graph, probes), apart);
      drop();
      Agreement agreement = Agreement.EXACT;
      double floor = precision.roundingFloor(largest, tolerance);
      // Twice each: a session that reuses a buffer too early shows it from its second run on.
      for (int run = 0; run < 2 * probes.size(); run++) {
        int i = run % probes.size();
        agreement = agreement.and(compared(before.get(i), probes.get(i), floor));
      }
      accepted = agreement.maxRelativeError() <= tolerance;
      if (!accepted) {
        throw failure(agreement, merges);
      }
      finish(trained);
      Set<String> activations = new LinkedHashSet<>(gates);
      activations.removeAll(settings.linear);
      return new Converted(merges, List.copyOf(apart), settings.linear, activations, agreement);
    } catch (RuntimeException e) {
      throw e instanceof FoldingException known
          ? known
          : new FoldingException(
              "The graph could not be converted (%s); it has been restored."
                  .formatted(e.getMessage()),
              e);
    } finally {
      if (!accepted) {
        snapshot.restore();
      }
    }
  }

  /**
   * The outputs, and what a softmax or sigmoid at the end reads: where it saturates, its own output
   * would hide a difference.
   */
  private Set<String> checked() {
    Set<String> checked = new LinkedHashSet<>(outputs);
    for (Op op : OpOrder.of(graph, outputs)) {
      if (SATURATING.contains(op.type()) && outputs.contains(op.output())) {
        checked.add(op.input(0));
      }
    }
    return checked;
  }

  /** Compares what the graph computes now; besides the outputs only what still has a name. */
  private Agreement compared(Map<String, INDArray> before, Probe same, double floor) {
    Map<String, INDArray> now = same.run(graph, before.keySet());
    Map<String, INDArray> comparable = new LinkedHashMap<>(before);
    comparable.keySet().removeIf(name -> !now.containsKey(name) && !outputs.contains(name));
    return Agreement.of(comparable, now, floor);
  }

  private CheckFailedException failure(Agreement agreement, List<Merge> merges) {
    String first = merges.isEmpty() ? "" : merges.get(0).piece().output();
    return new CheckFailedException(
        String.format(
            Locale.ROOT,
            "The converted graph differs from the gated one by %.3g relative (tolerance %.3g); the"
                + " graph has been restored.",
            agreement.maxRelativeError(),
            tolerance),
        first,
        agreement.maxRelativeError());
  }

  private Set<String> trained() {
    Set<String> names = new LinkedHashSet<>();
    graph
        .variables()
        .forEach(
            v -> {
              if (v.getVariableType() == VariableType.VARIABLE) {
                names.add(v.name());
              }
            });
    return names;
  }

  /** Puts every gate to an end. */
  private void snap() {
    GraphEditor editor = new GraphEditor(graph, outputs);
    GateReader.gates(graph)
        .forEach(
            (name, gate) -> {
              INDArray old = graph.getVariable(gate.alpha()).getArr();
              int end = settings.linear.contains(name) ? 1 : 0;
              editor.setArray(gate.alpha(), old.ulike().assign(end));
            });
    editor.sweep();
  }

  private List<Merge> merge(Shapes shapes, List<Apart> apart) {
    GraphRuns.Found found = GraphRuns.of(graph, outputs, shapes);
    BiPredicate<Run, Form> worthwhile = (piece, form) -> MergeWriter.isWorthwhile(piece);
    Planning planning =
        new Planning(settings.costs, Set.of(Border.NONE, Border.BIAS), settings.growth, worthwhile);
    RunPlanner planner =
        new RunPlanner(
            planning,
            names ->
                settings.linear.containsAll(names) ? OptionalDouble.of(0) : OptionalDouble.empty());
    GraphEditor editor = new GraphEditor(graph, outputs);
    MergeWriter writer = new MergeWriter(graph, editor, shapes, found);
    List<Merge> merges = new ArrayList<>();
    for (Run run : found.runs()) {
      List<Merge> own = planner.certain().choices(run).get(0).merges();
      own.forEach(merge -> writer.write(merge.piece()));
      merges.addAll(own);
      apart.addAll(WhyApart.in(run, own, planning, settings.linear));
    }
    editor.sweep();
    return List.copyOf(merges);
  }

  /** What is left of the gates becomes a line or an activation. */
  private void drop() {
    GraphEditor editor = new GraphEditor(graph, outputs);
    for (String name : GateReader.gates(graph).keySet()) {
      SameDiffGate gate = GateReader.gates(graph).get(name);
      if (gate == null) {
        continue;
      }
      boolean straight = settings.linear.contains(name);
      String line = GateInsides.line(gate, OpOrder.of(graph, List.of(name)));
      if (!straight || line != null) {
        bypass(editor, name, straight && line != null ? line : gate.activated(), true);
      } else {
        bypass(editor, name, gate.input(), false);
      }
    }
    editor.sweep();
  }

  /**
   * @param named whether the name is rather that of the gate than that of its input
   */
  private void bypass(GraphEditor editor, String name, String input, boolean named) {
    String sum = Objects.requireNonNull(graph.getVariables().get(name)).getOutputOfOp();
    boolean movable = !outputs.contains(input) && editor.isComputed(input);
    if (outputs.contains(name) && !movable) {
      editor.replaceByIdentity(sum, input);
    } else {
      editor.bypass(sum, input, movable && (named || outputs.contains(name)));
    }
  }

  /** What could not be undone: losses, listeners, updaters of what is gone. */
  private void finish(Set<String> trained) {
    List<String> losses = new ArrayList<>(graph.getLossVariables());
    if (losses.removeAll(penalties)) {
      graph.setLossVariables(losses.toArray(String[]::new));
    }
    graph.getListeners().removeIf(GateTraining.class::isInstance);
    Set<String> gone = new LinkedHashSet<>(trained);
    gone.removeIf(graph::hasVariable);
    GraphEditor.forgetUpdaters(graph, gone);
  }
}
