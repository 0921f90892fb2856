package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Linear.BiasSlot;
import io.github.dl4jbnfold.graph.Linear.Border;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.rewrite.KernelLayout;
import io.github.dl4jbnfold.samediff.read.Binding.InputMatrix;
import io.github.dl4jbnfold.samediff.read.Binding.RecurrentBinding;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.recurrent.LSTMLayer;

/**
 * Recurrent operators: they read their input through matrices alone, x·W + b, so these are a linear
 * operator of its own, and what comes after is a wall. States, peepholes and outputs stay what they
 * are. Input beyond a given sequence length is not read at all.
 *
 * <p>sru and sruCell are not among them: their highway adds the input itself to the output.
 */
final class RecurrentTranslator implements Translator {
  private static final KernelLayout PLAIN = KernelLayout.of(2, 1, 0);

  /** [2, nIn, 4·nOut], one matrix for each direction. */
  private static final KernelLayout BIDIRECTIONAL = new KernelLayout(3, List.of(0, 2), List.of(1));

  /**
   * Where the arguments are.
   *
   * @param x which input the sequence or the step is
   * @param stacked whether the rows of the state are below those of the input in one matrix
   */
  private record Form(int x, int channelAxis, boolean stacked, List<InputMatrix> matrices) {}

  @Override
  public boolean translate(Op op, Reading reading) {
    Form form = form(op);
    long[] in = form == null ? null : reading.shape(op.input(form.x));
    if (form == null || in == null || form.channelAxis >= in.length) {
      return false;
    }
    int columns = 0;
    for (InputMatrix matrix : form.matrices) {
      INDArray weights = known(op, matrix.weights(), reading);
      Integer bias = matrix.bias();
      if (weights == null || (bias != null && known(op, bias, reading) == null)) {
        return false;
      }
      if (!fits(weights, matrix.layout(), form.stacked, in[form.channelAxis])) {
        return false;
      }
      columns += columns(weights, matrix.layout());
    }
    boolean biased = form.matrices.stream().allMatch(matrix -> matrix.bias() != null);
    Tensor gates = reading.intermediate(op.label(), columns);
    reading.add(
        new Linear(
            op.label(),
            "recurrent input matrix",
            reading.input(op.input(form.x), Layout.ofAxis(in, form.channelAxis)),
            gates,
            Border.NONE,
            biased ? BiasSlot.PRESENT : BiasSlot.OPEN),
        new RecurrentBinding(op, form.matrices));
    reading.wallBehind(op, form.x, gates);
    return true;
  }

  private static @Nullable Form form(Op op) {
    return switch (op.type()) {
      case "lstmLayer" -> lstmLayer(op);
      // maxTSLength, x, c, y, W, three peepholes, b; iArgs: peepholes, format TNS, NST, NTS
      case "lstmBlock" -> new Form(1, op.integer(1, 0) == 1 ? 1 : 2, true, matrix(4, 8));
      // x, c, y, W, three peepholes, b
      case "lstmBlockCell" -> new Form(0, 1, true, matrix(3, 7));
      // x, h, c, Wx, Wh, peepholes, projection, b
      case "lstmCell" -> new Form(0, 1, false, matrix(3, 7));
      // x [time, batch, nIn], h, Wx, Wh, b
      case "gru" -> new Form(0, 2, false, matrix(2, 4));
      // x, h, W of reset and update, W of the cell, b of reset and update, b of the cell
      case "gruCell" ->
          new Form(0, 1, true, List.of(new InputMatrix(2, 4, PLAIN), new InputMatrix(3, 5, PLAIN)));
      default -> null;
    };
  }

  private static List<InputMatrix> matrix(int weights, int bias) {
    return List.of(new InputMatrix(weights, bias, PLAIN));
  }

  /**
   * x, Wx, Wr, perhaps b; iArgs: format TNS, NTS, NST, T2NS, direction (from 2 on: both); bArgs:
   * whether there is a bias.
   */
  private static @Nullable Form lstmLayer(Op op) {
    boolean biased = op.booleans().length > 0 && op.booleans()[0];
    if (!biased && !canTakeBias(op)) {
      return null;
    }
    KernelLayout layout = op.integer(1, 0) >= 2 ? BIDIRECTIONAL : PLAIN;
    InputMatrix matrix = new InputMatrix(1, biased ? 3 : null, layout);
    return new Form(0, op.integer(0, 0) == 2 ? 1 : 2, false, List.of(matrix));
  }

  /** A bias needs a new operator, and that needs the configuration of the old one. */
  private static boolean canTakeBias(Op op) {
    return op.function() instanceof LSTMLayer layer && layer.getConfiguration() != null;
  }

  private static @Nullable INDArray known(Op op, int input, Reading reading) {
    return input < op.inputs().size() ? reading.constants().array(op.input(input)) : null;
  }

  private static boolean fits(INDArray weights, KernelLayout layout, boolean stacked, long inputs) {
    if (weights.rank() != layout.rank()) {
      return false;
    }
    long rows = weights.size(layout.inputAxes().get(0));
    return stacked ? rows > inputs : rows == inputs;
  }

  private static int columns(INDArray weights, KernelLayout layout) {
    return Math.toIntExact(
        layout.outputAxes().stream().mapToLong(weights::size).reduce(1, (a, b) -> a * b));
  }
}
