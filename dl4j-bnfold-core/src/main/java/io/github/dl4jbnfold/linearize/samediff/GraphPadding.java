package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.merge.Flow;
import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Merge;
import io.github.dl4jbnfold.linearize.run.PaddingInFront;
import io.github.dl4jbnfold.linearize.run.PaddingInFront.Margin;
import io.github.dl4jbnfold.linearize.run.Run;
import io.github.dl4jbnfold.linearize.run.RunPlanner;
import io.github.dl4jbnfold.samediff.GraphOutputs;
import io.github.dl4jbnfold.samediff.Probe;
import io.github.dl4jbnfold.samediff.read.Constants;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.OpOrder;
import io.github.dl4jbnfold.samediff.read.Shapes;
import io.github.dl4jbnfold.samediff.write.GraphEditor;
import io.github.dl4jbnfold.samediff.write.Snapshot;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Moves the padding of a gated graph to the front of what may become one operator, before it is
 * trained: then the graph that is trained is the one that merges exactly. At its borders it
 * computes something else than before, and nowhere else.
 */
public final class GraphPadding {
  private final SameDiff graph;
  private final Shapes shapes;
  private final GraphRuns.Found found;
  private final OperatorSteps steps;
  private final Constants constants;
  private final Map<String, Op> producers = new HashMap<>();
  private final GraphEditor editor;

  private GraphPadding(SameDiff graph, Set<String> outputs, Shapes shapes) {
    List<Op> ops = OpOrder.of(graph, outputs);
    ops.forEach(op -> producers.put(op.output(), op));
    this.graph = graph;
    this.shapes = shapes;
    this.found = GraphRuns.of(graph, outputs, shapes);
    this.constants = new Constants(graph, ops);
    this.steps = new OperatorSteps(constants, shapes);
    this.editor = new GraphEditor(graph, outputs);
  }

  /**
   * Moves the padding.
   *
   * @param gates of the graph: padding goes to the front of what is cheapest as one operator when
   *     those that are expected to have become lines
   * @return the variables whose operators pad otherwise now
   * @throws FoldingException if an operator on the way cannot; the graph is as it was
   */
  public static Set<String> moveToFront(
      SameDiff graph, Set<String> gates, GraphFoldingOptions options) {
    Set<String> outputs = new LinkedHashSet<>(GraphOutputs.unread(graph));
    outputs.addAll(GraphOutputs.of(graph, List.of()));
    List<Probe> probes = SameDiffShapes.probes(graph, outputs, options.inputShapes());
    Shapes shapes = SameDiffShapes.of(graph, probes);
    GraphPadding padding = new GraphPadding(graph, outputs, shapes);
    Predicate<String> linear = gate -> gates.contains(gate) && options.expected().test(gate);
    RunPlanner planner =
        new RunPlanner(
            options.planning(),
            names ->
                names.stream().allMatch(linear) ? OptionalDouble.of(0) : OptionalDouble.empty());
    Snapshot snapshot = Snapshot.of(graph);
    boolean accepted = false;
    try {
      Set<String> changed = new LinkedHashSet<>();
      for (Run run : padding.found.runs()) {
        for (Merge merge : planner.choices(run).get(0).merges()) {
          changed.addAll(padding.move(merge.piece()));
        }
      }
      padding.editor.sweep();
      for (Probe probe : probes) {
        probe.run(graph, outputs);
      }
      requireSameShapes(shapes, SameDiffShapes.of(graph, probes), outputs);
      accepted = true;
      return changed;
    } finally {
      if (!accepted) {
        snapshot.restore();
      }
    }
  }

  private static void requireSameShapes(Shapes before, Shapes after, Set<String> outputs) {
    for (String name : outputs) {
      if (!Arrays.equals(before.of(name), after.of(name))) {
        throw new FoldingException(
            "With its padding in front the graph would write '%s' in another shape: leave the gates before it out."
                .formatted(name));
      }
    }
  }

  private Set<String> move(Run piece) {
    PaddingInFront moved = PaddingInFront.of(piece);
    Set<String> changed = new LinkedHashSet<>();
    moved
        .paddings()
        .forEach(
            (name, axes) -> {
              pad(Objects.requireNonNull(producers.get(name)), axes);
              changed.add(name);
            });
    moved
        .crops()
        .forEach(
            (sum, branches) -> {
              Op op = Objects.requireNonNull(producers.get(sum));
              branches.forEach((branch, margins) -> crop(op, branch, margins));
              changed.add(sum);
            });
    return changed;
  }

  private void crop(Op sum, int branch, List<Margin> margins) {
    String input = editor.inputs(sum.name()).get(branch);
    Flow flow = Objects.requireNonNull(found.flows().get(input));
    List<Axis> axes =
        margins.stream().map(m -> Axis.POINT.padded(-m.before(), -m.after())).toList();
    SDVariable cut =
        new GraphConvolutions(graph, flow.channelAxis()).padded(graph.getVariable(input), axes);
    editor.setInput(sum.name(), branch, cut.name());
  }

  /** Lets an operator read its input padded like this. */
  private void pad(Op op, List<Axis> axes) {
    int data = steps.data(op);
    Flow flow = Objects.requireNonNull(found.flows().get(op.input(data)));
    GraphConvolutions convolutions = new GraphConvolutions(graph, flow.channelAxis());
    SDVariable x = graph.getVariable(op.input(data));
    boolean plain = Arrays.equals(shape(op.input(data)), full(flow));
    if (!plain || flow.flat()) {
      throw refused(op);
    }
    switch (op.type()) {
      case "conv1d", "conv2d", "conv3dnew", "depthwise_conv2d" -> {
        int spatial = axes.size();
        if (Windows.weightFormat(op, spatial) != 0) {
          throw refused(op);
        }
        SDVariable bias = op.inputs().size() > 2 ? graph.getVariable(op.input(2)) : null;
        Form form = padded(Objects.requireNonNull(steps.read(op, flow)).form(), axes);
        editor.replace(
            op.name(), convolutions.write(x, graph.getVariable(op.input(1)), bias, form));
      }
      case "pad" -> {
        if (!isSpatial(op, flow)) {
          throw refused(op);
        }
        SDVariable padded = convolutions.padded(x, axes);
        if (padded.name().equals(x.name())) {
          editor.replaceByIdentity(op.name(), x.name());
        } else {
          editor.replace(op.name(), padded);
        }
      }
      default -> {
        Form form = Objects.requireNonNull(steps.read(op, flow)).form();
        if (op.type().equals("strided_slice")
            || form.axes().stream().anyMatch(a -> a.before() != 0 || a.after() != 0)) {
          throw refused(op);
        }
        editor.setInput(op.name(), data, convolutions.padded(x, axes).name());
      }
    }
  }

  private boolean isSpatial(Op pad, Flow flow) {
    INDArray widths = Objects.requireNonNull(constants.array(pad.input(1)));
    return widths.getInt(flow.channelAxis(), 0) == 0 && widths.getInt(flow.channelAxis(), 1) == 0;
  }

  private long[] shape(String variable) {
    long[] shape = Objects.requireNonNull(shapes.of(variable));
    return Arrays.copyOfRange(shape, 1, shape.length);
  }

  private static long[] full(Flow flow) {
    return flow.shape().stream().mapToLong(Long::longValue).toArray();
  }

  private static Form padded(Form form, List<Axis> axes) {
    return new Form(form.inputs(), form.outputs(), form.groups(), axes);
  }

  private static FoldingException refused(Op op) {
    return new FoldingException(
        "The operator '%s' (%s) cannot be padded otherwise: leave the gates around it out."
            .formatted(op.label(), op.type()));
  }
}
