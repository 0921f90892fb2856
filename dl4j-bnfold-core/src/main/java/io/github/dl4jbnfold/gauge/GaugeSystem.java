package io.github.dl4jbnfold.gauge;

import io.github.dl4jbnfold.gauge.Constraint.Channel;
import io.github.dl4jbnfold.gauge.ScaleForest.Outcome;
import io.github.dl4jbnfold.graph.Demands;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Slice;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The joint system of all demands: scales and shifts of every channel of every tensor. Demands are
 * added operator by operator; a group that cannot hold is refused as a whole, with a proof, and
 * leaves the system as it was.
 */
public final class GaugeSystem {
  private final Cells cells;
  private final ScaleForest scales;
  private final ShiftSystem shifts;
  private final List<Demand> log = new ArrayList<>();
  private final List<List<Demand>> demandsAt = new ArrayList<>();
  private final Graph graph;

  /**
   * @param everyDemand states every demand that may be made of this system later
   * @param preference of a tensor: the higher, the rather it takes a shift that several could take
   */
  public GaugeSystem(Graph graph, Consumer<Demands> everyDemand, ToIntFunction<Tensor> preference) {
    this.graph = graph;
    cells = Cells.cut(graph, everyDemand);
    scales = new ScaleForest(cells.count());
    shifts = new ShiftSystem(scales, cell -> preference.applyAsInt(cells.tensor(cell)));
    for (int cell = 0; cell < cells.count(); cell++) {
      demandsAt.add(new ArrayList<>());
    }
  }

  /** A point to return to. */
  public record Mark(int scales, int shifts, int demands) {}

  public Mark mark() {
    return new Mark(scales.mark(), shifts.mark(), log.size());
  }

  /** Forgets all demands made after the mark. */
  public void rollback(Mark mark) {
    scales.rollback(mark.scales);
    shifts.rollback(mark.shifts);
    while (log.size() > mark.demands) {
      Demand last = log.remove(log.size() - 1);
      last.cells().forEach(cell -> demandsAt.get(cell).remove(demandsAt.get(cell).size() - 1));
    }
  }

  /**
   * Adds demands of one operator, all or none.
   *
   * @return why they cannot hold with those added before; empty if they were added
   */
  public Optional<Conflict> add(Operator operator, Consumer<Demands> demands) {
    Mark mark = mark();
    Collector collector = new Collector(operator);
    demands.accept(collector);
    if (collector.failure == null) {
      return Optional.empty();
    }
    Conflict conflict = explain(collector.failure);
    rollback(mark);
    return Optional.of(conflict);
  }

  /** As {@link #add}, without the reason for a refusal. */
  public boolean offer(Operator operator, Consumer<Demands> demands) {
    Mark mark = mark();
    Collector collector = new Collector(operator);
    demands.accept(collector);
    if (collector.failure != null) {
      rollback(mark);
    }
    return collector.failure == null;
  }

  /** Which class each cell belongs to at this moment; for {@link #solve}. */
  public int[] classes() {
    int[] roots = new int[cells.count()];
    Arrays.setAll(roots, scales::root);
    return roots;
  }

  /**
   * One solution: free scales are chosen so that many tensors stay as they are, free shifts are 0.
   *
   * @param groups {@link #classes()} before any removal: of each final class, the group that is
   *     read most keeps scale 1
   */
  public Gauges solve(int[] groups) {
    return new GaugeSolution(graph, cells, scales, shifts).solve(groups);
  }

  private record Failure(Demand demand, int offset, Conflict.Kind kind) {}

  private Conflict explain(Failure failure) {
    int offset = failure.offset;
    Map<Channel, Integer> cellOf = new LinkedHashMap<>();
    Explainer explainer =
        new Explainer(
            channel -> {
              int cell = cellOf.computeIfAbsent(channel, this::cell);
              return demandsAt.get(cell).stream().map(d -> d.at(offset, cells)).toList();
            });
    int cell = failure.demand.cells().get(0);
    List<Constraint> proof = explainer.explain(List.of(failure.demand.at(offset, cells)));
    boolean signs = proof.stream().anyMatch(Constraint.PositiveScale.class::isInstance);
    Conflict.Kind kind =
        signs && failure.kind == Conflict.Kind.SCALE ? Conflict.Kind.SIGN : failure.kind;
    return new Conflict(kind, cells.tensor(cell).name(), cells.start(cell) + offset, proof);
  }

  private int cell(Channel channel) {
    return cells.containing(channel.tensorId(), channel.index());
  }

  /** A demand on whole cells, as it was made. */
  private sealed interface Demand {
    List<Integer> cells();

    Constraint at(int offset, Cells cells);

    record Ratio(Operator operator, int x, double @Nullable [] factor, int y) implements Demand {
      @Override
      public List<Integer> cells() {
        return List.of(x, y);
      }

      @Override
      public Constraint at(int offset, Cells cells) {
        return new Constraint.ScaleRatio(
            operator,
            cells.channel(x, offset),
            Vectors.at(factor, offset),
            cells.channel(y, offset));
      }
    }

    record Unit(Operator operator, int x) implements Demand {
      @Override
      public List<Integer> cells() {
        return List.of(x);
      }

      @Override
      public Constraint at(int offset, Cells cells) {
        return new Constraint.UnitScale(operator, cells.channel(x, offset));
      }
    }

    record Positive(Operator operator, int x) implements Demand {
      @Override
      public List<Integer> cells() {
        return List.of(x);
      }

      @Override
      public Constraint at(int offset, Cells cells) {
        return new Constraint.PositiveScale(operator, cells.channel(x, offset));
      }
    }

    record Equation(
        Operator operator,
        List<Integer> cells,
        List<Double> coefficients,
        double @Nullable [] rhs,
        int reference)
        implements Demand {
      @Override
      public Constraint at(int offset, Cells all) {
        return new Constraint.ShiftEquation(
            operator,
            cells.stream().map(cell -> all.channel(cell, offset)).toList(),
            coefficients,
            rhs == null ? 0 : rhs[offset],
            all.channel(reference, offset));
      }
    }
  }

  /** Adds the demands of one operator until the first that fails. */
  private final class Collector implements Demands {
    private final Operator operator;
    @Nullable Failure failure;

    Collector(Operator operator) {
      this.operator = operator;
    }

    private void record(Demand demand, Outcome outcome) {
      log.add(demand);
      demand.cells().forEach(cell -> demandsAt.get(cell).add(demand));
      if (!outcome.holds()) {
        failure = new Failure(demand, outcome.channel(), outcome.kind());
      }
    }

    @Override
    public void sameScale(Slice x, Slice y) {
      ratio(x, null, y);
    }

    @Override
    public void scaleRatio(Slice x, double[] factor, Slice y) {
      ratio(x, factor, y);
    }

    private void ratio(Slice x, double @Nullable [] factor, Slice y) {
      int shift = cells.first(y) - cells.first(x);
      for (int cell = cells.first(x); cell < cells.end(x) && failure == null; cell++) {
        int length = cells.length(cell);
        double[] part =
            factor == null
                ? null
                : Vectors.copyOfRange(factor, cells.start(cell) - x.from(), length);
        record(
            new Demand.Ratio(operator, cell, part, cell + shift),
            scales.tie(cell, part, cell + shift, length));
      }
    }

    @Override
    public void unitScale(Slice x) {
      for (int cell = cells.first(x); cell < cells.end(x) && failure == null; cell++) {
        record(new Demand.Unit(operator, cell), scales.fix(cell, cells.length(cell)));
      }
    }

    @Override
    public void positiveScale(Slice x) {
      for (int cell = cells.first(x); cell < cells.end(x) && failure == null; cell++) {
        record(new Demand.Positive(operator, cell), scales.positive(cell, cells.length(cell)));
      }
    }

    @Override
    public void shiftEquation(List<Term> terms) {
      equation(terms, null, terms.get(0).slice());
    }

    @Override
    public void shiftEquation(List<Term> terms, double[] rhs, Slice reference) {
      equation(terms, rhs, reference);
    }

    private void equation(List<Term> terms, double @Nullable [] rhs, Slice reference) {
      int count = cells.end(reference) - cells.first(reference);
      for (int i = 0; i < count && failure == null; i++) {
        int at = cells.first(reference) + i;
        List<Integer> termCells = new ArrayList<>();
        List<Double> coefficients = new ArrayList<>();
        Map<Integer, Double> sum = new LinkedHashMap<>();
        for (Term term : terms) {
          int cell = cells.first(term.slice()) + i;
          termCells.add(cell);
          coefficients.add(term.coefficient());
          sum.merge(cell, term.coefficient(), Double::sum);
        }
        double[] part =
            rhs == null
                ? null
                : Vectors.copyOfRange(rhs, cells.start(at) - reference.from(), cells.length(at));
        record(
            new Demand.Equation(operator, termCells, coefficients, part, at),
            new Outcome(shifts.add(sum, part, at), Conflict.Kind.SHIFT));
      }
    }
  }
}
