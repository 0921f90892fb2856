package io.github.dl4jbnfold.samediff.write;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Bound;
import io.github.dl4jbnfold.graph.Combination;
import io.github.dl4jbnfold.graph.ConstantField;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Repairable;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.plan.Plan;
import io.github.dl4jbnfold.plan.PointMerge;
import io.github.dl4jbnfold.rewrite.Clamp;
import io.github.dl4jbnfold.rewrite.Contribution;
import io.github.dl4jbnfold.rewrite.LinearChange;
import io.github.dl4jbnfold.rewrite.LinearChange.Shift;
import io.github.dl4jbnfold.samediff.read.Binding;
import io.github.dl4jbnfold.samediff.read.Binding.ActivationBinding;
import io.github.dl4jbnfold.samediff.read.Binding.ArithmeticBinding;
import io.github.dl4jbnfold.samediff.read.Binding.BatchNormBinding;
import io.github.dl4jbnfold.samediff.read.Binding.BoundBinding;
import io.github.dl4jbnfold.samediff.read.Binding.ChannelConstant;
import io.github.dl4jbnfold.samediff.read.Binding.FieldBinding;
import io.github.dl4jbnfold.samediff.read.Binding.LinearBinding;
import io.github.dl4jbnfold.samediff.read.Binding.PaddingBinding;
import io.github.dl4jbnfold.samediff.read.Binding.RecurrentBinding;
import io.github.dl4jbnfold.samediff.read.Binding.SumBinding;
import io.github.dl4jbnfold.samediff.read.Binding.TableBinding;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.SameDiffReading;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Carries out a plan on a SameDiff graph in place: each linear operator and each kept affine
 * operator is rewritten once, removed operators are bypassed, what is orphaned disappears.
 */
public final class SameDiffRewriter {
  private final SameDiffReading reading;
  private final Plan plan;
  private final GraphEditor editor;
  private final LinearWriter linear;
  private final InputMatrices inputMatrices;
  private final AffineWriter affine;
  private final RepairWriter repairs;
  private final Collection<String> outputs;
  private final Map<Operator, Contribution> taken = new HashMap<>();
  private final Map<Combination, Set<String>> dropped = new HashMap<>();
  private final List<ChannelConstant> superfluous = new ArrayList<>();

  /** From a name that is gone to the name that stands for it. */
  private final Map<String, String> renamed = new HashMap<>();

  private SameDiffRewriter(
      SameDiff graph, SameDiffReading reading, Plan plan, Collection<String> outputs) {
    this.outputs = outputs;
    this.reading = reading;
    this.plan = plan;
    this.editor = new GraphEditor(graph, outputs);
    Parameters parameters =
        new Parameters(graph, reading.constants(), editor, plan.keepsOperators());
    this.linear = new LinearWriter(parameters, editor);
    this.inputMatrices = new InputMatrices(graph, parameters, editor);
    this.affine = new AffineWriter(parameters, editor);
    this.repairs = new RepairWriter(graph, reading.constants(), editor);
  }

  /**
   * Rewrites the graph.
   *
   * @param reading the reading of this graph that was planned
   * @param outputs the variables that are to be preserved; what they do not need is removed
   * @return what is left to do once the result is accepted: starting the updaters of the rewritten
   *     variables anew, which {@link Snapshot} could not undo
   */
  public static Runnable apply(
      SameDiff graph, SameDiffReading reading, Plan plan, Collection<String> outputs) {
    SameDiffRewriter rewriter = new SameDiffRewriter(graph, reading, plan, outputs);
    rewriter.takeOverParallelBranches();
    plan.graph().operators().forEach(rewriter::rewriteParameters);
    rewriter.dropFromSums();
    plan.graph().operators().forEach(rewriter::removeIfPlanned);
    rewriter.editor.sweep();
    return () -> GraphArrays.renewUpdaters(graph, rewriter.editor.changed());
  }

  private void rewriteParameters(Operator operator) {
    Tensor input = operator.inputs().isEmpty() ? null : operator.inputs().get(0);
    Tensor output = operator.outputs().isEmpty() ? null : operator.outputs().get(0);
    Binding binding = reading.binding(operator);
    if (output != null && binding instanceof TableBinding table) {
      rewriteTable(table, gauge(output));
    }
    if (input == null || output == null || binding == null) {
      return;
    }
    Gauge in = gauge(input);
    Gauge out = gauge(output);
    boolean stays =
        !carriesOnes(input)
            && !carriesOnes(output)
            && !taken.containsKey(operator)
            && !plan.reduced().contains(operator);
    if (in.isIdentity() && out.isIdentity() && stays) {
      return;
    }
    if (plan.merges().stream().anyMatch(merge -> merge.point().equals(operator))) {
      return;
    }
    if (operator instanceof Linear weighted && binding instanceof LinearBinding weights) {
      linear.rewrite(weights, change(weighted, in, out));
    } else if (binding instanceof RecurrentBinding recurrent) {
      inputMatrices.rewrite(recurrent, in);
    } else if (operator instanceof ConstantField && binding instanceof FieldBinding field) {
      affine.rewrite(field, in, out);
    } else if (operator instanceof Bound bound && !plan.repaired().contains(bound)) {
      affine.rewrite((BoundBinding) binding, bound, out);
    } else if (operator instanceof BatchNorm norm && plan.reduced().contains(norm)) {
      reduce(norm, in, out);
    } else if (operator instanceof Removable staying && !plan.removed().contains(staying)) {
      rewriteKept(staying, in, out);
    } else if (operator instanceof Repairable repairable && plan.repaired().contains(repairable)) {
      repair(repairable, binding, in, out);
    }
  }

  private void rewriteTable(TableBinding table, Gauge out) {
    if (!out.isIdentity()) {
      affine.rewrite(table, out);
    }
  }

  private boolean carriesOnes(Tensor tensor) {
    return plan.onesChannel(tensor).isPresent();
  }

  private LinearChange change(Linear operator, Gauge in, Gauge out) {
    Shift shift =
        carriesOnes(operator.input())
            ? Shift.ONES_CHANNEL
            : plan.repaired().contains(operator) ? Shift.MAP : Shift.BIAS;
    boolean writesOnes =
        plan.onesChannel(operator.output())
            .filter(ones -> ones.writer().equals(operator))
            .isPresent();
    return new LinearChange(in, out, shift, writesOnes, taken.get(operator));
  }

  private void repair(Repairable operator, Binding binding, Gauge in, Gauge out) {
    boolean ones = carriesOnes(operator.inputs().get(0));
    if (binding instanceof PaddingBinding padding && !ones) {
      repairs.rewrite(padding, out);
    } else if (binding instanceof ActivationBinding activation) {
      Clamp clamp = Clamp.of(operator, in, out);
      repairs.rewrite(activation, ones ? clamp.withFreeChannel() : clamp);
    } else if (binding instanceof BoundBinding bound) {
      repairs.rewrite(bound, Clamp.of(operator, in, out));
    }
  }

  private void reduce(BatchNorm norm, Gauge in, Gauge out) {
    if (reading.binding(norm) instanceof BatchNormBinding binding) {
      affine.reduce(binding, norm, in, out);
    } else if (reading.binding(norm) instanceof ArithmeticBinding binding) {
      superfluous.addAll(affine.reduce(binding, norm, in, out));
    }
  }

  private void rewriteKept(Removable staying, Gauge in, Gauge out) {
    if (reading.binding(staying) instanceof BatchNormBinding binding) {
      affine.rewrite(binding, staying, in, out);
    } else if (reading.binding(staying) instanceof ArithmeticBinding binding) {
      superfluous.addAll(affine.rewrite(binding, staying, in, out));
    }
  }

  private Gauge gauge(Tensor tensor) {
    return plan.gauges().of(tensor);
  }

  private void takeOverParallelBranches() {
    plan.identityTaps()
        .forEach(
            (norm, tap) -> {
              Contribution contribution =
                  Contribution.of(norm, tap.factor(), gauge(norm.input()), gauge(norm.output()));
              taken.merge(tap.convolution(), contribution, Contribution::plus);
            });
    for (PointMerge merge : plan.merges()) {
      Linear point = merge.point();
      if (reading.binding(point) instanceof LinearBinding weights) {
        LinearChange change = change(point, gauge(point.input()), gauge(point.output()));
        taken.merge(
            merge.branch().operator(),
            linear.contribution(weights, change, merge.branch().factor()),
            Contribution::plus);
      }
    }
  }

  private void dropFromSums() {
    plan.identityTaps().forEach((norm, tap) -> drop(tap.sum(), outputOf(norm)));
    plan.merges().forEach(merge -> drop(merge.branch().sum(), merge.addend().name()));
  }

  /** A sum that has lost all its addends is lost to the sum that reads it. */
  private void drop(Combination sum, String addend) {
    Set<String> lost = dropped.computeIfAbsent(sum, s -> new HashSet<>());
    lost.add(addend);
    if (reading.binding(sum) instanceof SumBinding binding) {
      if (lost.size() < sum.inputs().size()) {
        editor.removeInput(binding.op().name(), addend);
      } else if (plan.graph().readers(sum.output()).get(0) instanceof Combination above) {
        drop(above, sum.output().name());
      }
    }
  }

  private String outputOf(BatchNorm norm) {
    return reading.binding(norm) instanceof BatchNormBinding binding
        ? binding.op().output()
        : norm.output().name();
  }

  /** A sum that has lost all its addends but one is no sum any more. */
  private void bypassIfAlone(Combination sum) {
    int lost = dropped.getOrDefault(sum, Set.of()).size();
    if (lost > 0
        && lost == sum.inputs().size() - 1
        && reading.binding(sum) instanceof SumBinding binding) {
      bypass(binding.op(), editor.onlyInput(binding.op().name()), gauge(sum.output()).isIdentity());
    }
  }

  private void removeIfPlanned(Operator operator) {
    if (operator instanceof Combination sum) {
      bypassIfAlone(sum);
    }
    boolean tapped = operator instanceof BatchNorm norm && plan.identityTaps().containsKey(norm);
    if (!(operator instanceof Removable affine) || tapped) {
      return;
    }
    boolean removed = plan.removed().contains(affine);
    boolean unchanged = gauge(affine.output()).isIdentity();
    if (removed && reading.binding(affine) instanceof BatchNormBinding binding) {
      bypass(binding.op(), binding.op().input(0), unchanged);
    } else if (reading.binding(affine) instanceof ArithmeticBinding binding) {
      for (ChannelConstant part : binding.run()) {
        if (removed || superfluous.contains(part)) {
          bypass(part.op(), part.op().input(part.operand()), unchanged);
        }
      }
    }
  }

  /**
   * @param unchanged whether the output of the operator keeps its value: then its name survives
   */
  private void bypass(Op op, String input, boolean unchanged) {
    String current = input;
    while (renamed.containsKey(current)) {
      current = renamed.get(current);
    }
    boolean movable = !outputs.contains(current) && editor.isComputed(current);
    if (outputs.contains(op.output()) && !movable) {
      editor.replaceByIdentity(op.name(), current);
      return;
    }
    boolean keepOutput = movable && (outputs.contains(op.output()) || unchanged);
    editor.bypass(op.name(), current, keepOutput);
    renamed.put(keepOutput ? current : op.output(), keepOutput ? op.output() : current);
  }
}
