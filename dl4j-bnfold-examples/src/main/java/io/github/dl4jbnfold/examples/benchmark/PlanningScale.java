package io.github.dl4jbnfold.examples.benchmark;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.measure.PairTimes;
import io.github.dl4jbnfold.plan.Limits;
import io.github.dl4jbnfold.plan.Objective;
import io.github.dl4jbnfold.plan.Plan;
import io.github.dl4jbnfold.plan.Planner;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.samediff.read.SameDiffReader;
import io.github.dl4jbnfold.samediff.read.SameDiffReading;
import io.github.dl4jbnfold.samediff.read.Shapes;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How the time of a fold grows with the number of batch normalizations: chains and residual
 * networks of 100, 1,000 and 10,000, with few channels and random parameters, as a Markdown table.
 * Planning is to grow no faster than the network; the last rows give the ratio of the two largest
 * sizes.
 *
 * <pre>{@code
 * OMP_NUM_THREADS=1 java -cp dl4j-bnfold-examples/target/bnfold.jar \
 *     io.github.dl4jbnfold.examples.benchmark.PlanningScale [SIZE ...]
 * }</pre>
 *
 * <p>The columns: reading the graph, and planning, are this project's own; "run" is one run of the
 * graph in ND4J, of which a plan needs two and a fold about six, for shapes and for the check;
 * "plan" and "fold" are the whole calls.
 */
public final class PlanningScale {
  private static final int[] SIZES = {100, 1_000, 10_000};

  private PlanningScale() {}

  /** Seconds of each step. */
  record Row(
      String network,
      int norms,
      int removed,
      double run,
      double reading,
      double planning,
      double plan,
      double fold) {

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "| %s | %,d | %,d | %.3f | %.3f | %.3f | %.3f | %.3f |",
          network,
          norms,
          removed,
          run,
          reading,
          planning,
          plan,
          fold);
    }

    /** How many times longer than a smaller network each step took. */
    String ratio(Row smaller) {
      return String.format(
          Locale.ROOT,
          "| %s, ratio | %.1f | | %.1f | %.1f | %.1f | %.1f | %.1f |",
          network,
          (double) norms / smaller.norms,
          run / smaller.run,
          reading / smaller.reading,
          planning / smaller.planning,
          plan / smaller.plan,
          fold / smaller.fold);
    }
  }

  /** Prints the table; the arguments are other sizes. */
  public static void main(String[] arguments) {
    int[] sizes = SIZES.clone();
    if (arguments.length > 0) {
      sizes = List.of(arguments).stream().mapToInt(Integer::parseInt).toArray();
    }
    // The first networks pay for loading classes and for compiling; they are not shown.
    measure(ScaleNetwork.Kind.CHAIN, 200);
    measure(ScaleNetwork.Kind.RESIDUAL, 200);
    System.out.printf("Seconds, %d thread(s).%n%n", PairTimes.threads());
    System.out.println(
        "| network | batch normalizations | removed | run | reading | planning | plan | fold |");
    System.out.println("|---|---:|---:|---:|---:|---:|---:|---:|");
    for (ScaleNetwork.Kind kind : ScaleNetwork.Kind.values()) {
      Row smaller = null;
      for (int size : sizes) {
        Row row = measure(kind, size);
        System.out.println(row);
        if (smaller != null && size == sizes[sizes.length - 1]) {
          System.out.println(row.ratio(smaller));
        }
        smaller = row;
      }
    }
  }

  static Row measure(ScaleNetwork.Kind kind, int norms) {
    SameDiff graph = ScaleNetwork.of(kind, norms, 1);
    Map<String, INDArray> inputs = Map.of(ScaleNetwork.INPUT, ScaleNetwork.input());
    Timed<Map<String, INDArray>> run = Timed.of(() -> graph.output(inputs, ScaleNetwork.OUTPUT));
    Shapes shapes = shapes(graph);
    Timed<SameDiffReading> reading =
        Timed.of(() -> SameDiffReader.read(graph, Set.of(ScaleNetwork.OUTPUT), shapes));
    Timed<Plan> planning =
        Timed.of(
            () ->
                Planner.plan(
                    reading.result.graph(),
                    Limits.FLOAT64,
                    name -> false,
                    Objective.NO_NEW_OPERATORS));
    Timed<FoldReport> plan =
        Timed.of(() -> BatchNormFolding.plan(graph, FoldingOptions.defaults()));
    Timed<FoldReport> fold =
        Timed.of(() -> BatchNormFolding.fold(graph, FoldingOptions.defaults()));
    return new Row(
        kind.toString().toLowerCase(Locale.ROOT),
        norms,
        planning.result.removedBatchNorms().size(),
        run.seconds,
        reading.seconds,
        planning.seconds,
        plan.seconds,
        fold.seconds);
  }

  /** Every activation of these networks has the shape of the input. */
  private static Shapes shapes(SameDiff graph) {
    Map<String, long[]> shapes = new HashMap<>();
    graph
        .getOps()
        .values()
        .forEach(
            op ->
                op.getOutputsOfOp()
                    .forEach(name -> shapes.put(name, ScaleNetwork.input().shape())));
    shapes.put(ScaleNetwork.INPUT, ScaleNetwork.input().shape());
    return new Shapes(shapes, shapes, true);
  }

  private record Timed<T>(T result, double seconds) {
    static <T> Timed<T> of(Supplier<T> job) {
      long start = System.nanoTime();
      T result = job.get();
      return new Timed<>(result, (System.nanoTime() - start) / 1e9);
    }
  }
}
