package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.linearize.merge.Convolution;
import io.github.dl4jbnfold.linearize.merge.Flow;
import io.github.dl4jbnfold.linearize.run.Node;
import io.github.dl4jbnfold.linearize.run.Node.Activation;
import io.github.dl4jbnfold.linearize.run.Node.Addition;
import io.github.dl4jbnfold.linearize.run.Node.Kind;
import io.github.dl4jbnfold.linearize.run.Node.Linear;
import io.github.dl4jbnfold.linearize.run.Node.Wall;
import io.github.dl4jbnfold.linearize.run.Part.Gate;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import io.github.dl4jbnfold.linearize.run.Run;
import io.github.dl4jbnfold.linearize.run.Runs;
import io.github.dl4jbnfold.samediff.read.Constants;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.OpOrder;
import io.github.dl4jbnfold.samediff.read.Shapes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;

/** The runs of a SameDiff graph with gates. A step has the name of the variable that it writes. */
final class GraphRuns {
  private static final Set<String> SUMS = Set.of("add", "mergeadd", "mergesum");
  private static final Set<String> RESHAPES =
      Set.of("reshape", "flatten", "flatten_2d", "squeeze", "expand_dims", "identity");
  private static final long FORTRAN = 'f';

  private final SameDiff graph;
  private final Shapes shapes;
  private final Constants constants;
  private final OperatorSteps steps;
  private final Map<String, SameDiffGate> gates;
  private final Map<String, Flow> flows = new HashMap<>();
  private final Map<String, String> sources = new HashMap<>();
  private final Map<String, String> weights = new HashMap<>();

  private GraphRuns(SameDiff graph, Shapes shapes, List<Op> ops, Set<String> outputs) {
    this.graph = graph;
    this.shapes = shapes;
    this.constants = new Constants(graph, ops);
    this.steps = new OperatorSteps(constants, shapes);
    this.gates = GateInsides.closed(GateReader.gates(graph), ops, outputs);
  }

  /**
   * The runs.
   *
   * @param runs in the order of the graph
   * @param flows what the variables are
   * @param weights a variable or constant among the parameters of a step, by what it writes
   */
  record Found(List<Run> runs, Map<String, Flow> flows, Map<String, String> weights) {}

  static Found of(SameDiff graph, Set<String> outputs, Shapes shapes) {
    List<Op> ops = OpOrder.of(graph, outputs);
    GraphRuns reading = new GraphRuns(graph, shapes, ops, outputs);
    Set<String> inside = GateInsides.of(reading.gates.values(), ops);
    List<Node> nodes = new ArrayList<>();
    for (Op op : ops) {
      boolean computed = op.outputs().stream().anyMatch(reading.constants::isComputed);
      if (!computed && !inside.contains(op.output())) {
        Node node = reading.node(op);
        if (node != null) {
          nodes.add(node);
        }
      }
    }
    List<String> named = outputs.stream().map(reading::source).toList();
    return new Found(
        Runs.of(nodes, named, reading::sizes), reading.flows, Map.copyOf(reading.weights));
  }

  private List<Long> sizes(String tensor) {
    Flow flow = flows.get(tensor);
    return flow == null
        ? List.of()
        : Arrays.stream(flow.sizes(flow.channelAxis())).boxed().toList();
  }

  private String source(String variable) {
    return sources.getOrDefault(variable, variable);
  }

  /** Null for a step that only calls something by another shape. */
  private @Nullable Node node(Op op) {
    SameDiffGate gate = gates.get(op.output());
    if (gate != null) {
      return new Node(gate.name(), List.of(source(gate.input())), activation(gate));
    } else if (RESHAPES.contains(op.type()) && isReshaped(op)) {
      return null;
    }
    int data = steps.data(op);
    Flow flow = op.inputs().isEmpty() || !isFixed(op, data) ? null : input(op, data);
    Unit unit = flow == null ? null : steps.read(op, flow);
    if (unit != null && flow != null && fits(flow.through(unit.form()), op.output())) {
      flows.put(op.output(), flow.through(unit.form()));
      weights.put(op.output(), weight(op, data));
      return new Node(op.output(), List.of(source(op.input(data))), new Linear(unit, false));
    }
    List<String> inputs = op.inputs().stream().map(this::source).toList();
    return new Node(op.output(), inputs, isSum(op) ? new Addition() : new Wall());
  }

  private boolean isFixed(Op op, int data) {
    return op.outputs().size() == 1
        && shapes.hasFixedPositions(op.input(data))
        && shapes.hasFixedPositions(op.output());
  }

  /** The parameter that training moves, if there is one. */
  private String weight(Op op, int data) {
    String found = "";
    for (int i = 0; i < op.inputs().size(); i++) {
      if (i != data) {
        boolean trained = graph.getVariable(op.input(i)).getVariableType() == VariableType.VARIABLE;
        found = trained || found.isEmpty() ? op.input(i) : found;
      }
    }
    return found;
  }

  /** What an operator reads; null where nothing says where the channels are. */
  private @Nullable Flow input(Op op, int data) {
    String variable = op.input(data);
    Flow known = flows.get(variable);
    long[] shape = shapes.of(variable);
    if (known == null && shape != null) {
      int axis = steps.claimedAxis(op, shape);
      if (axis > 0) {
        known = Flow.of(axis, shape);
        flows.put(variable, known);
      }
    }
    return known;
  }

  /** Whether the elements stay in their order and the flow goes on, be it as a vector. */
  private boolean isReshaped(Op op) {
    Flow flow = flows.get(op.input(0));
    long[] out = shapes.of(op.output());
    boolean fortran = Math.abs(op.integer(0, 0)) == FORTRAN && !op.type().equals("identity");
    if (flow == null || out == null || out.length < 2 || fortran || !isFixed(op, 0)) {
      return false;
    }
    List<Long> example = Arrays.stream(out).skip(1).boxed().toList();
    long all = flow.shape().stream().reduce(1L, (a, b) -> a * b);
    Flow written;
    if (example.equals(flow.shape())) {
      written = new Flow(flow.shape(), flow.channelAxis(), false);
    } else if (example.equals(List.of(all))) {
      written = all == flow.channels() ? flow : flow.flattened();
    } else {
      return false;
    }
    flows.put(op.output(), written);
    sources.put(op.output(), source(op.input(0)));
    return true;
  }

  private boolean isSum(Op op) {
    if (!SUMS.contains(op.type()) || op.inputs().size() < 2) {
      return false;
    }
    Flow first = flows.get(op.input(0));
    long[] out = shapes.of(op.output());
    boolean alike =
        first != null
            && !first.flat()
            && out != null
            && op.inputs().stream().allMatch(i -> first.equals(flows.get(i)))
            && op.inputs().stream().allMatch(i -> Arrays.equals(out, shapes.of(i)));
    if (alike && first != null) {
      flows.put(op.output(), first);
    }
    return alike;
  }

  private Kind activation(SameDiffGate gate) {
    Flow flow = flows.get(gate.input());
    long[] shape = shapes.of(gate.input());
    GateLine line = gate.line();
    if (line != null && flow == null && shape != null && line.channelAxis() < shape.length) {
      flow = Flow.of(line.channelAxis(), shape);
      flows.put(gate.input(), flow);
    }
    if (flow == null || shape == null || flow.flat() || !shapes.hasFixedPositions(gate.input())) {
      return new Wall();
    }
    boolean along =
        line == null || line.channelAxis() == ChannelArithmetic.axis(flow, shape.length);
    if (!along) {
      return new Wall();
    }
    flows.put(gate.name(), flow);
    int axes = flow.shape().size() - 1;
    Convolution end =
        line == null
            ? Convolution.identity(flow.channels(), axes)
            : Convolution.diagonal(line.slope(), line.shift(), axes);
    return new Activation(new Gate(gate.name(), end));
  }

  /** Whether the graph writes what the form says, be it as a vector. */
  private boolean fits(Flow written, String variable) {
    long[] shape = shapes.of(variable);
    if (shape == null) {
      return false;
    }
    List<Long> example = Arrays.stream(shape).skip(1).boxed().toList();
    boolean vector = example.equals(List.of((long) written.channels()));
    boolean point = Arrays.stream(written.sizes(written.channelAxis())).allMatch(s -> s == 1);
    return example.equals(written.shape()) || (vector && point);
  }
}
