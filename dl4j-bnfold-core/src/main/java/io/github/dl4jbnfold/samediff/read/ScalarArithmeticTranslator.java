package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.ConstantAdd;
import io.github.dl4jbnfold.graph.ConstantMultiply;
import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.samediff.read.Binding.ArithmeticBinding;
import io.github.dl4jbnfold.samediff.read.Binding.ChannelConstant;
import io.github.dl4jbnfold.samediff.read.Binding.Form;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ops.ScalarOp;

/** Arithmetic with one number that is part of the operator: x + 2, x / 3, −x. */
final class ScalarArithmeticTranslator implements Translator {
  @Override
  public boolean translate(Op op, Reading reading) {
    Layout layout = reading.layout(op.input(0));
    long[] out = reading.shape(op.output());
    if (layout == null || out == null || layout.axisIn(out) < 0) {
      return false;
    }
    double number = number(op);
    Form form =
        switch (op.type()) {
          case "add_scalar" -> Form.ADD;
          case "sub_scalar" -> Form.SUBTRACT;
          case "div_scalar" -> Form.DIVIDE;
          default -> Form.MULTIPLY;
        };
    double[] effect = new double[layout.channels()];
    Arrays.fill(
        effect, form == Form.SUBTRACT ? -number : form == Form.DIVIDE ? 1 / number : number);
    if (effect.length == 0 || !Double.isFinite(effect[0])) {
      return false;
    }
    Tensor x = reading.input(op.input(0), layout);
    Tensor y = reading.output(op.output(), layout);
    List<Long> shape = ChannelVectors.broadcastShape(out, layout.axisIn(out));
    reading.add(
        form == Form.ADD || form == Form.SUBTRACT
            ? new ConstantAdd(op.label(), x, y, effect, true)
            : new ConstantMultiply(op.label(), x, y, effect, true),
        new ArithmeticBinding(List.of(new ChannelConstant(op, form, -1, shape, effect))));
    return true;
  }

  private static double number(Op op) {
    return op.function() instanceof ScalarOp scalar && !op.type().equals("neg")
        ? scalar.scalar().getDouble(0)
        : -1;
  }
}
