package io.github.dl4jbnfold.examples.benchmark;

import io.github.dl4jbnfold.cost.Machine;
import io.github.dl4jbnfold.examples.benchmark.network.PublishedNetwork;
import io.github.dl4jbnfold.examples.measure.InterleavedTimes;
import io.github.dl4jbnfold.examples.measure.InterleavedTimes.Spread;
import io.github.dl4jbnfold.examples.measure.PairTimes;
import io.github.dl4jbnfold.plan.Objective;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What each objective makes of known networks at published depth and width, and how fast that runs,
 * as a Markdown table. The row of the network as it is compares it with a second copy of itself:
 * that is the noise. With one thread, what counts is the processor time of that thread.
 *
 * <pre>{@code
 * OMP_NUM_THREADS=1 java -Xmx2g -Dorg.bytedeco.javacpp.maxbytes=4g \
 *     -Dorg.bytedeco.javacpp.maxphysicalbytes=6g -cp dl4j-bnfold-examples/target/bnfold.jar \
 *     io.github.dl4jbnfold.examples.benchmark.ObjectiveTimes [--size 224] [--rounds 31]
 * }</pre>
 */
@Command(
    name = "ObjectiveTimes",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = "Prints what each objective makes of known networks, and how fast that runs.")
public final class ObjectiveTimes implements Runnable {
  private static final long SEED = 20250101;
  private static final List<Objective> OBJECTIVES = List.of(Objective.values());

  @Option(
      names = "--network",
      paramLabel = "NAME",
      description = "One of ${COMPLETION-CANDIDATES}; repeatable. Default: all.")
  private List<PublishedNetwork> networks = List.of(PublishedNetwork.values());

  @Option(
      names = "--negative",
      paramLabel = "SHARE",
      description = "The share of gammas below 0; repeatable. Default: 0 and 0.5.")
  private List<Double> shares = List.of(0.0, 0.5);

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Height and width of the image. Default: ${DEFAULT-VALUE}.")
  private int size = 224;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "How often each network runs. Default: ${DEFAULT-VALUE}.")
  private int rounds = 31;

  /** Prints the table. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ObjectiveTimes()).execute(arguments));
  }

  @Override
  public void run() {
    PairTimes.preferOneThread();
    System.out.print(header());
    for (PublishedNetwork network : networks) {
      for (double negative : shares) {
        rows(network, negative).forEach(System.out::println);
      }
    }
  }

  String header() {
    return """
    %s; images of %d×%d, batch 1; %d rounds in turns; with one thread, its processor time.

    | network, γ < 0 | objective | BNs removed / reduced / kept | operators | parameters | repairs | fold, s | ms | time, original = 1 (quartiles) |
    |---|---|---|---|---|---|---:|---:|---|
    """
        .formatted(Machine.current(), size, size, rounds);
  }

  /** The rows of one network: as it is, and folded under each objective. */
  List<String> rows(PublishedNetwork network, double negative) {
    String title = String.format(Locale.ROOT, "%s, %.0f %%", network.title(), 100 * negative);
    progress("%s: building", title);
    SameDiff built = network.build(size, negative, SEED);
    List<SameDiff> graphs = new ArrayList<>(List.of(built.dup(), built.dup()));
    List<String> texts = new ArrayList<>();
    for (Objective objective : OBJECTIVES) {
      progress("%s: folding for %s", title, objective);
      ObjectiveFold fold = ObjectiveFold.of(built, PublishedNetwork.OUTPUT, objective, clock());
      graphs.add(fold.network());
      texts.add("| %s | %s | %s".formatted(title, objective, fold.cells()));
    }
    progress("%s: measuring", title);
    // What earlier networks leave behind is freed now, not in the middle of a run.
    System.gc();
    InterleavedTimes times = InterleavedTimes.measure(jobs(graphs), rounds, clock());
    int fastest = 2 + OBJECTIVES.indexOf(Objective.FASTEST);
    List<String> rows = new ArrayList<>();
    rows.add(
        "| %s | as it is | | | | | | %s |".formatted(title, cells(times, 0, times.ratio(1, 0))));
    for (int i = 0; i < texts.size(); i++) {
      rows.add("%s | %s |".formatted(texts.get(i), cells(times, 2 + i, times.ratio(2 + i, 0))));
      progress("  %s / FASTEST: %s", OBJECTIVES.get(i), text(times.ratio(2 + i, fastest)));
    }
    return rows;
  }

  /** Where one thread does all the work, its own time tells more than that on the wall. */
  private static LongSupplier clock() {
    ThreadMXBean bean = ManagementFactory.getThreadMXBean();
    return PairTimes.threads() == 1 && bean.isCurrentThreadCpuTimeSupported()
        ? bean::getCurrentThreadCpuTime
        : System::nanoTime;
  }

  private static String cells(InterleavedTimes times, int job, Spread ratio) {
    return String.format(Locale.ROOT, "%.1f | %s", times.milliseconds(job).median(), text(ratio));
  }

  private static String text(Spread ratio) {
    return String.format(
        Locale.ROOT, "%.3f (%.3f to %.3f)", ratio.median(), ratio.lower(), ratio.upper());
  }

  private List<Runnable> jobs(List<SameDiff> graphs) {
    INDArray image =
        Nd4j.getRandomFactory()
            .getNewRandomInstance(SEED)
            .nextGaussian(new long[] {1, 3, size, size})
            .castTo(DataType.FLOAT);
    Map<String, INDArray> inputs = Map.of(PublishedNetwork.INPUT, image);
    return graphs.stream()
        .<Runnable>map(graph -> () -> graph.output(inputs, PublishedNetwork.OUTPUT))
        .toList();
  }

  private static void progress(String format, Object... values) {
    System.err.println(String.format(Locale.ROOT, format, values));
  }
}
