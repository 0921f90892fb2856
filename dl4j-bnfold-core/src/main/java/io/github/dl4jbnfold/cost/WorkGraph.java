package io.github.dl4jbnfold.cost;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.imports.converters.DifferentialFunctionClassHolder;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** A SameDiff graph with some copies of one operator and as little else as possible. */
final class WorkGraph {
  /** The types that run on arrays of any values; others could read what is not there. */
  static final Set<String> TYPES =
      Set.of(
          "add",
          "batchnorm",
          "biasadd",
          "conv1d",
          "conv2d",
          "conv3dnew",
          "deconv2d",
          "depthwise_conv2d",
          "identity",
          "leakyrelu",
          "matmul",
          "maximum",
          "minimum",
          "multiply",
          "pad",
          "relu",
          "relu6",
          "subtract",
          "xw_plus_b");

  private static final String INPUT = "x";
  private static final String END = "end";
  private static final int DISTINCT_VALUES = 4093;

  private final SameDiff graph;
  private final Map<String, INDArray> input;

  private WorkGraph(SameDiff graph, Map<String, INDArray> input) {
    this.graph = graph;
    this.input = input;
  }

  /** The inputs of a work: values that no operator treats in a special way. */
  static INDArray[] arrays(Work work) {
    INDArray[] arrays = new INDArray[work.inputs().size()];
    for (int i = 0; i < arrays.length; i++) {
      boolean variance = work.type().equals("batchnorm") && i == 2;
      arrays[i] = array(work.inputs().get(i), work.dataType(), !variance);
    }
    return arrays;
  }

  /** Magnitudes about one, so that a chain of operators reaches no denormal numbers. */
  private static INDArray array(List<Long> shape, DataType type, boolean signed) {
    Random random = new Random(shape.hashCode());
    float[] some = new float[DISTINCT_VALUES];
    for (int i = 0; i < some.length; i++) {
      float magnitude = 0.5f + random.nextFloat();
      some[i] = signed && random.nextBoolean() ? -magnitude : magnitude;
    }
    long length = shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    float[] values = new float[Math.toIntExact(length)];
    for (int i = 0; i < values.length; i++) {
      values[i] = some[i % some.length];
    }
    long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
    return Nd4j.create(values, sizes, 'c').castTo(type);
  }

  /**
   * A graph in which copies of the operator read the same input, one after the other. A chain would
   * do for few operators only, and sessions let go of some arrays of a chain too late: the next run
   * takes new memory for them, and its page faults take longer than the operator.
   */
  static WorkGraph of(Work work, INDArray[] arrays, int copies) {
    SameDiff graph = SameDiff.create();
    SDVariable[] inputs = new SDVariable[arrays.length];
    inputs[0] = graph.placeHolder(INPUT, work.dataType(), arrays[0].shape());
    for (int i = 1; i < inputs.length; i++) {
      inputs[i] = graph.constant("c" + i, arrays[i]);
    }
    SDVariable last = inputs[0];
    for (int copy = 0; copy < copies; copy++) {
      SDVariable output = operator(graph, work, inputs);
      if (copy > 0) {
        output.addControlDependency(last);
      }
      last = output;
    }
    // Needs the last array and reads no element of it; a requested array would have to be kept.
    graph.rank(END, last);
    return new WorkGraph(graph, Map.of(INPUT, arrays[0]));
  }

  private static SDVariable operator(SameDiff graph, Work work, SDVariable[] inputs) {
    return switch (work.type()) {
      case "relu" -> graph.nn().relu(inputs[0], real(work, 0));
      case "relu6" -> graph.nn().relu6(inputs[0], real(work, 0));
      case "leakyrelu" -> graph.nn().leakyRelu(inputs[0], real(work, 0.01));
      case "biasadd" -> graph.nn().biasAdd(inputs[0], inputs[1], work.integers().contains(1L));
      case "pad" -> graph.nn().pad(inputs[0], widths(graph, work), real(work, 0));
      default -> custom(graph, work, inputs);
    };
  }

  private static double real(Work work, double absent) {
    return work.reals().isEmpty() ? absent : work.reals().get(0);
  }

  private static SDVariable widths(SameDiff graph, Work work) {
    int axes = work.inputs().get(0).size();
    int[] widths = work.integers().stream().mapToInt(Math::toIntExact).toArray();
    if (widths.length != 2 * axes) {
      throw new IllegalArgumentException("its integers are not two widths for each axis");
    }
    return graph.constant(Nd4j.createFromArray(widths).reshape(axes, 2));
  }

  /** The operator as a graph that was read from a file has it: without its Java fields. */
  private static SDVariable custom(SameDiff graph, Work work, SDVariable[] inputs) {
    DynamicCustomOp operator = instance(work.type());
    if (!work.integers().isEmpty()) {
      operator.addIArgument(work.integers().stream().mapToLong(Long::longValue).toArray());
    }
    if (!work.reals().isEmpty()) {
      operator.addTArgument(work.reals().stream().mapToDouble(Double::doubleValue).toArray());
    } else if (work.type().equals("batchnorm")) {
      operator.addTArgument(1e-5);
    }
    operator.setSameDiff(graph);
    operator.setOwnName("copy" + graph.getOps().size());
    graph.putOpForId(operator.getOwnName(), operator);
    graph.addArgsFor(Arrays.stream(inputs).map(SDVariable::name).toArray(String[]::new), operator);
    return operator.outputVariables()[0];
  }

  private static DynamicCustomOp instance(String type) {
    try {
      return (DynamicCustomOp)
          DifferentialFunctionClassHolder.getInstance()
              .getInstance(type)
              .getClass()
              .getDeclaredConstructor()
              .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("ND4J cannot make the operator " + type, e);
    }
  }

  /** Runs all copies. */
  void run() {
    graph.output(input, END);
  }
}
