package io.github.dl4jbnfold.network.write;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Combination;
import io.github.dl4jbnfold.graph.ConstantMultiply;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.network.read.Binding;
import io.github.dl4jbnfold.network.read.Binding.LinearBinding;
import io.github.dl4jbnfold.network.read.Binding.NormBinding;
import io.github.dl4jbnfold.network.read.Binding.NumberBinding;
import io.github.dl4jbnfold.network.read.Binding.RecurrentBinding;
import io.github.dl4jbnfold.network.read.Binding.SumBinding;
import io.github.dl4jbnfold.network.read.Binding.TableBinding;
import io.github.dl4jbnfold.network.read.NetworkReading;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.plan.Plan;
import io.github.dl4jbnfold.plan.PointMerge;
import io.github.dl4jbnfold.rewrite.AffineRewrite;
import io.github.dl4jbnfold.rewrite.Contribution;
import io.github.dl4jbnfold.rewrite.LinearChange;
import io.github.dl4jbnfold.rewrite.LinearChange.Shift;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Carries out a plan: a new network of the same class, each layer rewritten once from the gauges of
 * what it reads and writes.
 */
public final class NetworkRewriter {
  private final NetworkReading reading;
  private final Plan plan;
  private final NetworkEdit edit;
  private final LinearLayers linear;
  private final TableLayers tables;
  private final NormLayers norms;
  private final Map<Operator, Contribution> taken = new HashMap<>();
  private final Map<Combination, Set<String>> dropped = new HashMap<>();

  private NetworkRewriter(SourceNetwork network, NetworkReading reading, Plan plan) {
    this.reading = reading;
    this.plan = plan;
    this.edit = new NetworkEdit(network);
    this.linear = new LinearLayers(network, edit);
    this.tables = new TableLayers(network, edit);
    this.norms = new NormLayers(network, edit);
  }

  /** The network that the plan makes of another one, which is not changed. */
  public static SourceNetwork rewrite(SourceNetwork network, NetworkReading reading, Plan plan) {
    NetworkRewriter rewriter = new NetworkRewriter(network, reading, plan);
    rewriter.takeOverParallelBranches();
    plan.graph().operators().forEach(rewriter::rewriteParameters);
    rewriter.dropFromSums();
    plan.graph().operators().forEach(rewriter::removeIfPlanned);
    return rewriter.edit.build();
  }

  /**
   * The vertices that multiply by, or add, one number for all channels, stay, and would have to go
   * on with several.
   */
  public static Set<String> splitNumbers(NetworkReading reading, Plan plan) {
    Set<String> split = new HashSet<>();
    for (Removable affine : plan.graph().removables()) {
      if (reading.binding(affine) instanceof NumberBinding && !plan.removed().contains(affine)) {
        AffineRewrite rewrite = affine(plan, affine);
        boolean multiplies = affine instanceof ConstantMultiply;
        boolean fits =
            multiplies
                ? isUniform(rewrite.scale()) && isAll(rewrite.shift(), 0)
                : isUniform(rewrite.shift()) && isAll(rewrite.scale(), 1);
        if (!fits) {
          split.add(affine.name());
        }
      }
    }
    return split;
  }

  private static boolean isUniform(double[] values) {
    return isAll(values, values[0]);
  }

  private static boolean isAll(double[] values, double value) {
    return Arrays.stream(values).allMatch(v -> v == value);
  }

  private static AffineRewrite affine(Plan plan, Removable affine) {
    return AffineRewrite.of(
        affine, plan.gauges().of(affine.input()), plan.gauges().of(affine.output()));
  }

  private Gauge gauge(Tensor tensor) {
    return plan.gauges().of(tensor);
  }

  private void rewriteParameters(Operator operator) {
    Binding binding = reading.binding(operator);
    boolean merged = plan.merges().stream().anyMatch(m -> m.point().equals(operator));
    if (binding == null || merged || isUntouched(operator)) {
      return;
    }
    if (operator instanceof Linear weighted && binding instanceof LinearBinding weights) {
      linear.rewrite(weights, change(weighted));
    } else if (operator instanceof Linear weighted && binding instanceof RecurrentBinding input) {
      tables.rewrite(input, gauge(weighted.input()));
    } else if (binding instanceof TableBinding table) {
      tables.rewrite(table, gauge(operator.outputs().get(0)));
    } else if (operator instanceof Removable kept && !plan.removed().contains(kept)) {
      AffineRewrite rewrite = affine(plan, kept);
      if (binding instanceof NormBinding norm) {
        norms.rewrite(norm, rewrite, gauge(kept.input()), gauge(kept.output()));
      } else if (binding instanceof NumberBinding number) {
        tables.rewrite(number, rewrite);
      }
    }
  }

  private boolean isUntouched(Operator operator) {
    boolean identity =
        operator.inputs().stream().allMatch(t -> gauge(t).isIdentity())
            && operator.outputs().stream().allMatch(t -> gauge(t).isIdentity());
    boolean ones =
        operator.inputs().stream().anyMatch(this::carriesOnes)
            || operator.outputs().stream().anyMatch(this::carriesOnes);
    return identity && !ones && !taken.containsKey(operator);
  }

  private boolean carriesOnes(Tensor tensor) {
    return plan.onesChannel(tensor).isPresent();
  }

  private LinearChange change(Linear operator) {
    boolean writesOnes =
        plan.onesChannel(operator.output())
            .filter(ones -> ones.writer().equals(operator))
            .isPresent();
    return new LinearChange(
        gauge(operator.input()),
        gauge(operator.output()),
        carriesOnes(operator.input()) ? Shift.ONES_CHANNEL : Shift.BIAS,
        writesOnes,
        taken.get(operator));
  }

  private void takeOverParallelBranches() {
    plan.identityTaps()
        .forEach(
            (norm, tap) ->
                taken.merge(
                    tap.convolution(),
                    Contribution.of(norm, tap.factor(), gauge(norm.input()), gauge(norm.output())),
                    Contribution::plus));
    for (PointMerge merge : plan.merges()) {
      Linear point = merge.point();
      if (reading.binding(point) instanceof LinearBinding weights) {
        taken.merge(
            merge.branch().operator(),
            linear.contribution(weights, change(point), merge.branch().factor()),
            Contribution::plus);
      }
    }
  }

  private void dropFromSums() {
    plan.identityTaps().forEach((norm, tap) -> drop(tap.sum(), norm.output().name()));
    plan.merges().forEach(merge -> drop(merge.branch().sum(), merge.addend().name()));
  }

  /** A sum that has lost all its addends is lost to the sum that reads it. */
  private void drop(Combination sum, String addend) {
    Set<String> lost = dropped.computeIfAbsent(sum, s -> new HashSet<>());
    lost.add(addend);
    if (lost.size() < sum.inputs().size()) {
      edit.removeInput(sum.name(), addend);
    } else if (plan.graph().readers(sum.output()).get(0) instanceof Combination above) {
      drop(above, sum.output().name());
    }
  }

  private void removeIfPlanned(Operator operator) {
    if (operator instanceof Combination sum && reading.binding(sum) instanceof SumBinding) {
      int lost = dropped.getOrDefault(sum, Set.of()).size();
      if (lost > 0 && lost == sum.inputs().size() - 1) {
        edit.drop(sum.name());
      }
    }
    boolean tapped = operator instanceof BatchNorm norm && plan.identityTaps().containsKey(norm);
    if (operator instanceof Removable affine && plan.removed().contains(affine) && !tapped) {
      edit.drop(affine.name());
    }
  }
}
