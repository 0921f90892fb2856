package io.github.dl4jbnfold.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.dl4jbnfold.gauge.Constraint;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.graph.Repairable;
import io.github.dl4jbnfold.plan.IdentityTap;
import io.github.dl4jbnfold.plan.Plan;
import io.github.dl4jbnfold.plan.PointMerge;
import java.util.ArrayList;
import java.util.List;

/**
 * What a fold did, or would do.
 *
 * @param applied whether the network was rewritten; false for a plan alone
 * @param batchNorms how many batch normalizations the network had
 * @param removed the names of those that are gone
 * @param reduced the names of those that have become an addition: their scale is gone
 * @param mostRemovable no fold with the same options removes more than so many: if it is the number
 *     of those removed, that is proved to be the maximum among all folds in which each operator
 *     that stays meets its demand (docs/operators.md)
 * @param merged of these, the names of those that a batch normalization that stays has absorbed
 * @param repairs the operators that were replaced or extended to make it possible
 * @param layers the classes of this library that a network of Deeplearning4j needs afterwards to be
 *     loaded; empty if it consists of Deeplearning4j's own layers
 * @param rawInputs the inputs that the network takes as they were before their normalizers, which
 *     are in its weights
 * @param kept those that stay
 * @param outputs the variables whose values were preserved
 * @param operatorsBefore operators of the network before
 * @param operatorsAfter operators after; as before for a plan alone
 * @param parametersBefore elements of all weights and constants before
 * @param parametersAfter elements after; as before for a plan alone
 * @param maxAbsoluteError largest difference of an output element between before and after
 * @param maxRelativeError the same, relative to the largest magnitude of the output
 * @param seconds time of the whole fold, the check included
 */
public record FoldReport(
    boolean applied,
    int batchNorms,
    List<String> removed,
    List<String> reduced,
    int mostRemovable,
    List<String> merged,
    List<RepairedOperator> repairs,
    List<String> layers,
    List<String> rawInputs,
    List<KeptNorm> kept,
    List<String> outputs,
    int operatorsBefore,
    int operatorsAfter,
    long parametersBefore,
    long parametersAfter,
    double maxAbsoluteError,
    double maxRelativeError,
    double seconds) {
  /** Copies the lists. */
  public FoldReport {
    removed = List.copyOf(removed);
    reduced = List.copyOf(reduced);
    merged = List.copyOf(merged);
    repairs = List.copyOf(repairs);
    layers = List.copyOf(layers);
    rawInputs = List.copyOf(rawInputs);
    kept = List.copyOf(kept);
    outputs = List.copyOf(outputs);
  }

  /**
   * A batch normalization that stays.
   *
   * @param detail the constraint that forbids its removal
   * @param remedy what would lift it
   * @param constraints a smallest set of constraints that cannot hold together: each is needed;
   *     empty where the reason is not a conflict
   */
  public record KeptNorm(
      String name, Reason reason, String detail, String remedy, List<NormConstraint> constraints) {
    /** Copies the list. */
    public KeptNorm {
      constraints = List.copyOf(constraints);
    }
  }

  /**
   * One demand of one operator on the scales and shifts of single channels.
   *
   * @param operator the operator that makes it
   * @param kind what the operator is: "convolution", "ReLU", "requested output"
   * @param channels the channels it speaks of, as tensor[index]
   * @param demand the demand as an equation or inequality
   */
  public record NormConstraint(String operator, String kind, List<String> channels, String demand) {
    /** Copies the list. */
    public NormConstraint {
      channels = List.copyOf(channels);
    }

    static NormConstraint of(Constraint constraint) {
      return new NormConstraint(
          constraint.operator().name(),
          constraint.operator().kind(),
          constraint.channels().stream().map(Constraint.Channel::toString).toList(),
          constraint.toString());
    }
  }

  /**
   * An operator that did not stay what it was.
   *
   * @param operator its name
   * @param kind what it is: "ReLU", "convolution"
   * @param repair CLAMP: it became bounds with one constant per channel; ONES_CHANNEL: it reads one
   *     more channel that is constantly 1; PAD_VALUE: it pads with another value than 0;
   *     BORDER_MAP: what zero padding leaves out is added as a constant map; IDENTITY_TAP: a
   *     convolution took over the batch normalization beside it
   */
  public record RepairedOperator(String operator, String kind, String repair) {}

  private static List<RepairedOperator> repairs(Plan plan) {
    List<RepairedOperator> repairs = new ArrayList<>();
    plan.repaired()
        .forEach(o -> repairs.add(new RepairedOperator(o.name(), o.kind(), repair(plan, o))));
    plan.identityTaps().values().stream()
        .map(IdentityTap::convolution)
        .distinct()
        .forEach(c -> repairs.add(new RepairedOperator(c.name(), c.kind(), "IDENTITY_TAP")));
    plan.merges().stream()
        .map(PointMerge::point)
        .forEach(c -> repairs.add(new RepairedOperator(c.name(), c.kind(), "POINT_MERGE")));
    return repairs;
  }

  private static String repair(Plan plan, Repairable operator) {
    boolean readsOnes =
        operator.repair() != Repairable.Repair.CLAMP
            && plan.onesChannel(operator.inputs().get(0)).isPresent();
    return readsOnes ? "ONES_CHANNEL" : operator.repair().name();
  }

  /** Size of a network: operators and elements of parameters. */
  public record Size(int operators, long parameters) {}

  /**
   * The part of a report that a plan determines.
   *
   * @param plan what is to be done
   * @param outputs the variables that are preserved
   * @param size of the network as it is
   * @param seconds that planning took
   * @return a report that is not applied; sizes after are those before, errors are 0
   */
  public static FoldReport planned(Plan plan, List<String> outputs, Size size, double seconds) {
    return new FoldReport(
        false,
        plan.batchNorms(),
        plan.removedBatchNorms().stream().map(BatchNorm::name).toList(),
        plan.reduced().stream().map(BatchNorm::name).toList(),
        plan.most(),
        plan.merged().stream().map(BatchNorm::name).toList(),
        repairs(plan),
        List.of(),
        plan.rawInputs(),
        plan.kept().stream()
            .map(
                kept ->
                    new KeptNorm(
                        kept.name(),
                        kept.reason(),
                        kept.detail(),
                        kept.remedy(),
                        kept.proof().stream().map(NormConstraint::of).toList()))
            .toList(),
        outputs,
        size.operators(),
        size.operators(),
        size.parameters(),
        size.parameters(),
        0,
        0,
        seconds);
  }

  /**
   * Whether it is proved that no fold with the same options removes more.
   *
   * @return whether {@code removed} has {@code mostRemovable} elements
   */
  @JsonProperty("maximum")
  public boolean isMaximum() {
    return removed.size() == mostRemovable;
  }

  /**
   * The same report after the plan was carried out and checked.
   *
   * @param after of the rewritten network
   * @param absoluteError largest difference of an output element
   * @param relativeError the same by the largest magnitude of its output
   * @param totalSeconds of the fold, planning and the check included
   * @return a report that is applied
   */
  public FoldReport applied(
      Size after, double absoluteError, double relativeError, double totalSeconds) {
    return new FoldReport(
        true,
        batchNorms,
        removed,
        reduced,
        mostRemovable,
        merged,
        repairs,
        layers,
        rawInputs,
        kept,
        outputs,
        operatorsBefore,
        after.operators(),
        parametersBefore,
        after.parameters(),
        absoluteError,
        relativeError,
        totalSeconds);
  }

  /**
   * The same report of a network that needs classes of this library afterwards.
   *
   * @param classes names, with their packages
   * @return a copy with them
   */
  public FoldReport needing(List<String> classes) {
    return new FoldReport(
        applied,
        batchNorms,
        removed,
        reduced,
        mostRemovable,
        merged,
        repairs,
        classes,
        rawInputs,
        kept,
        outputs,
        operatorsBefore,
        operatorsAfter,
        parametersBefore,
        parametersAfter,
        maxAbsoluteError,
        maxRelativeError,
        seconds);
  }

  /**
   * The report of this fold and of another one of its result.
   *
   * @param second of the network that this fold wrote
   * @return of both: what either removed, what the second kept, errors summed
   */
  public FoldReport followedBy(FoldReport second) {
    return new FoldReport(
        second.applied,
        batchNorms,
        joined(removed, second.removed),
        second.reduced,
        removed.size() + second.mostRemovable,
        joined(merged, second.merged),
        joined(repairs, second.repairs),
        second.layers,
        rawInputs,
        second.kept,
        outputs,
        operatorsBefore,
        second.operatorsAfter,
        parametersBefore,
        second.parametersAfter,
        maxAbsoluteError + second.maxAbsoluteError,
        maxRelativeError + second.maxRelativeError,
        second.seconds);
  }

  private static <T> List<T> joined(List<T> first, List<T> second) {
    List<T> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  /**
   * For people at a terminal.
   *
   * @return some lines, each with its end
   */
  public String toText() {
    return TextReport.of(this);
  }

  /**
   * For documents.
   *
   * @return a document with tables
   */
  public String toMarkdown() {
    return MarkdownReport.of(this);
  }

  /**
   * For programs; the field names are those of this record.
   *
   * @return one JSON object, indented
   */
  public String toJson() {
    return Json.of(this);
  }
}
