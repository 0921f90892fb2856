package io.github.dl4jbnfold.samediff;

import io.github.dl4jbnfold.cost.CostTable;
import io.github.dl4jbnfold.plan.Limits;
import io.github.dl4jbnfold.plan.Objective;
import io.github.dl4jbnfold.plan.Plan;
import io.github.dl4jbnfold.plan.Planner;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.OpOrder;
import io.github.dl4jbnfold.samediff.read.SameDiffReader;
import io.github.dl4jbnfold.samediff.read.SameDiffReading;
import io.github.dl4jbnfold.samediff.read.Shapes;
import io.github.dl4jbnfold.samediff.write.PlanCosts;
import io.github.dl4jbnfold.samediff.write.SameDiffRewriter;
import io.github.dl4jbnfold.samediff.write.Snapshot;
import io.github.dl4jbnfold.verify.Agreement;
import io.github.dl4jbnfold.verify.Answers;
import io.github.dl4jbnfold.verify.CheckFailedException;
import io.github.dl4jbnfold.verify.FoldingException;
import io.github.dl4jbnfold.verify.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Probes, reads, plans, rewrites and checks one SameDiff graph. */
public final class SameDiffFolding {
  private static final long SEED = 20250101;
  private static final Set<String> SATURATING = Set.of("softmax", "log_softmax", "sigmoid", "tanh");

  private final SameDiff graph;
  private final Set<String> outputs;
  private final Settings settings;
  private final Probe probe;
  private final Probe otherSizes;
  private final SameDiffReading reading;
  private final Plan plan;
  private final double tolerance;
  private final Precision precision;

  /**
   * What the user wants.
   *
   * @param outputs variables to preserve; empty for those that no operator reads
   * @param keep batch normalizations that must stay, by operator or by the variable written
   * @param tolerance the largest relative error of an output; empty for one by data type
   * @param shapes shapes of placeholders that do not declare them
   * @param objective what the plan aims at
   * @param costs where costs are remembered; empty for the cache folder of the user
   */
  public record Settings(
      List<String> outputs,
      Predicate<String> keep,
      OptionalDouble tolerance,
      Map<String, long[]> shapes,
      Objective objective,
      Optional<Path> costs) {}

  private SameDiffFolding(SameDiff graph, Settings settings) {
    this.graph = graph;
    this.settings = settings;
    this.outputs = GraphOutputs.of(graph, settings.outputs);
    this.precision = narrowest(graph);
    this.tolerance = settings.tolerance.orElse(precision.tolerance());
    this.probe = Probe.create(graph, outputs, settings.shapes, SEED);
    this.otherSizes = probe.ofOtherSizes(graph, SEED + 1);
    Shapes shapes =
        new Shapes(
            probe.shapes(graph),
            otherSizes.shapes(graph),
            otherSizes.changesEveryOpenSizeOf(probe, graph));
    this.reading = SameDiffReader.read(graph, outputs, shapes);
    this.plan =
        settings.objective == Objective.FASTEST
            ? fastest(shapes)
            : Planner.plan(
                reading.graph(), Limits.of(precision.unit()), this::mustStay, settings.objective);
  }

  private Plan fastest(Shapes shapes) {
    CostTable table = settings.costs.map(CostTable::open).orElseGet(CostTable::open);
    PlanCosts costs = new PlanCosts(graph, reading, shapes, table::seconds);
    Plan fastest =
        Planner.fastest(reading.graph(), Limits.of(precision.unit()), this::mustStay, costs);
    table.save();
    return fastest;
  }

  /**
   * Reads and plans; the graph is not changed.
   *
   * @throws io.github.dl4jbnfold.verify.FoldingException if the graph cannot be run or an output
   *     does not exist
   */
  public static SameDiffFolding plan(SameDiff graph, Settings settings) {
    return new SameDiffFolding(graph, settings);
  }

  /** Users name a batch normalization by its operator or by the variable that it writes. */
  private boolean mustStay(String variable) {
    DifferentialFunction producer = graph.getVariableOutputOp(variable);
    return settings.keep.test(variable)
        || (producer != null && settings.keep.test(producer.getOwnName()));
  }

  public Plan plan() {
    return plan;
  }

  /**
   * A folding of the graph as it is after {@link #apply}, where that has joined operators and more
   * batch normalizations can go for it.
   */
  public Optional<SameDiffFolding> next() {
    boolean joined = !plan.identityTaps().isEmpty() || !plan.merges().isEmpty();
    return joined && !plan.kept().isEmpty()
        ? Optional.of(new SameDiffFolding(graph, settings))
            .filter(next -> !next.plan.removedBatchNorms().isEmpty())
        : Optional.empty();
  }

  /** The variables that are preserved. */
  public Set<String> outputs() {
    return outputs;
  }

  /**
   * Rewrites the graph in place and compares it with what it was.
   *
   * @return how far they differ
   * @throws CheckFailedException if they differ by more than the tolerance; the graph is as it was
   */
  public Agreement apply() {
    Agreement agreement = Agreement.EXACT;
    if (plan.removed().isEmpty() && plan.reduced().isEmpty()) {
      return agreement;
    }
    List<Probe> probes = List.of(probe, otherSizes);
    List<Map<String, INDArray>> before = probes.stream().map(p -> p.run(graph, checked())).toList();
    double floor = roundingFloor(probes);
    before.forEach(Answers::requireFinite);
    requireRepeatable(probes, before, floor);
    Snapshot snapshot = Snapshot.of(graph);
    boolean accepted = false;
    Map<String, INDArray> folded = Map.of();
    try {
      Runnable accept = SameDiffRewriter.apply(graph, reading, plan, outputs);
      // Twice each: a session that reuses a buffer too early shows it from its second run on.
      for (int run = 0; run < 2 * probes.size(); run++) {
        int i = run % probes.size();
        agreement = agreement.and(compare(before.get(i), probes.get(i), floor));
      }
      accepted = agreement.maxRelativeError() <= tolerance;
      if (accepted) {
        accept.run();
      } else {
        folded = probe.values(graph);
      }
    } catch (RuntimeException e) {
      throw e instanceof FoldingException known
          ? known
          : new FoldingException(
              "The folded graph does not run (%s); the graph has been restored."
                  .formatted(e.getMessage()),
              e);
    } finally {
      if (!accepted) {
        snapshot.restore();
      }
    }
    if (!accepted) {
      throw failure(agreement, folded);
    }
    return agreement;
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

  private double roundingFloor(List<Probe> probes) {
    double largest = probes.stream().mapToDouble(p -> p.largestMagnitude(graph)).max().orElse(0);
    return precision.roundingFloor(largest, tolerance);
  }

  /** Compares what the graph computes now; besides the outputs only what still has a name. */
  private Agreement compare(Map<String, INDArray> before, Probe same, double floor) {
    Map<String, INDArray> now = same.run(graph, before.keySet());
    Map<String, INDArray> comparable = new LinkedHashMap<>(before);
    comparable.keySet().removeIf(name -> !now.containsKey(name) && !outputs.contains(name));
    return Agreement.of(comparable, now, floor);
  }

  /**
   * Some graphs (a transposition before other operators) come out differently in ND4J every time.
   */
  private void requireRepeatable(
      List<Probe> probes, List<Map<String, INDArray>> before, double floor) {
    for (int i = 0; i < before.size(); i++) {
      Agreement again = compare(before.get(i), probes.get(i), floor);
      if (!(again.maxRelativeError() <= tolerance)) {
        throw new FoldingException(
            String.format(
                Locale.ROOT,
                "The graph as it is gives other outputs for the same inputs in a second run (%.3g"
                    + " relative), so a fold cannot be checked: repair the graph, or raise the"
                    + " tolerance.",
                again.maxRelativeError()));
      }
    }
  }

  private CheckFailedException failure(Agreement agreement, Map<String, INDArray> folded) {
    String operator = firstDifference(OpOrder.of(graph, outputs), probe.values(graph), folded);
    return new CheckFailedException(
        String.format(
            Locale.ROOT,
            "The folded graph differs from the original by %.3g relative (tolerance %.3g), first at"
                + " operator '%s'; the graph has been restored.",
            agreement.maxRelativeError(),
            tolerance,
            operator),
        operator,
        agreement.maxRelativeError());
  }

  private String firstDifference(
      List<Op> order, Map<String, INDArray> original, Map<String, INDArray> folded) {
    for (Op op : order) {
      for (String variable : op.outputs()) {
        INDArray before = original.get(variable);
        INDArray after = folded.get(variable);
        // A channel of ones may have been added, which the original does not have.
        if (before != null
            && after != null
            && before.dataType().isFPType()
            && before.equalShapes(after)) {
          Agreement here = Agreement.of(reading.expected(variable, before, plan.gauges()), after);
          if (!(here.maxRelativeError() <= tolerance)) {
            return op.label();
          }
        }
      }
    }
    return order.get(order.size() - 1).label();
  }

  /** fused_batch_norm computes in 32 bits whatever the type of its input. */
  private static Precision narrowest(SameDiff graph) {
    List<DataType> types = new ArrayList<>();
    graph.variables().forEach(variable -> types.add(variable.dataType()));
    if (graph.getOps().values().stream()
        .anyMatch(op -> op.getOp().opName().equals("fused_batch_norm"))) {
      types.add(DataType.FLOAT);
    }
    return Precision.narrowest(types);
  }
}
