package io.github.dl4jbnfold.samediff.write;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.graph.ConstantField;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.plan.Plan;
import io.github.dl4jbnfold.samediff.read.Binding.ArithmeticBinding;
import io.github.dl4jbnfold.samediff.read.Binding.BatchNormBinding;
import io.github.dl4jbnfold.samediff.read.Binding.ChannelConstant;
import io.github.dl4jbnfold.samediff.read.Binding.FieldBinding;
import io.github.dl4jbnfold.samediff.read.Binding.LinearBinding;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.SameDiffReading;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SameDiff;

/**
 * Carries out a plan on a SameDiff graph in place: each linear operator and each kept affine
 * operator is rewritten once, removed operators are bypassed, what is orphaned disappears.
 */
public final class SameDiffRewriter {
  private final SameDiffReading reading;
  private final Plan plan;
  private final GraphEditor editor;
  private final Parameters parameters;
  private final Collection<String> outputs;
  private final List<ChannelConstant> superfluous = new ArrayList<>();

  /** From a name that is gone to the name that stands for it. */
  private final Map<String, String> renamed = new HashMap<>();

  private SameDiffRewriter(
      SameDiff graph, SameDiffReading reading, Plan plan, Collection<String> outputs) {
    this.outputs = outputs;
    this.reading = reading;
    this.plan = plan;
    this.editor = new GraphEditor(graph, outputs);
    this.parameters = new Parameters(graph, reading.constants(), editor);
  }

  /**
   * Rewrites the graph.
   *
   * @param reading the reading of this graph that was planned
   * @param outputs the variables that are to be preserved; what they do not need is removed
   */
  public static void apply(
      SameDiff graph, SameDiffReading reading, Plan plan, Collection<String> outputs) {
    SameDiffRewriter rewriter = new SameDiffRewriter(graph, reading, plan, outputs);
    plan.graph().operators().forEach(rewriter::rewriteParameters);
    plan.graph().operators().forEach(rewriter::removeIfPlanned);
    rewriter.editor.sweep();
  }

  private void rewriteParameters(Operator operator) {
    if (operator instanceof Linear linear
        && reading.binding(linear) instanceof LinearBinding binding) {
      Gauge in = gauge(linear.input());
      Gauge out = gauge(linear.output());
      if (!in.isIdentity() || !out.isIdentity()) {
        parameters.rewrite(binding, in, out);
      }
    } else if (operator instanceof ConstantField field
        && reading.binding(field) instanceof FieldBinding binding) {
      parameters.rewrite(binding, gauge(field.input()), gauge(field.output()));
    } else if (operator instanceof Removable affine && !plan.removed().contains(affine)) {
      Gauge in = gauge(affine.input());
      Gauge out = gauge(affine.output());
      if (!in.isIdentity() || !out.isIdentity()) {
        rewriteKept(affine, in, out);
      }
    }
  }

  private void rewriteKept(Removable affine, Gauge in, Gauge out) {
    if (reading.binding(affine) instanceof BatchNormBinding binding) {
      parameters.rewrite(binding, affine, in, out);
    } else if (reading.binding(affine) instanceof ArithmeticBinding binding) {
      superfluous.addAll(parameters.rewrite(binding, affine, in, out));
    }
  }

  private Gauge gauge(Tensor tensor) {
    return plan.gauges().of(tensor);
  }

  private void removeIfPlanned(Operator operator) {
    if (!(operator instanceof Removable affine)) {
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
    boolean keepOutput =
        outputs.contains(op.output())
            || (unchanged && !outputs.contains(current) && editor.isComputed(current));
    editor.bypass(op.name(), current, keepOutput);
    renamed.put(keepOutput ? current : op.output(), keepOutput ? op.output() : current);
  }
}
