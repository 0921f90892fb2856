package io.github.dl4jbnfold.docs;

import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Wall;
import io.github.dl4jbnfold.samediff.read.Binding;
import io.github.dl4jbnfold.samediff.read.Binding.ArithmeticBinding;
import io.github.dl4jbnfold.samediff.read.Binding.LinearBinding;
import io.github.dl4jbnfold.samediff.read.SameDiffReader;
import io.github.dl4jbnfold.samediff.read.SameDiffReading;
import io.github.dl4jbnfold.samediff.read.Shapes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** A small SameDiff graph around one type of operator, and what the reader makes of that type. */
final class SampleGraph {
  private final Net net = Net.of(1, DataType.FLOAT, false);

  SameDiff sameDiff() {
    return net.graph();
  }

  SDVariable input(long... shape) {
    return net.placeholder("x" + sameDiff().placeHolders().size(), shape).variable();
  }

  SDVariable indices(long... shape) {
    return sameDiff().placeHolder("i", DataType.INT32, shape);
  }

  SDVariable constant(long... shape) {
    return net.constant("k", shape);
  }

  SDVariable numbers(int... values) {
    return sameDiff().constant(Nd4j.createFromArray(values));
  }

  SDVariable pairs(int[]... values) {
    return sameDiff().constant(Nd4j.createFromArray(values));
  }

  /** Four channels that have a producer: [2, 4, 6, 6]. */
  SDVariable image() {
    long[] geometry = {2, 2, 1, 1, 0, 0, 1, 1, 0, 0};
    return op("conv2d", geometry, input(2, 3, 7, 7), constant(2, 2, 3, 4));
  }

  /** Four channels last: [2, 6, 6, 4]. */
  SDVariable imageChannelsLast() {
    return imageChannelsLast(2);
  }

  /** Four channels last: [batch, 6, 6, 4]. */
  SDVariable imageChannelsLast(int batch) {
    long[] geometry = {2, 2, 1, 1, 0, 0, 1, 1, 0, 1};
    return op("conv2d", geometry, input(batch, 7, 7, 3), constant(2, 2, 3, 4));
  }

  /** Four channels: [2, 4, 4, 4, 4]. */
  SDVariable cube() {
    long[] geometry = {2, 2, 2, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0};
    return op("conv3dnew", geometry, input(2, 3, 5, 5, 5), constant(2, 2, 2, 3, 4));
  }

  SDVariable op(String type, SDVariable... inputs) {
    return op(type, new long[0], inputs);
  }

  SDVariable op(String type, long[] integers, SDVariable... inputs) {
    return ops(type, 1, integers, new double[0], inputs)[0];
  }

  /** Adds an operator as importers do, by the name that the native library has for it. */
  SDVariable[] ops(
      String type, int outputs, long[] integers, double[] reals, SDVariable... inputs) {
    // The constructor asks for the name, so only what an anonymous class captures is there by then.
    DynamicCustomOp op =
        new DynamicCustomOp(null, sameDiff(), inputs) {
          @Override
          public String opName() {
            return type;
          }

          @Override
          public int getNumOutputs() {
            return outputs;
          }

          @Override
          public List<DataType> calculateOutputDataTypes(List<DataType> types) {
            return Collections.nCopies(outputs, DataType.FLOAT);
          }
        };
    op.addIArgument(integers);
    op.addTArgument(reals);
    return op.outputVariables();
  }

  /** The operators of the project that the operators of one type have become. */
  Set<Class<? extends Operator>> become(String type) {
    Set<String> labels = new HashSet<>();
    for (SameDiffOp op : sameDiff().getOps().values()) {
      if (op.getOp().opName().equals(type)) {
        labels.addAll(op.getOutputsOfOp());
      }
    }
    SameDiffReading reading = read();
    Set<Class<? extends Operator>> found = new LinkedHashSet<>();
    for (Operator operator : reading.graph().operators()) {
      boolean requested = operator instanceof Wall wall && wall.kind().equals(Wall.OUTPUT);
      if (!requested
          && (labels.contains(operator.name()) || consistsOf(reading.binding(operator), type))) {
        found.add(operator.getClass());
      }
    }
    return found;
  }

  /** Whether an operator of the project is several of the graph, one of them of the type. */
  private static boolean consistsOf(Binding binding, String type) {
    return (binding instanceof ArithmeticBinding run
            && run.run().stream().anyMatch(part -> part.op().type().equals(type)))
        || (binding instanceof LinearBinding linear
            && linear.addition() != null
            && linear.addition().op().type().equals(type));
  }

  private SameDiffReading read() {
    // Other outputs of a batch normalization are its statistics, and requesting those forbids a
    // fold.
    Set<String> ends = new LinkedHashSet<>();
    for (SameDiffOp op : sameDiff().getOps().values()) {
      String first = op.getOutputsOfOp().get(0);
      List<String> readers = sameDiff().getVariables().get(first).getInputsForOp();
      if (readers == null || readers.isEmpty()) {
        ends.add(first);
      }
    }
    Map<String, long[]> shapes = shapes();
    return SameDiffReader.read(sameDiff(), ends, new Shapes(shapes, shapes, true));
  }

  /** The shapes of all variables in a run. */
  private Map<String, long[]> shapes() {
    Map<String, INDArray> inputs = new HashMap<>();
    for (SDVariable input : sameDiff().placeHolders()) {
      inputs.put(input.name(), Nd4j.zeros(input.dataType(), input.placeholderShape()));
    }
    List<String> computed = new ArrayList<>();
    for (SDVariable variable : sameDiff().variables()) {
      if (variable.getVariableType() == VariableType.ARRAY) {
        computed.add(variable.name());
      }
    }
    Map<String, long[]> shapes = new HashMap<>();
    inputs.forEach((name, array) -> shapes.put(name, array.shape()));
    sameDiff()
        .output(inputs, computed.toArray(String[]::new))
        .forEach((name, array) -> shapes.put(name, array.shape()));
    return shapes;
  }
}
