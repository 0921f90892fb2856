package io.github.dl4jbnfold.samediff.write;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.impl.layers.convolution.BatchNorm;

/**
 * The surgery on SameDiff's internal maps, which version 1.0.0-M2.1 offers no public operation for.
 * Arrays are replaced, never written into.
 */
public final class GraphEditor {
  private final SameDiff graph;
  private final Collection<String> outputs;
  private final Set<String> changed = new LinkedHashSet<>();
  private final Map<String, Set<String>> readers = new HashMap<>();
  private final Set<String> unreadBefore = new HashSet<>();
  private final Set<String> known = new HashSet<>();

  /**
   * @param outputs variables that must keep their values: for constants, a reader of its own
   */
  public GraphEditor(SameDiff graph, Collection<String> outputs) {
    this.graph = graph;
    this.outputs = outputs;
    for (SameDiffOp op : graph.getOps().values()) {
      known.add(op.getName());
      for (String input : inputs(op)) {
        readers.computeIfAbsent(input, name -> new LinkedHashSet<>()).add(op.getName());
      }
    }
    for (String name : graph.getVariables().keySet()) {
      if (!readers.containsKey(name)) {
        unreadBefore.add(name);
      }
    }
  }

  static List<String> inputs(SameDiffOp op) {
    return op.getInputsToOp() == null ? List.of() : op.getInputsToOp();
  }

  /** Whether only one input of one operator reads the variable, and the user does not. */
  boolean hasOneReader(String name) {
    Set<String> all = readers.getOrDefault(name, Set.of());
    return !outputs.contains(name)
        && all.size() <= 1
        && all.stream().allMatch(op -> Collections.frequency(inputs(op(op)), name) == 1);
  }

  /** Whether an operator writes the variable. */
  public boolean isComputed(String name) {
    return entry(name).getOutputOfOp() != null;
  }

  /** Gives a constant or variable a new array; an array computed from constants is stored. */
  public void setArray(String name, INDArray array) {
    SDVariable variable = graph.getVariable(name);
    if (variable.getVariableType() == VariableType.ARRAY) {
      detachFromProducer(name, entry(name));
      variable.setVariableType(VariableType.CONSTANT);
    }
    GraphArrays.replaceArray(graph, variable.getVariableType(), name, array);
    changed.add(name);
  }

  private void detachFromProducer(String name, Variable entry) {
    SameDiffOp producer = graph.getOps().get(entry.getOutputOfOp());
    entry.setOutputOfOp(null);
    if (producer == null) {
      return;
    }
    // The operator may have other outputs that stay computed: it writes a spare variable instead.
    int index = producer.getOutputsOfOp().indexOf(name);
    String spare = unusedName(name + "_unread");
    SDVariable replacement =
        new SDVariable(spare, VariableType.ARRAY, graph, null, graph.getVariable(name).dataType());
    graph.getVariables().put(spare, Variable.builder().name(spare).variable(replacement).build());
    writeOutput(producer, index, spare);
  }

  /** A new constant or variable, of the kind that another one has. */
  public String addLike(String like, String base, INDArray array) {
    boolean trainable = graph.getVariable(like).getVariableType() == VariableType.VARIABLE;
    String name = trainable ? addVariable(base, array) : addConstant(base, array);
    changed.add(name);
    return name;
  }

  /** A new variable, with an updater where training was set up. */
  public String addVariable(String base, INDArray array) {
    String name = unusedName(base);
    // SameDiff.var would compare the array with every other one.
    graph.convertToVariable(graph.constant(name, array));
    return name;
  }

  /** A new constant. */
  public String addConstant(String base, INDArray array) {
    String name = unusedName(base);
    graph.constant(name, array);
    return name;
  }

  private String unusedName(String base) {
    String name = base;
    for (int i = 1; graph.hasVariable(name) || graph.getOps().containsKey(name); i++) {
      name = base + "_" + i;
    }
    return name;
  }

  /** Makes an operator read another variable; index one past the last input appends it. */
  public void setInput(String op, int index, String name) {
    SameDiffOp target = op(op);
    List<String> names = new ArrayList<>(target.getInputsToOp());
    String old = index == names.size() ? null : names.get(index);
    if (old == null) {
      names.add(name);
    } else {
      names.set(index, name);
    }
    target.setInputsToOp(names);
    if (old != null && !names.contains(old)) {
      readers.getOrDefault(old, Set.of()).remove(op);
    }
    readers.computeIfAbsent(name, n -> new LinkedHashSet<>()).add(op);
  }

  private String producerOf(String variable) {
    return entry(variable).getOutputOfOp();
  }

  private Variable entry(String name) {
    Variable entry = graph.getVariables().get(name);
    if (entry == null) {
      throw new IllegalStateException("There is no variable '" + name + "'.");
    }
    return entry;
  }

  private SameDiffOp op(String name) {
    SameDiffOp op = graph.getOps().get(name);
    if (op == null) {
      throw new IllegalStateException("There is no operator '" + name + "'.");
    }
    return op;
  }

  /**
   * Removes an operator of one input and one output that has become the identity. Its readers read
   * its input, or its producer writes its output, so that the name that is kept survives.
   *
   * @param keepOutputName whether the name of the output survives, else that of the input
   */
  public void bypass(String op, String input, boolean keepOutputName) {
    SameDiffOp gone = op(op);
    String output = gone.getOutputsOfOp().get(0);
    String kept = keepOutputName ? output : input;
    String dropped = keepOutputName ? input : output;
    graph.getOps().remove(op);
    for (String name : inputs(gone)) {
      readers.getOrDefault(name, Set.of()).remove(op);
    }
    if (keepOutputName) {
      SameDiffOp producer = op(producerOf(input));
      writeOutput(producer, producer.getOutputsOfOp().indexOf(input), output);
    }
    for (String reader : List.copyOf(readers.getOrDefault(dropped, Set.of()))) {
      List<String> names = new ArrayList<>(op(reader).getInputsToOp());
      names.replaceAll(name -> name.equals(dropped) ? kept : name);
      op(reader).setInputsToOp(names);
      readers.computeIfAbsent(kept, name -> new LinkedHashSet<>()).add(reader);
    }
    readers.remove(dropped);
    for (String other : gone.getOutputsOfOp()) {
      if (!other.equals(kept)) {
        graph.getVariables().remove(other);
      }
    }
    if (!keepOutputName) {
      graph.getVariables().remove(output);
    } else {
      graph.getVariables().remove(input);
    }
  }

  /** Makes an operator write another variable; also in the cache that SameDiff executes from. */
  private void writeOutput(SameDiffOp op, int index, String name) {
    List<String> names = new ArrayList<>(op.getOutputsOfOp());
    names.set(index, name);
    SDVariable[] cached = op.getOp().outputVariables();
    op.setOutputsOfOp(names);
    if (index < cached.length) {
      cached[index] = graph.getVariable(name);
    }
    if (op.getOp() instanceof BaseOp single) {
      single.setZVertexId(name);
    }
    entry(name).setOutputOfOp(op.getName());
  }

  /**
   * Puts x + constant between the producer of a variable and its readers; the variable keeps its
   * name and is the sum.
   */
  void insertAddition(String variable, String constant) {
    // A file is read back by names: a variable must not bear the name of another's operator.
    SDVariable sum =
        graph
            .getVariable(variable)
            .add(unusedName(variable + "_unshifted"), graph.getVariable(constant));
    String inner = sum.name();
    String op = producerOf(inner);
    SameDiffOp producer = op(producerOf(variable));
    writeOutput(producer, producer.getOutputsOfOp().indexOf(variable), inner);
    op(op).setInputsToOp(new ArrayList<>(List.of(inner, constant)));
    writeOutput(op(op), 0, variable);
    readers.put(inner, new LinkedHashSet<>(List.of(op)));
    readers.computeIfAbsent(constant, name -> new LinkedHashSet<>()).add(op);
  }

  /**
   * Puts an expression between the producer of a variable and its readers; the variable keeps its
   * name and is the result.
   *
   * @param inner the name that what the producer writes shall have
   * @return the name that it has
   */
  public String insertBehind(String variable, String inner, UnaryOperator<SDVariable> expression) {
    String name = unusedName(inner);
    SDVariable written =
        new SDVariable(
            name, VariableType.ARRAY, graph, null, graph.getVariable(variable).dataType());
    graph.getVariables().put(name, Variable.builder().name(name).variable(written).build());
    SameDiffOp producer = op(producerOf(variable));
    writeOutput(producer, producer.getOutputsOfOp().indexOf(variable), name);
    SDVariable result = expression.apply(written);
    SameDiffOp last = op(producerOf(result.name()));
    writeOutput(last, 0, variable);
    graph.getVariables().remove(result.name());
    adopt(last);
    return name;
  }

  /** Replaces an operator by a sum or a product of its operand and a constant; the output stays. */
  void replaceByArithmetic(String op, String operand, String constant, boolean multiply) {
    SDVariable x = graph.getVariable(operand);
    SDVariable k = graph.getVariable(constant);
    replace(op, multiply ? x.mul(k) : x.add(k));
  }

  /** Replaces a batch normalization by one with gamma and beta; the output stays. */
  void replaceByBatchNorm(String op, List<String> parameters, double epsilon, int axis) {
    List<SDVariable> inputs = parameters.stream().map(graph::getVariable).toList();
    BatchNorm norm =
        new BatchNorm(
            graph,
            inputs.get(0),
            inputs.get(1),
            inputs.get(2),
            inputs.get(3),
            inputs.get(4),
            epsilon,
            new int[] {axis});
    replace(op, norm.outputVariable());
  }

  /** Lets the operator that computes new results write the outputs of an old operator instead. */
  public void replace(String old, SDVariable... results) {
    List<String> outputsOfOld = op(old).getOutputsOfOp();
    SameDiffOp added = op(producerOf(results[0].name()));
    for (String name : inputs(op(old))) {
      readers.getOrDefault(name, Set.of()).remove(old);
    }
    graph.getOps().remove(old);
    String[] names = Arrays.stream(results).map(SDVariable::name).toArray(String[]::new);
    for (int i = 0; i < names.length; i++) {
      writeOutput(added, i, outputsOfOld.get(i));
      graph.getVariables().remove(names[i]);
    }
    adopt(added);
  }

  /** Registers an operator that was made through SameDiff itself, and those before it. */
  private void adopt(SameDiffOp added) {
    Deque<SameDiffOp> pending = new ArrayDeque<>(List.of(added));
    while (!pending.isEmpty()) {
      SameDiffOp op = pending.pop();
      if (!known.add(op.getName())) {
        continue;
      }
      for (String name : inputs(op)) {
        readers.computeIfAbsent(name, n -> new LinkedHashSet<>()).add(op.getName());
        if (isComputed(name)) {
          pending.push(op(producerOf(name)));
        }
      }
    }
  }

  /** Replaces an operator by the identity of a variable, where both names must survive. */
  public void replaceByIdentity(String op, String input) {
    replaceBy(op, input, graph::identity);
  }

  /** Replaces an operator by an expression on its input; the output stays. */
  void replaceBy(String op, String input, UnaryOperator<SDVariable> expression) {
    replace(op, expression.apply(graph.getVariable(input)));
  }

  /** The names of what an operator reads now. */
  public List<String> inputs(String op) {
    return List.copyOf(inputs(op(op)));
  }

  /** The name of the single input that an operator has left. */
  String onlyInput(String op) {
    List<String> names = inputs(op(op));
    if (names.size() != 1) {
      throw new IllegalStateException("'" + op + "' reads " + names + ".");
    }
    return names.get(0);
  }

  /** Drops one input of an operator. */
  void removeInput(String op, String name) {
    List<String> names = new ArrayList<>(op(op).getInputsToOp());
    names.remove(name);
    op(op).setInputsToOp(names);
    if (!names.contains(name)) {
      readers.getOrDefault(name, Set.of()).remove(op);
    }
  }

  /**
   * Removes what no longer serves the outputs: operators that they do not need, and constants and
   * variables that an operator read before and none reads now.
   */
  public void sweep() {
    new GraphSweep(graph, outputs, unreadBefore).run();
    changed.retainAll(graph.getVariables().keySet());
    GraphArrays.invalidate(graph);
  }

  /** Drops what updaters remember of variables that are gone. It cannot be brought back. */
  public static void forgetUpdaters(SameDiff graph, Collection<String> gone) {
    GraphArrays.forgetUpdaters(graph, gone);
  }

  /** The constants and variables that are new or have new values. */
  Set<String> changed() {
    return Set.copyOf(changed);
  }
}
