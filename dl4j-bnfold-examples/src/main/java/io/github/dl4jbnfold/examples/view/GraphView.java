package io.github.dl4jbnfold.examples.view;

import io.github.dl4jbnfold.samediff.GraphOutputs;
import io.github.dl4jbnfold.samediff.Probe;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.OpOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** A SameDiff graph, as far as its outputs need it. */
public final class GraphView implements NetworkView {
  private final SameDiff graph;
  private final Set<String> outputs;
  private final Map<String, long[]> shapes;

  /**
   * @param outputs requested ones; none for those that a fold preserves
   * @param shapes of inputs that do not declare them
   */
  public GraphView(SameDiff graph, Collection<String> outputs, Map<String, long[]> shapes) {
    this.graph = graph;
    this.outputs = GraphOutputs.of(graph, outputs);
    this.shapes = Map.copyOf(shapes);
  }

  @Override
  public String unit() {
    return "operator";
  }

  @Override
  public List<String> inputs() {
    Set<String> read = new HashSet<>();
    OpOrder.of(graph, outputs).forEach(op -> read.addAll(op.inputs()));
    return graph.placeHolders().stream().map(SDVariable::name).filter(read::contains).toList();
  }

  @Override
  public List<Part> parts() {
    List<Op> order = OpOrder.of(graph, outputs);
    Map<String, String> writers = new HashMap<>();
    order.forEach(op -> op.outputs().forEach(output -> writers.put(output, op.label())));
    return order.stream().map(op -> part(op, writers)).toList();
  }

  private Part part(Op op, Map<String, String> writers) {
    List<INDArray> parameters = new ArrayList<>();
    List<String> read = new ArrayList<>();
    for (String input : op.inputs()) {
      VariableType type = graph.getVariable(input).getVariableType();
      if (type == VariableType.CONSTANT || type == VariableType.VARIABLE) {
        parameters.add(graph.getArrForVarName(input));
      } else {
        read.add(writers.getOrDefault(input, input));
      }
    }
    return new Part(op.label(), kind(op), read, parameters);
  }

  private static String kind(Op op) {
    boolean windowed = op.type().endsWith("conv2d") || op.type().endsWith("pool2d");
    return windowed && op.integer(0, 0) > 0
        ? "%s %d×%d".formatted(op.type(), op.integer(0, 0), op.integer(1, 0))
        : op.type();
  }

  /**
   * The shapes are those that the fold's own check takes, with another number of examples where the
   * graph runs on it. Whole numbers are drawn from all that {@link IndexRange} knows, or 0 and 1
   * where the graph does not run on these.
   */
  @Override
  public Map<String, INDArray> sample(int examples, long seed) {
    Map<String, long[]> known = Probe.create(graph, outputs, shapes, seed).shapes(graph);
    for (OptionalInt batch : List.of(OptionalInt.of(examples), OptionalInt.empty())) {
      Map<String, INDArray> sample = random(known, batch, true, seed);
      if (runs(sample)) {
        return sample;
      }
      Map<String, INDArray> narrow = random(known, batch, false, seed);
      if (runs(narrow)) {
        return narrow;
      }
    }
    return random(known, OptionalInt.empty(), false, seed);
  }

  private boolean runs(Map<String, INDArray> sample) {
    try {
      run(sample, List.of());
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  private Map<String, INDArray> random(
      Map<String, long[]> known, OptionalInt examples, boolean wide, long seed) {
    Map<String, INDArray> sample = new LinkedHashMap<>();
    for (String input : inputs()) {
      SDVariable variable = graph.getVariable(input);
      long[] shape = known.getOrDefault(input, new long[0]).clone();
      if (shape.length > 0 && examples.isPresent() && isOpen(variable)) {
        shape[0] = examples.getAsInt();
      }
      Random random = Nd4j.getRandomFactory().getNewRandomInstance(seed + input.hashCode());
      DataType type = variable.dataType();
      INDArray values =
          type.isFPType()
              ? random.nextGaussian(shape)
              : Transforms.floor(
                  random.nextDouble(shape).mul(wide ? IndexRange.of(graph, variable) : 2), false);
      sample.put(input, values.castTo(type));
    }
    return sample;
  }

  private boolean isOpen(SDVariable input) {
    long[] declared = input.placeholderShape();
    return !shapes.containsKey(input.name())
        && (declared == null || declared.length == 0 || declared[0] < 0);
  }

  @Override
  public Map<String, INDArray> outputs(Map<String, INDArray> inputs) {
    return run(inputs, List.of());
  }

  private Map<String, INDArray> run(Map<String, INDArray> inputs, List<BaseListener> listeners) {
    Map<String, INDArray> computed =
        graph.output(inputs, List.copyOf(listeners), outputs.toArray(String[]::new));
    Map<String, INDArray> results = new LinkedHashMap<>();
    outputs.forEach(name -> results.put(name, Objects.requireNonNull(computed.get(name)).dup()));
    return results;
  }

  @Override
  public Map<String, INDArray> values(Map<String, INDArray> inputs) {
    Map<String, INDArray> values = new LinkedHashMap<>(inputs);
    run(inputs, List.of(new Recorder(values)));
    return values;
  }

  private static final class Recorder extends BaseListener {
    private final Map<String, INDArray> values;

    Recorder(Map<String, INDArray> values) {
      this.values = values;
    }

    @Override
    public boolean isActive(Operation operation) {
      return true;
    }

    @Override
    public void opExecution(
        SameDiff sd,
        At at,
        MultiDataSet batch,
        SameDiffOp op,
        @Nullable OpContext context,
        INDArray[] written) {
      for (int i = 0; i < written.length; i++) {
        if (written[i] != null) {
          values.put(op.getOutputsOfOp().get(i), written[i].dup());
        }
      }
    }
  }

  @Override
  public Walk walk(Map<String, INDArray> inputs) {
    Clock clock = new Clock();
    inputs.forEach((name, array) -> clock.shapes.put(name, array.shape()));
    run(inputs, List.of(clock));
    return new Walk(clock.nanoseconds, clock.shapes, clock.bytes);
  }

  private static final class Clock extends BaseListener {
    private final Map<String, Long> nanoseconds = new HashMap<>();
    private final Map<String, long[]> shapes = new HashMap<>();
    private long bytes;
    private long start;

    @Override
    public boolean isActive(Operation operation) {
      return true;
    }

    @Override
    public void preOpExecution(SameDiff sd, At at, SameDiffOp op, @Nullable OpContext context) {
      start = System.nanoTime();
    }

    @Override
    public void opExecution(
        SameDiff sd,
        At at,
        MultiDataSet batch,
        SameDiffOp op,
        @Nullable OpContext context,
        INDArray[] outputs) {
      long time = System.nanoTime() - start;
      if (op.getOutputsOfOp().isEmpty() || outputs.length == 0 || outputs[0] == null) {
        return;
      }
      String label = op.getOutputsOfOp().get(0);
      nanoseconds.merge(label, time, Long::sum);
      shapes.put(label, outputs[0].shape());
      for (INDArray output : outputs) {
        bytes += output == null ? 0 : output.length() * output.dataType().width();
      }
    }
  }
}
