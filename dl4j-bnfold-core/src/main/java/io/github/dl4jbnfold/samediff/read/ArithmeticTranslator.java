package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Combination;
import io.github.dl4jbnfold.graph.ConstantAdd;
import io.github.dl4jbnfold.graph.ConstantField;
import io.github.dl4jbnfold.graph.ConstantMultiply;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Product;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.samediff.read.Binding.ArithmeticBinding;
import io.github.dl4jbnfold.samediff.read.Binding.ChannelConstant;
import io.github.dl4jbnfold.samediff.read.Binding.FieldBinding;
import io.github.dl4jbnfold.samediff.read.Binding.Form;
import io.github.dl4jbnfold.samediff.read.Binding.SumBinding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sums, differences, products and quotients, of tensors and with constants on either side. */
final class ArithmeticTranslator implements Translator {
  @Override
  public boolean translate(Op op, Reading reading) {
    long[] out = reading.shape(op.output());
    if (out == null) {
      return false;
    }
    if (op.inputs().size() == 2) {
      for (int input = 1; input >= 0; input--) {
        INDArray constant = reading.constants().array(op.input(input));
        if (constant != null && !reading.constants().isKnown(op.input(1 - input))) {
          return withConstant(op, input, constant, out, reading);
        }
      }
    }
    return switch (op.type()) {
      case "add", "mergeadd", "mergesum" -> combination(op, out, 1, 1, reading);
      case "subtract" -> combination(op, out, 1, -1, reading);
      case "reversesubtract" -> combination(op, out, -1, 1, reading);
      case "mergeavg" -> {
        // The native operator multiplies by a 32-bit number, whatever the type of its inputs.
        double share = 1f / op.inputs().size();
        yield combination(op, out, share, share, reading);
      }
      case "multiply" -> product(op, out, reading);
      default -> false;
    };
  }

  private static boolean withConstant(
      Op op, int input, INDArray constant, long[] out, Reading reading) {
    String operand = op.input(1 - input);
    if (isBoundOf(operand, op, reading)) {
      return false;
    }
    long[] in = reading.shape(operand);
    if (in == null || !Arrays.equals(in, out) || !constant.dataType().isFPType()) {
      return false;
    }
    Form form = form(op.type(), input);
    Layout known = reading.layout(operand);
    Layout layout =
        op.type().equals("biasadd")
            ? Layout.ofAxis(out, op.booleans().length > 0 && op.booleans()[0] ? 1 : out.length - 1)
            : ChannelVectors.layout(constant.shape(), op.output(), known, reading);
    boolean perChannel =
        layout != null
            && (known == null || layout.refines(known) != null || known.refines(layout) != null);
    if (form != null && layout != null && perChannel) {
      return affine(op, form, input, constant, layout, out, reading);
    }
    return field(op, input, known, out, reading);
  }

  /**
   * Whether an activation max(x, slope·x + offset) reads the result, the slope or the offset: no
   * batch normalization then.
   */
  private static boolean isBoundOf(String operand, Op op, Reading reading) {
    for (Op reader : reading.readers(op.output())) {
      boolean adds = reader.type().equals("add");
      if (bounds(reader, operand, reading) || (adds && readersBound(operand, reader, reading))) {
        return true;
      }
    }
    return false;
  }

  private static boolean readersBound(String operand, Op op, Reading reading) {
    return reading.readers(op.output()).stream().anyMatch(r -> bounds(r, operand, reading));
  }

  private static boolean bounds(Op reader, String operand, Reading reading) {
    return (reader.type().equals("maximum") || reader.type().equals("minimum"))
        && (reader.inputs().contains(operand)
            || reader.inputs().stream().anyMatch(x -> isBoundedBelow(x, operand, reading)));
  }

  private static boolean isBoundedBelow(String bounded, String operand, Reading reading) {
    return reading.readers(operand).stream()
        .anyMatch(op -> op.type().equals("maximum") && op.output().equals(bounded));
  }

  private static @Nullable Form form(String type, int constantInput) {
    return switch (type) {
      case "add", "biasadd", "mergeadd", "mergesum" -> Form.ADD;
      case "multiply" -> Form.MULTIPLY;
      case "subtract" -> constantInput == 1 ? Form.SUBTRACT : null;
      case "reversesubtract" -> constantInput == 0 ? Form.SUBTRACT : null;
      case "divide", "realdiv" -> constantInput == 1 ? Form.DIVIDE : null;
      default -> null;
    };
  }

  private static boolean affine(
      Op op, Form form, int input, INDArray constant, Layout layout, long[] out, Reading reading) {
    double[] effect = ChannelVectors.values(constant, layout.channels());
    for (int i = 0; i < effect.length; i++) {
      effect[i] =
          switch (form) {
            case SUBTRACT -> -effect[i];
            case DIVIDE -> 1 / effect[i];
            default -> effect[i];
          };
      if (!Double.isFinite(effect[i])) {
        return false;
      }
    }
    Tensor x = reading.input(op.input(1 - input), layout);
    Tensor y = reading.output(op.output(), layout);
    List<Long> shape =
        op.type().equals("biasadd")
            ? List.of((long) layout.channels())
            : ChannelVectors.broadcastShape(out, layout.axisIn(out));
    Binding binding =
        new ArithmeticBinding(List.of(new ChannelConstant(op, form, input, shape, effect)));
    reading.add(
        form == Form.ADD || form == Form.SUBTRACT
            ? new ConstantAdd(op.label(), x, y, effect)
            : new ConstantMultiply(op.label(), x, y, effect),
        binding);
    return true;
  }

  /** A sum with a constant that differs between positions, or constant − x. */
  private static boolean field(
      Op op, int input, @Nullable Layout known, long[] out, Reading reading) {
    int constantSign = 1;
    int operandSign = 1;
    switch (op.type()) {
      case "add", "mergeadd", "mergesum" -> {}
      case "subtract", "reversesubtract" -> {
        boolean constantFirst = (input == 0) == op.type().equals("subtract");
        constantSign = constantFirst ? 1 : -1;
        operandSign = -constantSign;
      }
      default -> {
        return false;
      }
    }
    if (known == null || known.axisIn(out) < 0) {
      return false;
    }
    reading.add(
        new ConstantField(
            op.label(),
            reading.input(op.input(1 - input), known),
            reading.output(op.output(), known)),
        new FieldBinding(
            op,
            input,
            constantSign,
            operandSign,
            ChannelVectors.broadcastShape(out, known.axisIn(out))));
    return true;
  }

  private static boolean combination(
      Op op, long[] out, double first, double others, Reading reading) {
    Layout layout = commonLayout(op, out, reading);
    if (layout == null) {
      return false;
    }
    List<Tensor> inputs = new ArrayList<>();
    List<Double> coefficients = new ArrayList<>();
    for (String input : op.inputs()) {
      Tensor tensor = broadcastInput(input, out, layout, reading);
      if (tensor == null) {
        return false;
      }
      coefficients.add(inputs.isEmpty() ? first : others);
      inputs.add(tensor);
    }
    reading.add(
        new Combination(
            op.label(), op.type(), inputs, coefficients, reading.output(op.output(), layout)),
        new SumBinding(op));
    return true;
  }

  /** The layout of the first input that has the shape of the result and a channel axis. */
  private static @Nullable Layout commonLayout(Op op, long[] out, Reading reading) {
    for (String input : op.inputs()) {
      Layout layout = reading.layout(input);
      if (layout != null && Arrays.equals(reading.shape(input), out)) {
        return layout;
      }
    }
    return null;
  }

  /** An input that may have to be broadcast to the result, as a tensor of all channels. */
  private static @Nullable Tensor broadcastInput(
      String input, long[] out, Layout layout, Reading reading) {
    long[] shape = reading.shape(input);
    if (shape == null) {
      return null;
    }
    if (Arrays.equals(shape, out)) {
      return reading.input(input, layout);
    }
    int axis = layout.axisIn(out) - (out.length - shape.length);
    if (layout.axisIn(out) < 0) {
      return null;
    }
    if (axis >= 0 && shape[axis] == layout.channels()) {
      return reading.input(input, Layout.ofAxis(shape, axis)); // one number per channel or more
    }
    Layout own = reading.layout(input);
    boolean single = own == null || own.channels() == 1;
    return single ? reading.broadcast(input, layout) : null;
  }

  private static boolean product(Op op, long[] out, Reading reading) {
    int gate = gate(op, out, reading);
    String operand = op.input(1 - gate);
    Layout layout = reading.layout(operand);
    if (layout == null || !Arrays.equals(reading.shape(operand), out)) {
      return false;
    }
    Tensor gateTensor = broadcastInput(op.input(gate), out, layout, reading);
    if (gateTensor == null || op.input(0).equals(op.input(1))) {
      return false;
    }
    reading.add(
        new Product(
            op.label(),
            reading.input(operand, layout),
            gateTensor,
            reading.output(op.output(), layout)));
    return true;
  }

  /** The factor that is broadcast, else the one behind a wall, else the second. */
  private static int gate(Op op, long[] out, Reading reading) {
    for (int input = 0; input < 2; input++) {
      if (!Arrays.equals(reading.shape(op.input(input)), out)) {
        return input;
      }
    }
    return reading.layout(op.input(0)) == null ? 0 : 1;
  }
}
