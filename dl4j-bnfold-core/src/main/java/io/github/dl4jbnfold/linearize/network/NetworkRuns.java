package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.layers.GateLayer;
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
import io.github.dl4jbnfold.network.read.RunShapes;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/** The runs of a network with gates. */
final class NetworkRuns {
  private final SourceNetwork network;
  private final RunShapes shapes;
  private final Map<String, Flow> flows = new HashMap<>();
  private final Map<String, Unit> units = new LinkedHashMap<>();

  private NetworkRuns(SourceNetwork network, RunShapes shapes) {
    this.network = network;
    this.shapes = shapes;
  }

  /**
   * The runs.
   *
   * @param runs in the order of the network
   * @param flows what each step writes, and the inputs where something says what they are
   * @param units the linear steps by their names, in the order of the network
   */
  record Found(List<Run> runs, Map<String, Flow> flows, Map<String, Unit> units) {}

  static Found of(SourceNetwork network, RunShapes shapes) {
    NetworkRuns reading = new NetworkRuns(network, shapes);
    List<Node> nodes = new ArrayList<>();
    network.structure().steps().forEach(step -> nodes.add(reading.node(step)));
    List<Run> runs = Runs.of(nodes, network.structure().outputs(), reading::sizes);
    return new Found(runs, reading.flows, reading.units);
  }

  private List<Long> sizes(String tensor) {
    Flow flow = flows.get(tensor);
    return flow == null
        ? List.of()
        : Arrays.stream(flow.sizes(flow.channelAxis())).boxed().toList();
  }

  private Node node(Step step) {
    Layer layer = step.layer();
    List<String> inputs = step.inputs();
    Kind kind = new Wall();
    if (layer == null) {
      kind = sum(step);
    } else if (step.isPlain()) {
      if (step.preprocessor() != null && !isFlattening(step)) {
        inputs = List.of(RunShapes.preprocessed(step.name()));
      }
      Flow flow = input(step, layer, inputs.get(0));
      if (flow != null) {
        kind = layer instanceof GateLayer gate ? gate(step, gate, flow) : linear(step, layer, flow);
      }
    }
    return new Node(step.name(), inputs, kind);
  }

  private static boolean isFlattening(Step step) {
    return step.preprocessor() != null
        && step.preprocessor().getClass() == CnnToFeedForwardPreProcessor.class;
  }

  /** What a layer reads; null where nothing says where the channels are. */
  private @Nullable Flow input(Step step, Layer layer, String tensor) {
    Flow known = flows.get(tensor);
    long[] shape = shapes.shapes().get(tensor);
    if (known == null && shape != null) {
      known = claimed(step, layer, shape);
      if (known != null) {
        flows.put(tensor, known);
      }
    }
    return known != null && isFlattening(step) ? known.flattened() : known;
  }

  private static @Nullable Flow claimed(Step step, Layer layer, long... shape) {
    if (isFlattening(step)
        && step.preprocessor() instanceof CnnToFeedForwardPreProcessor flattening) {
      return Flow.of(flattening.getFormat() == CNN2DFormat.NHWC ? 3 : 1, shape);
    }
    int axis = LinearSteps.statedAxis(layer, shape.length);
    return axis > 0 && axis < shape.length ? Flow.of(axis, shape) : null;
  }

  private static boolean isNorm(Layer layer) {
    return layer instanceof BatchNormalization;
  }

  private Kind sum(Step step) {
    boolean adds =
        step.vertex() instanceof ElementWiseVertex vertex
            && vertex.getOp() == ElementWiseVertex.Op.Add;
    Flow first = flows.get(step.inputs().get(0));
    if (adds && first != null && step.inputs().stream().allMatch(i -> first.equals(flows.get(i)))) {
      flows.put(step.name(), first);
      return new Addition();
    }
    return new Wall();
  }

  private Kind gate(Step step, GateLayer gate, Flow flow) {
    boolean identity = gate.slope().length == 0;
    int rank = Objects.requireNonNull(shapes.shapes().get(step.name())).length;
    if (flow.flat() || (!identity && gate.channelAxis() != EndPoints.channelAxis(rank, flow))) {
      return new Wall();
    }
    flows.put(step.name(), flow);
    int axes = flow.shape().size() - 1;
    Convolution end =
        identity
            ? Convolution.identity(flow.channels(), axes)
            : Convolution.diagonal(gate.slope(), gate.shift(), axes);
    return new Activation(new Gate(step.name(), end));
  }

  private Kind linear(Step step, Layer layer, Flow flow) {
    Optional<LinearStep> found =
        LinearSteps.of(layer, network.parameters(step.name()), flow, shapes.fixed())
            .filter(linear -> fits(flow.through(linear.form()), step.name()));
    if (found.isEmpty()) {
      return new Wall();
    }
    LinearStep linear = found.get();
    flows.put(step.name(), flow.through(linear.form()));
    Unit unit =
        new Unit(
            step.name(), linear.form(), linear.hasBias(), linear.computedAs(), linear.numbers());
    units.put(step.name(), unit);
    return new Linear(unit, !isIdentity(layer) || LinearSteps.isOutput(layer));
  }

  private static boolean isIdentity(Layer layer) {
    boolean activates =
        layer instanceof BaseLayer && !isNorm(layer) && !(layer instanceof ActivationLayer);
    return !activates || ((BaseLayer) layer).getActivationFn() instanceof ActivationIdentity;
  }

  /** Whether the network has written what the form says, be it as a vector. */
  private boolean fits(Flow written, String tensor) {
    long[] shape = Objects.requireNonNull(shapes.shapes().get(tensor));
    List<Long> example = Arrays.stream(shape).skip(1).boxed().toList();
    boolean vector = example.equals(List.of((long) written.channels()));
    boolean point = Arrays.stream(written.sizes(written.channelAxis())).allMatch(s -> s == 1);
    return example.equals(written.shape()) || (vector && point);
  }
}
