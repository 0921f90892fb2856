package io.github.dl4jbnfold.network;

import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.network.read.InputMap;
import io.github.dl4jbnfold.network.read.NeededCopies;
import io.github.dl4jbnfold.network.read.NetworkReader;
import io.github.dl4jbnfold.network.read.NetworkReading;
import io.github.dl4jbnfold.network.read.RunShapes;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.write.NetworkRewriter;
import io.github.dl4jbnfold.plan.Limits;
import io.github.dl4jbnfold.plan.NormalizerStaysException;
import io.github.dl4jbnfold.plan.Objective;
import io.github.dl4jbnfold.plan.Plan;
import io.github.dl4jbnfold.plan.Planner;
import io.github.dl4jbnfold.verify.Agreement;
import io.github.dl4jbnfold.verify.Answers;
import io.github.dl4jbnfold.verify.CheckFailedException;
import io.github.dl4jbnfold.verify.FoldingException;
import io.github.dl4jbnfold.verify.Precision;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;

/** The fold of one network: it is read and planned, then carried out and checked. */
public final class NetworkFolding {
  private static final long SEED = 20250101;
  private static final int EXAMPLES = 2;
  private static final String NOT_PORTABLE =
      "FoldingOptions.portable(false) removes it, with layers of this library in the result.";

  private static final String NOT_PORTABLE_NORMALIZER =
      " FoldingOptions.portable(false) folds it, with layers of this library in the result.";
  private static final String NORMALIZED = "It goes where no normalizer is folded.";

  private final SourceNetwork network;
  private final Settings settings;

  /** Inputs of the network as it is. */
  private final List<NetworkProbe> probes;

  /** The same before the normalizers that are folded: inputs of the folded network. */
  private final List<NetworkProbe> rawProbes;

  private final NetworkReading reading;
  private final Plan plan;
  private final double tolerance;
  private final Precision precision;

  /**
   * What the user wants.
   *
   * @param keep batch normalizations that must stay, by the name of their layer
   * @param tolerance the largest relative error of an output; empty for one by data type
   * @param shapes shapes of inputs, by name
   * @param objective what the plan aims at
   * @param portable whether the result is to consist of DL4J's own layers
   * @param normalizers what is done to inputs before the network sees them and is to be folded into
   *     it, by input
   */
  public record Settings(
      Predicate<String> keep,
      OptionalDouble tolerance,
      Map<String, long[]> shapes,
      Objective objective,
      boolean portable,
      Map<String, DataNormalization> normalizers) {
    Settings withoutNormalizers() {
      return new Settings(keep, tolerance, shapes, objective, portable, Map.of());
    }
  }

  private NetworkFolding(SourceNetwork network, Settings settings) {
    this.network = network;
    this.settings = settings;
    this.precision = Precision.of(network.dataType());
    this.tolerance = settings.tolerance.orElse(precision.tolerance());
    NetworkProbe probe = NetworkProbe.create(network, EXAMPLES, settings.shapes, SEED);
    // Another number of examples: what depends on it is no network that can be checked.
    NetworkProbe other = NetworkProbe.create(network, EXAMPLES + 1, settings.shapes, SEED + 1000);
    Map<String, InputMap> maps = probe.maps(network, settings.normalizers, precision.tolerance());
    this.rawProbes = Stream.of(probe, other).map(p -> p.before(network, maps)).toList();
    this.probes = rawProbes.stream().map(p -> p.behind(network, settings.normalizers)).toList();
    Planned decided = decided(maps);
    this.reading = decided.reading;
    this.plan = explained(decided.plan, maps);
  }

  private Planned decided(Map<String, InputMap> maps) {
    try {
      return planned(settings.portable, maps);
    } catch (NormalizerStaysException e) {
      boolean possible = settings.portable && otherPlan(false, maps).isPresent();
      throw new FoldingException(
          "The normalizer of the input '%s' cannot be folded. %s%s"
              .formatted(e.input(), e.getMessage(), possible ? NOT_PORTABLE_NORMALIZER : ""),
          e);
    }
  }

  /** Another plan; empty if a normalizer cannot go in it. */
  private Optional<Plan> otherPlan(boolean portable, Map<String, InputMap> maps) {
    try {
      return Optional.of(planned(portable, maps).plan);
    } catch (NormalizerStaysException e) {
      return Optional.empty();
    }
  }

  /** The plan with what would let more batch normalizations go. */
  private Plan explained(Plan decided, Map<String, InputMap> maps) {
    Plan explained = decided;
    if (settings.portable && decided.mayGainByRepairs()) {
      explained = comparedWith(explained, otherPlan(false, maps), NOT_PORTABLE);
    }
    if (!maps.isEmpty() && !decided.kept().isEmpty()) {
      explained = comparedWith(explained, otherPlan(settings.portable, Map.of()), NORMALIZED);
    }
    return explained;
  }

  private static Plan comparedWith(Plan plan, Optional<Plan> other, String remedy) {
    return other.map(better -> plan.comparedWith(better, remedy)).orElse(plan);
  }

  private record Planned(NetworkReading reading, Plan plan) {}

  private Planned planned(boolean portable, Map<String, InputMap> maps) {
    NetworkProbe probe = probes.get(0);
    RunShapes shapes = probe.shapes(network, !portable && probe.hasFixedSizes(network));
    Set<String> rigid = new HashSet<>();
    while (true) {
      NetworkReading read = NetworkReader.read(network, shapes, rigid, portable, maps);
      Plan planned =
          Planner.plan(
              read.graph(), Limits.of(precision.unit()), settings.keep, settings.objective);
      if (!rigid.addAll(unfit(read, planned))) {
        return new Planned(read, planned);
      }
    }
  }

  /** What cannot be carried out, and so must be read as it stays. */
  private Set<String> unfit(NetworkReading read, Plan planned) {
    Set<String> unfit = new HashSet<>(NetworkRewriter.splitNumbers(read, planned));
    Set<String> removed = new HashSet<>();
    planned.removedBatchNorms().forEach(norm -> removed.add(norm.name()));
    Set<String> clamped =
        planned.repaired().stream().map(Operator::name).collect(Collectors.toSet());
    NeededCopies.among(network, removed, clamped).ifPresent(unfit::add);
    return unfit;
  }

  /**
   * Reads and plans.
   *
   * @throws FoldingException if the network cannot be run, or a normalizer cannot be folded
   */
  public static NetworkFolding plan(SourceNetwork network, Settings settings) {
    if (settings.objective == Objective.FASTEST) {
      throw new FoldingException(
          "The objective FASTEST measures operators of SameDiff graphs: choose another one for a"
              + " network of layers.");
    }
    return new NetworkFolding(network, settings);
  }

  public Plan plan() {
    return plan;
  }

  /** The names of the classes of this library that the folded network needs to be loaded. */
  public List<String> ownLayers() {
    return NetworkRewriter.ownLayers(network, reading, plan);
  }

  /** A folded network and how far it differs from the original. */
  public record Result(SourceNetwork network, Agreement agreement) {}

  /**
   * Builds the folded network and compares it with the original, which is not changed.
   *
   * @throws CheckFailedException if they differ by more than the tolerance
   */
  public Result apply() {
    List<Map<String, INDArray>> before = probes.stream().map(p -> checked(p, network)).toList();
    double floor = precision.roundingFloor(probes.get(0).largestMagnitude(network), tolerance);
    before.forEach(Answers::requireFinite);
    requireRepeatable(before, floor);
    SourceNetwork folded = NetworkRewriter.rewrite(network, reading, plan);
    List<Map<String, INDArray>> after;
    try {
      after = rerun(folded);
    } catch (FoldingException e) {
      folded = NetworkRewriter.rewriteInSteps(network, reading, plan);
      after = rerun(folded);
    }
    Agreement agreement = Agreement.EXACT;
    for (int i = 0; i < probes.size(); i++) {
      agreement = agreement.and(Agreement.of(before.get(i), after.get(i), floor));
    }
    if (!(agreement.maxRelativeError() <= tolerance)) {
      throw failure(agreement, folded);
    }
    return new Result(folded, agreement);
  }

  /**
   * The outputs, and what a softmax or sigmoid at the end reads: where it saturates, its own output
   * would hide a difference.
   */
  private static Map<String, INDArray> checked(NetworkProbe probe, SourceNetwork of) {
    Map<String, INDArray> checked = new LinkedHashMap<>(probe.outputs(of));
    Unsaturated.of(of)
        .ifPresent(twin -> probe.outputs(twin).forEach((name, y) -> checked.put("raw " + name, y)));
    return checked;
  }

  private List<Map<String, INDArray>> rerun(SourceNetwork folded) {
    try {
      return rawProbes.stream().map(probe -> checked(probe, folded)).toList();
    } catch (RuntimeException e) {
      throw new FoldingException(
          "Deeplearning4j does not run the folded network ("
              + e.getMessage()
              + "); the original has not been changed.",
          e);
    }
  }

  private void requireRepeatable(List<Map<String, INDArray>> before, double floor) {
    for (int i = 0; i < probes.size(); i++) {
      Agreement again = Agreement.of(before.get(i), checked(probes.get(i), network), floor);
      if (!(again.maxRelativeError() <= tolerance)) {
        throw new FoldingException(
            String.format(
                Locale.ROOT,
                "The network as it is gives other outputs for the same inputs in a second run (%.3g"
                    + " relative), so a fold cannot be checked: repair the network, or raise the"
                    + " tolerance.",
                again.maxRelativeError()));
      }
    }
  }

  private CheckFailedException failure(Agreement agreement, SourceNetwork folded) {
    String step =
        FirstDifference.of(
            network, folded, reading, plan, probes.get(0), rawProbes.get(0), tolerance);
    return new CheckFailedException(
        String.format(
            Locale.ROOT,
            "The folded network differs from the original by %.3g relative (tolerance %.3g), first"
                + " at '%s'; the original has not been changed.",
            agreement.maxRelativeError(),
            tolerance,
            step),
        step,
        agreement.maxRelativeError());
  }

  /** The folding of what this one has made, where more batch normalizations can go for it. */
  public Optional<NetworkFolding> next(SourceNetwork folded) {
    boolean joined = !plan.identityTaps().isEmpty() || !plan.merges().isEmpty();
    return joined && !plan.kept().isEmpty()
        ? Optional.of(new NetworkFolding(folded, settings.withoutNormalizers()))
            .filter(next -> !next.plan.removedBatchNorms().isEmpty())
        : Optional.empty();
  }
}
