package io.github.dl4jbnfold.network.write;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Combination;
import io.github.dl4jbnfold.graph.ConstantMultiply;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Normalizer;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Repairable;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.layers.ClampLayer;
import io.github.dl4jbnfold.layers.MapLayer;
import io.github.dl4jbnfold.layers.PadValueLayer;
import io.github.dl4jbnfold.network.read.Binding;
import io.github.dl4jbnfold.network.read.Binding.ActivationBinding;
import io.github.dl4jbnfold.network.read.Binding.LinearBinding;
import io.github.dl4jbnfold.network.read.Binding.NormBinding;
import io.github.dl4jbnfold.network.read.Binding.NumberBinding;
import io.github.dl4jbnfold.network.read.Binding.PaddingBinding;
import io.github.dl4jbnfold.network.read.Binding.RecurrentBinding;
import io.github.dl4jbnfold.network.read.Binding.SumBinding;
import io.github.dl4jbnfold.network.read.Binding.TableBinding;
import io.github.dl4jbnfold.network.read.NetworkReading;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.plan.Plan;
import io.github.dl4jbnfold.plan.PointMerge;
import io.github.dl4jbnfold.rewrite.AffineRewrite;
import io.github.dl4jbnfold.rewrite.Clamp;
import io.github.dl4jbnfold.rewrite.Contribution;
import io.github.dl4jbnfold.rewrite.LinearChange;
import io.github.dl4jbnfold.rewrite.LinearChange.Shift;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.layers.Layer;

/**
 * Carries out a plan: a new network of the same class, each layer rewritten once from the gauges of
 * what it reads and writes.
 */
public final class NetworkRewriter {
  private final NetworkReading reading;
  private final Plan plan;
  private final NetworkEdit edit;
  private final LinearLayers linear;
  private final RepairLayers repairs;
  private final TableLayers tables;
  private final NormLayers norms;
  private final Map<Operator, Contribution> taken = new HashMap<>();
  private final Map<Combination, Set<String>> dropped = new HashMap<>();

  private NetworkRewriter(
      SourceNetwork network, NetworkReading reading, Plan plan, boolean keepsSteps) {
    this.reading = reading;
    this.plan = plan;
    this.edit = new NetworkEdit(network, keepsSteps);
    this.repairs = new RepairLayers(edit);
    this.linear = new LinearLayers(network, edit, repairs);
    this.tables = new TableLayers(network, edit);
    this.norms = new NormLayers(network, edit);
  }

  /** The network that the plan makes of another one, which is not changed. */
  public static SourceNetwork rewrite(SourceNetwork network, NetworkReading reading, Plan plan) {
    return rewrite(network, reading, plan, false);
  }

  /**
   * The same with the steps of the original: what is removed leaves one behind that does nothing.
   * Whether Deeplearning4j's workspaces bear a graph with several outputs is a matter of the number
   * and order of its vertices.
   */
  public static SourceNetwork rewriteInSteps(
      SourceNetwork network, NetworkReading reading, Plan plan) {
    return rewrite(network, reading, plan, true);
  }

  private static SourceNetwork rewrite(
      SourceNetwork network, NetworkReading reading, Plan plan, boolean keepsSteps) {
    NetworkRewriter rewriter = new NetworkRewriter(network, reading, plan, keepsSteps);
    rewriter.takeOverParallelBranches();
    plan.graph().operators().forEach(rewriter::rewriteParameters);
    rewriter.dropFromSums();
    plan.graph().operators().forEach(rewriter::removeIfPlanned);
    return rewriter.edit.build();
  }

  /**
   * The names of the classes of this library that the network needs after the plan, those that it
   * needed before included.
   */
  public static List<String> ownLayers(SourceNetwork network, NetworkReading reading, Plan plan) {
    Set<Class<?>> needed = new HashSet<>();
    network.structure().steps().forEach(step -> needed.add(layerClass(step)));
    for (Repairable operator : plan.repaired()) {
      boolean ones = plan.onesChannel(operator.inputs().get(0)).isPresent();
      Binding binding = reading.binding(operator);
      if (binding instanceof ActivationBinding) {
        needed.add(ClampLayer.class);
      } else if (binding instanceof LinearBinding && !ones) {
        needed.add(MapLayer.class);
      } else if (binding instanceof PaddingBinding padding && !ones) {
        needed.add(padding.pooled() == null ? PadValueLayer.class : MapLayer.class);
      }
    }
    String own = ClampLayer.class.getPackageName();
    return needed.stream()
        .filter(type -> type.getPackageName().equals(own))
        .map(Class::getName)
        .sorted()
        .toList();
  }

  private static Class<?> layerClass(Step step) {
    Layer layer = step.layer();
    return layer == null ? Object.class : layer.getClass();
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
    } else if (operator instanceof Repairable repairable && plan.repaired().contains(repairable)) {
      repair(repairable, binding);
    }
  }

  private void repair(Repairable operator, Binding binding) {
    boolean ones = carriesOnes(operator.inputs().get(0));
    Gauge out = gauge(operator.outputs().get(0));
    if (binding instanceof ActivationBinding activation) {
      Clamp clamp = Clamp.of(operator, gauge(operator.inputs().get(0)), out);
      repairs.clamp(activation, ones ? clamp.withFreeChannel() : clamp);
    } else if (binding instanceof PaddingBinding padding && !ones) {
      repairs.pad(padding, out);
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
    Shift shift =
        carriesOnes(operator.input())
            ? Shift.ONES_CHANNEL
            : plan.repaired().contains(operator) ? Shift.MAP : Shift.BIAS;
    return new LinearChange(
        gauge(operator.input()), gauge(operator.output()), shift, writesOnes, taken.get(operator));
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
    boolean inside = !(operator instanceof Normalizer);
    if (inside
        && operator instanceof Removable affine
        && plan.removed().contains(affine)
        && !tapped) {
      edit.drop(affine.name());
    }
  }
}
