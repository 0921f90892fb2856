package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.GraphDraft;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Refusal;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.Wall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state of one walk over a SameDiff graph: which tensor stands for which variable, in which
 * layout. Translators ask it for input tensors in the layout they need; it adapts or walls off.
 */
final class Reading {
  private final GraphDraft draft = new GraphDraft();
  private final Map<Operator, Binding> bindings = new HashMap<>();
  private final Map<String, List<Op>> readers = new HashMap<>();
  private final Shapes shapes;
  private final Constants constants;
  private final Set<String> outputs;

  Reading(List<Op> ops, Shapes shapes, Constants constants, Set<String> outputs) {
    for (Op op : ops) {
      op.inputs().forEach(input -> readers.computeIfAbsent(input, v -> new ArrayList<>()).add(op));
    }
    this.shapes = shapes;
    this.constants = constants;
    this.outputs = outputs;
  }

  Constants constants() {
    return constants;
  }

  /** The shape of a variable in the probe run; null if the run did not compute it. */
  long @Nullable [] shape(String variable) {
    return shapes.of(variable);
  }

  /** Whether an axis of a variable has the same size in every run, for certain. */
  boolean isCertain(String variable, int axis) {
    return shapes.isCertain(variable, axis);
  }

  /** Whether the second run could change every open size. */
  boolean isComplete() {
    return shapes.isComplete();
  }

  /** Whether an axis of a variable has the same size in both runs. */
  boolean isFixed(String variable, int axis) {
    return shapes.isFixed(variable, axis);
  }

  /** The shape of a variable if all sizes but the first are the same in every run, else null. */
  Binding.@Nullable Positions positions(String variable, int channelAxis) {
    long[] shape = shape(variable);
    return shape == null || !shapes.hasFixedPositions(variable)
        ? null
        : new Binding.Positions(Arrays.stream(shape).boxed().toList(), channelAxis);
  }

  /** The operators that read a variable. */
  List<Op> readers(String variable) {
    return readers.getOrDefault(variable, List.of());
  }

  /** Whether anything reads the variable, or the user asked for it. */
  boolean isReadOrRequested(String variable) {
    return outputs.contains(variable) || readers.containsKey(variable);
  }

  /** The layout that the producer gave the variable; null if the variable is behind a wall. */
  @Nullable Layout layout(String variable) {
    return draft.layout(variable);
  }

  /** The variable as a tensor with the given channels. */
  Tensor input(String variable, Layout wanted) {
    return draft.input(variable, wanted);
  }

  /** A variable whose one channel stands beside every channel of the given layout. */
  Tensor broadcast(String variable, Layout wanted) {
    return draft.broadcast(variable, wanted);
  }

  /** The tensor that an operator writes. */
  Tensor output(String variable, Layout layout) {
    return draft.output(variable, layout);
  }

  /** A tensor between two steps of one operator of the network. */
  Tensor intermediate(Tensor like) {
    return intermediate(like.name(), like.channels());
  }

  /** A tensor inside one operator of the network. */
  Tensor intermediate(String name, int channels) {
    return draft.intermediate(name, channels);
  }

  void add(Operator operator) {
    draft.add(operator);
  }

  void add(Operator operator, Binding binding) {
    draft.add(operator);
    bindings.put(operator, binding);
  }

  void refuse(Refusal refusal) {
    draft.refuse(refusal);
  }

  /** An operator that no gauge passes: its inputs stay what they are, and so do its outputs. */
  void wall(Op op) {
    wallInputs(op, -1);
    op.outputs().forEach(output -> draft.writtenByWall(output, op.type()));
  }

  /** The same behind one input of an operator: no gauge passes what is made of that input. */
  void wallBehind(Op op, int input, Tensor made) {
    wallInputs(op, input);
    draft.add(new Wall(op.label(), op.type(), List.of(made), List.of()));
    op.outputs().forEach(output -> draft.writtenByWall(output, op.type()));
  }

  /** All inputs but one stay what they are, wherever they are read again. */
  void wallInputs(Op op, int except) {
    for (int input = 0; input < op.inputs().size(); input++) {
      if (input != except) {
        draft.fix(op.input(input), op.label(), op.type());
      }
    }
  }

  /** The finished graph, with its bindings. */
  SameDiffReading finish() {
    draft.request(outputs);
    new ArithmeticFusion(draft.operators(), bindings).fuse();
    return new SameDiffReading(draft.build(), bindings, constants, draft.views());
  }
}
