package io.github.dl4jbnfold.samediff;

import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.OpOrder;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
import org.nd4j.linalg.api.ops.impl.controlflow.compat.Merge;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs of a SameDiff graph on random inputs of its placeholders' shapes: for the shapes of all
 * variables, and for the comparison before and after.
 */
public final class Probe {
  private static final long BATCH = 2;

  /** Sizes tried for an axis that is not the first and has no declared size. */
  private static final long[] FREE_SIZES = {32, 64, 128, 224, 299};

  /** What is added to these sizes for another probe; an odd number first, to meet remainders. */
  private static final int[] ADDED_SIZES = {7, 32, 64, 0};

  private final Map<String, INDArray> inputs;
  private final Set<String> outputs;
  private final long seed;

  private Probe(Map<String, INDArray> inputs, Set<String> outputs, long seed) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.seed = seed;
  }

  /**
   * A probe that the graph accepts.
   *
   * @param shapes shapes of placeholders that the user gave
   * @throws FoldingException if the graph does not run on any input of its placeholders' shapes
   */
  public static Probe create(
      SameDiff graph, Set<String> outputs, Map<String, long[]> shapes, long seed) {
    RuntimeException last = null;
    for (long size : FREE_SIZES) {
      Probe probe = new Probe(inputs(graph, outputs, shapes, size, seed), outputs, seed);
      try {
        probe.run(graph, outputs);
        return probe;
      } catch (RuntimeException e) {
        last = e;
        if (hasDeclaredShapes(graph)) {
          break;
        }
      }
    }
    throw new FoldingException(
        "The graph does not run on random inputs of its placeholders' shapes (%s): state the shapes, or repair the graph."
            .formatted(last == null ? "no reason given" : firstLine(last)),
        last);
  }

  private static String firstLine(Throwable failure) {
    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    return message.lines().findFirst().orElse("").strip();
  }

  private static boolean hasDeclaredShapes(SameDiff graph) {
    return graph.placeHolders().stream()
        .map(SDVariable::placeholderShape)
        .allMatch(shape -> shape != null && Arrays.stream(shape).skip(1).allMatch(n -> n >= 0));
  }

  /**
   * A probe with another size wherever the placeholders leave it open, and other numbers where
   * whole numbers may be sizes or flags: the graph may mean something else then. Where it runs on
   * no other size, the same sizes with other values.
   */
  public Probe ofOtherSizes(SameDiff graph, long newSeed) {
    for (int added : ADDED_SIZES) {
      Map<String, INDArray> other = new LinkedHashMap<>();
      inputs.forEach(
          (name, array) -> {
            long[] shape = array.shape().clone();
            long[] declared = graph.getVariable(name).placeholderShape();
            for (int axis = 0; declared != null && axis < shape.length; axis++) {
              boolean free = declared.length == shape.length && declared[axis] < 0;
              shape[axis] += free ? (axis == 0 ? 1 : added) : 0;
            }
            other.put(name, another(array, shape, newSeed + name.hashCode()));
          });
      Probe probe = new Probe(other, outputs, newSeed);
      try {
        probe.run(graph, outputs);
        return probe;
      } catch (RuntimeException e) {
        // The graph does not take this size.
      }
    }
    return reseeded(newSeed);
  }

  /**
   * Whether every axis but the first that the placeholders leave open has another size in another
   * probe.
   */
  public boolean changesEveryOpenSizeOf(Probe other, SameDiff graph) {
    for (Map.Entry<String, INDArray> input : inputs.entrySet()) {
      long[] shape = input.getValue().shape();
      long[] declared = graph.getVariable(input.getKey()).placeholderShape();
      INDArray before = other.inputs.get(input.getKey());
      for (int axis = 1; axis < shape.length; axis++) {
        boolean open = declared == null || declared.length != shape.length || declared[axis] < 0;
        if (open && (before == null || before.size(axis) == shape[axis])) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whole numbers of the same shape are all other ones: 1 for 0 and 0 for 1. */
  private static INDArray another(INDArray array, long[] shape, long seed) {
    boolean complement = !array.dataType().isFPType() && Arrays.equals(shape, array.shape());
    return complement
        ? array.castTo(DataType.DOUBLE).lt(0.5).castTo(array.dataType())
        : random(array.dataType(), shape, seed);
  }

  private Probe reseeded(long newSeed) {
    Map<String, INDArray> other = new LinkedHashMap<>();
    inputs.forEach(
        (name, array) ->
            other.put(name, random(array.dataType(), array.shape(), newSeed + name.hashCode())));
    return new Probe(other, outputs, newSeed);
  }

  private static Map<String, INDArray> inputs(
      SameDiff graph, Set<String> outputs, Map<String, long[]> shapes, long free, long seed) {
    Set<String> needed = new LinkedHashSet<>(outputs);
    for (Op op : OpOrder.of(graph, outputs)) {
      needed.addAll(op.inputs());
    }
    Map<String, INDArray> inputs = new LinkedHashMap<>();
    for (SDVariable input : graph.placeHolders()) {
      if (needed.contains(input.name())) {
        long[] shape = shapes.getOrDefault(input.name(), input.placeholderShape());
        inputs.put(
            input.name(),
            random(input.dataType(), concrete(input, shape, free), seed + input.name().hashCode()));
      }
    }
    return inputs;
  }

  private static long[] concrete(SDVariable input, long @Nullable [] shape, long free) {
    if (shape == null) {
      throw new FoldingException(
          "Placeholder '%s' has no shape: state one.".formatted(input.name()));
    }
    long[] concrete = shape.clone();
    for (int i = 0; i < concrete.length; i++) {
      if (concrete[i] < 0) {
        concrete[i] = i == 0 ? BATCH : free;
      }
    }
    return concrete;
  }

  private static INDArray random(DataType type, long[] shape, long seed) {
    org.nd4j.linalg.api.rng.Random generator = Nd4j.getRandomFactory().getNewRandomInstance(seed);
    INDArray values = generator.nextGaussian(shape);
    // Whole numbers are 0 and 1, which are indices of every table. NativeRandom draws none itself.
    return (type.isFPType() ? values : values.gt(0)).castTo(type);
  }

  private void run(SameDiff graph, BaseListener listener) {
    run(graph, listener, outputs);
  }

  /** Computes the variables that exist among the given ones. */
  public Map<String, INDArray> run(SameDiff graph, Collection<String> variables) {
    return run(graph, null, variables.stream().filter(graph::hasVariable).toList());
  }

  /** Operators that draw random numbers draw the same ones in every run. */
  private Map<String, INDArray> run(
      SameDiff graph, @Nullable BaseListener listener, Collection<String> variables) {
    if (drawsRandomNumbers(graph)) {
      Nd4j.getRandom().setSeed(seed);
    }
    if (hasBranches(graph)) {
      // A session goes on to answer with the branch that it took before.
      graph.getSessions().remove(Thread.currentThread().getId());
    }
    Map<String, INDArray> computed =
        graph.output(
            inputs,
            listener == null ? List.of() : List.of(listener),
            variables.toArray(String[]::new));
    // A session may hand out one array for several outputs and write into it in a later run.
    Map<String, INDArray> copies = new LinkedHashMap<>();
    computed.forEach((name, array) -> copies.put(name, array.dup()));
    return copies;
  }

  private static boolean drawsRandomNumbers(SameDiff graph) {
    return graph.getOps().values().stream()
        .map(op -> op.getOp().opName())
        .anyMatch(type -> type.contains("dropout") || type.startsWith("random"));
  }

  private static boolean hasBranches(SameDiff graph) {
    return graph.getOps().values().stream().anyMatch(op -> op.getOp() instanceof Merge);
  }

  /** The shapes of all variables that the outputs need. */
  public Map<String, long[]> shapes(SameDiff graph) {
    Map<String, long[]> shapes = new HashMap<>();
    inputs.forEach((name, array) -> shapes.put(name, array.shape()));
    run(graph, new ShapeRecorder(shapes));
    return shapes;
  }

  /** The largest finite magnitude of any floating-point variable that the outputs need. */
  public double largestMagnitude(SameDiff graph) {
    double[] largest = {0};
    run(
        graph,
        new Recorder(
            (name, array) -> {
              if (array.dataType().isFPType() && !array.isEmpty()) {
                double magnitude = array.amaxNumber().doubleValue();
                largest[0] =
                    Double.isFinite(magnitude) ? Math.max(largest[0], magnitude) : largest[0];
              }
            }));
    return largest[0];
  }

  /** Copies of the values of all variables that the outputs need. */
  Map<String, INDArray> values(SameDiff graph) {
    Map<String, INDArray> values = new LinkedHashMap<>();
    run(graph, new Recorder((name, array) -> values.put(name, array.dup())));
    return values;
  }

  private interface Receiver {
    void receive(String variable, INDArray array);
  }

  private static class Recorder extends BaseListener {
    private final Receiver receiver;

    Recorder(Receiver receiver) {
      this.receiver = receiver;
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
        @Nullable OpContext opContext,
        INDArray[] outputs) {
      for (int i = 0; i < outputs.length && i < op.getOutputsOfOp().size(); i++) {
        if (outputs[i] != null) {
          receiver.receive(op.getOutputsOfOp().get(i), outputs[i]);
        }
      }
    }
  }

  /** Listeners are not told what a switch or a merge writes, but what is read of it. */
  private static final class ShapeRecorder extends Recorder {
    private final Map<String, long[]> shapes;

    ShapeRecorder(Map<String, long[]> shapes) {
      super((name, array) -> shapes.put(name, array.shape()));
      this.shapes = shapes;
    }

    @Override
    public void opExecution(
        SameDiff sd,
        At at,
        MultiDataSet batch,
        SameDiffOp op,
        @Nullable OpContext opContext,
        INDArray[] outputs) {
      List<INDArray> read = opContext == null ? List.of() : opContext.getInputArrays();
      List<String> names = op.getInputsToOp() == null ? List.of() : op.getInputsToOp();
      for (int i = 0; i < Math.min(read.size(), names.size()); i++) {
        boolean computed = sd.getVariable(names.get(i)).getVariableType() == VariableType.ARRAY;
        if (computed && read.get(i) != null) {
          shapes.putIfAbsent(names.get(i), read.get(i).shape());
        }
      }
      super.opExecution(sd, at, batch, op, opContext, outputs);
    }
  }
}
