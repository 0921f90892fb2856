package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.ConstantAdd;
import io.github.dl4jbnfold.graph.ConstantMultiply;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.samediff.read.Binding.ArithmeticBinding;
import io.github.dl4jbnfold.samediff.read.Binding.ChannelConstant;
import io.github.dl4jbnfold.samediff.read.Binding.LinearBinding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recognises arithmetic that is one operator in other words: a run of multiplications and additions
 * of constants is a batch normalization, an addition after a linear operator that takes no bias is
 * its bias.
 */
final class ArithmeticFusion {
  private final List<Operator> operators;
  private final Map<Operator, Binding> bindings;
  private final Map<Tensor, List<Operator>> readers = new HashMap<>();
  private final Map<Tensor, Operator> producers = new HashMap<>();

  ArithmeticFusion(List<Operator> operators, Map<Operator, Binding> bindings) {
    this.operators = operators;
    this.bindings = bindings;
    for (Operator operator : operators) {
      for (Tensor input : operator.inputs()) {
        readers.computeIfAbsent(input, t -> new ArrayList<>()).add(operator);
      }
      operator.outputs().forEach(output -> producers.put(output, operator));
    }
  }

  void fuse() {
    Map<Operator, @Nullable Operator> replacements = new HashMap<>();
    for (Operator operator : operators) {
      if (isArithmetic(operator) && !replacements.containsKey(operator)) {
        fuseRun(run((Removable) operator), replacements);
      }
    }
    for (Operator operator : operators) {
      if (operator instanceof Linear linear && linear.bias() == Linear.BiasSlot.NEEDS_OPERATOR) {
        fuseBias(linear, replacements);
      }
    }
    ListIterator<Operator> at = operators.listIterator();
    while (at.hasNext()) {
      Operator operator = at.next();
      if (replacements.containsKey(operator)) {
        Operator replacement = replacements.get(operator);
        if (replacement == null) {
          at.remove();
        } else {
          at.set(replacement);
        }
      }
    }
  }

  private static boolean isArithmetic(Operator operator) {
    return operator instanceof ConstantMultiply || operator instanceof ConstantAdd;
  }

  private @Nullable Operator onlyReader(Tensor tensor) {
    List<Operator> all = readers.getOrDefault(tensor, List.of());
    return all.size() == 1 ? all.get(0) : null;
  }

  private List<Removable> run(Removable first) {
    List<Removable> run = new ArrayList<>(List.of(first));
    Operator next = onlyReader(first.output());
    while (next != null && isArithmetic(next)) {
      Removable affine = (Removable) next;
      run.add(affine);
      next = onlyReader(affine.output());
    }
    return run;
  }

  private static boolean isBatchNorm(List<Removable> run) {
    return run.stream().anyMatch(ConstantMultiply.class::isInstance)
        && run.stream().anyMatch(ConstantAdd.class::isInstance);
  }

  /** Whether a run starts with the bias of the operator before it. */
  private boolean startsWithBias(List<Removable> run) {
    return run.get(0) instanceof ConstantAdd addition
        && !addition.isNumber()
        && producers.get(addition.input()) instanceof Linear linear
        && linear.bias() == Linear.BiasSlot.NEEDS_OPERATOR
        && onlyReader(linear.output()) != null;
  }

  private void fuseRun(List<Removable> whole, Map<Operator, @Nullable Operator> replacements) {
    List<Removable> behind = whole.subList(1, whole.size());
    List<Removable> run = startsWithBias(whole) && isBatchNorm(behind) ? behind : whole;
    if (!isBatchNorm(run)) {
      return;
    }
    int channels = run.get(0).input().channels();
    double[] scale = new double[channels];
    double[] shift = new double[channels];
    String name = run.get(0).name();
    List<ChannelConstant> parts = new ArrayList<>();
    for (Removable part : run) {
      boolean first = part == run.get(0);
      for (int i = 0; i < channels; i++) {
        scale[i] = (first ? 1 : scale[i]) * part.scale()[i];
        shift[i] = (first ? 0 : shift[i]) * part.scale()[i] + part.shift()[i];
      }
      name = part instanceof ConstantMultiply ? part.name() : name;
      parts.addAll(((ArithmeticBinding) binding(part)).run());
      replacements.put(part, null);
    }
    Removable last = run.get(run.size() - 1);
    BatchNorm norm =
        new BatchNorm(
            name, run.get(0).input(), last.output(), scale, shift, Carriers.freedom(parts, scale));
    replacements.put(last, norm);
    bindings.put(norm, new ArithmeticBinding(parts));
  }

  private void fuseBias(Linear linear, Map<Operator, @Nullable Operator> replacements) {
    if (onlyReader(linear.output()) instanceof ConstantAdd addition
        && !replacements.containsKey(addition)) {
      Linear biased =
          new Linear(
              linear.name(),
              linear.kind(),
              linear.input(),
              addition.output(),
              linear.border(),
              addition.isNumber() ? Linear.BiasSlot.NUMBER : Linear.BiasSlot.PRESENT,
              linear.abilities(),
              linear.alignment());
      replacements.put(linear, null);
      replacements.put(addition, biased);
      ChannelConstant constant = ((ArithmeticBinding) binding(addition)).run().get(0);
      bindings.put(biased, ((LinearBinding) binding(linear)).withAddition(constant));
    }
  }

  private Binding binding(Operator operator) {
    Binding binding = bindings.get(operator);
    if (binding == null) {
      throw new IllegalStateException("'" + operator.name() + "' has no binding.");
    }
    return binding;
  }
}
