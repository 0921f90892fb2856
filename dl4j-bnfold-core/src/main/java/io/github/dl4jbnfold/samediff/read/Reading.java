package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.ChannelMap;
import io.github.dl4jbnfold.graph.ChannelMap.Direction;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Refusal;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.Wall;
import io.github.dl4jbnfold.samediff.read.SameDiffReading.View;
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
  private final Graph.Builder builder = new Graph.Builder();
  private final List<Operator> operators = new ArrayList<>();
  private final Map<Operator, Binding> bindings = new HashMap<>();
  private final Map<String, View> views = new HashMap<>();
  private final Map<String, Map<Layout, Tensor>> adapted = new HashMap<>();
  private final Map<String, String> wallOf = new HashMap<>();
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
    View view = views.get(variable);
    return view == null ? null : view.layout();
  }

  /** The variable as a tensor with the given channels. */
  Tensor input(String variable, Layout wanted) {
    View view = views.get(variable);
    if (view != null && view.layout().equals(wanted)) {
      return view.tensor();
    }
    return adapted
        .computeIfAbsent(variable, v -> new HashMap<>())
        .computeIfAbsent(wanted, layout -> adapt(variable, view, layout));
  }

  private Tensor adapt(String variable, @Nullable View view, Layout wanted) {
    Tensor result = builder.tensor(variable, wanted.channels());
    if (view == null) {
      String kind = wallOf.getOrDefault(variable, Wall.INPUT);
      operators.add(new Wall(variable, kind, List.of(), List.of(result)));
      return result;
    }
    int[] refined = wanted.refines(view.layout());
    int[] coarsened = refined == null ? view.layout().refines(wanted) : null;
    if (refined != null) {
      operators.add(
          new ChannelMap(
              variable, "reshape", view.tensor(), result, Direction.OUTPUT_TO_INPUT, refined));
    } else if (coarsened != null) {
      operators.add(
          new ChannelMap(
              variable, "reshape", view.tensor(), result, Direction.INPUT_TO_OUTPUT, coarsened));
    } else {
      operators.add(
          new Wall(
              variable, "change of the channel axis", List.of(view.tensor()), List.of(result)));
    }
    return result;
  }

  /** A variable whose one channel stands beside every channel of the given layout. */
  Tensor broadcast(String variable, Layout wanted) {
    View view = views.get(variable);
    return view == null
        ? input(variable, wanted)
        : adapted
            .computeIfAbsent(variable, v -> new HashMap<>())
            .computeIfAbsent(wanted, layout -> repeat(variable, view.tensor(), layout));
  }

  private Tensor repeat(String variable, Tensor single, Layout wanted) {
    Tensor result = builder.tensor(variable, wanted.channels());
    int[] source = new int[wanted.channels()];
    operators.add(
        new ChannelMap(variable, "broadcast", single, result, Direction.OUTPUT_TO_INPUT, source));
    return result;
  }

  /** The tensor that an operator writes. */
  Tensor output(String variable, Layout layout) {
    Tensor tensor = builder.tensor(variable, layout.channels());
    views.put(variable, new View(tensor, layout));
    return tensor;
  }

  /** A tensor between two steps of one operator of the network. */
  Tensor intermediate(Tensor like) {
    return intermediate(like.name(), like.channels());
  }

  /** A tensor inside one operator of the network. */
  Tensor intermediate(String name, int channels) {
    return builder.tensor(name, channels);
  }

  void add(Operator operator) {
    operators.add(operator);
  }

  void add(Operator operator, Binding binding) {
    operators.add(operator);
    bindings.put(operator, binding);
  }

  void refuse(Refusal refusal) {
    builder.refuse(refusal);
  }

  /** An operator that no gauge passes: its inputs stay what they are, and so do its outputs. */
  void wall(Op op) {
    wallInputs(op, -1);
    op.outputs().forEach(output -> wallOf.put(output, op.type()));
  }

  /** The same behind one input of an operator: no gauge passes what is made of that input. */
  void wallBehind(Op op, int input, Tensor made) {
    wallInputs(op, input);
    operators.add(new Wall(op.label(), op.type(), List.of(made), List.of()));
    op.outputs().forEach(output -> wallOf.put(output, op.type()));
  }

  /** All inputs but one stay what they are, wherever they are read again. */
  void wallInputs(Op op, int except) {
    for (int input = 0; input < op.inputs().size(); input++) {
      View view = views.get(op.input(input));
      if (view != null && input != except) {
        operators.add(new Wall(op.label(), op.type(), List.of(view.tensor()), List.of()));
      }
    }
  }

  /** The finished graph, with its bindings. */
  SameDiffReading finish() {
    for (String output : outputs) {
      List<Tensor> tensors = new ArrayList<>(adapted.getOrDefault(output, Map.of()).values());
      View view = views.get(output);
      if (view != null) {
        tensors.add(view.tensor());
      }
      tensors.forEach(t -> operators.add(new Wall(output, Wall.OUTPUT, List.of(t), List.of())));
    }
    new ArithmeticFusion(operators, bindings).fuse();
    operators.forEach(
        operator -> {
          if (operator instanceof Wall wall && wall.kind().equals(Wall.OUTPUT)) {
            builder.output(wall.inputs().get(0));
          } else {
            builder.add(operator);
          }
        });
    return new SameDiffReading(builder.build(), bindings, constants, views);
  }
}
