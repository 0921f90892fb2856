package io.github.dl4jbnfold.samediff.write;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.rewrite.Clamp;
import io.github.dl4jbnfold.samediff.read.Binding.ActivationBinding;
import io.github.dl4jbnfold.samediff.read.Binding.BoundBinding;
import io.github.dl4jbnfold.samediff.read.Binding.PaddingBinding;
import io.github.dl4jbnfold.samediff.read.Constants;
import io.github.dl4jbnfold.samediff.read.Op;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Replaces or extends operators without weights: activations by clamps, paddings by others. */
final class RepairWriter {
  private final SameDiff graph;
  private final Constants constants;
  private final GraphEditor editor;

  RepairWriter(SameDiff graph, Constants constants, GraphEditor editor) {
    this.graph = graph;
    this.constants = constants;
    this.editor = editor;
  }

  void rewrite(ActivationBinding binding, Clamp clamp) {
    replace(binding.op(), 0, binding.channelShape(), clamp);
  }

  void rewrite(BoundBinding binding, Clamp clamp) {
    replace(binding.op(), 1 - binding.input(), binding.channelShape(), clamp);
  }

  private void replace(Op op, int input, List<Long> channelShape, Clamp clamp) {
    DataType type = graph.getVariable(op.output()).dataType();
    ClampWriter writer = new ClampWriter(graph, editor, op.name(), channelShape, type);
    editor.replaceBy(op.name(), op.input(input), x -> writer.apply(clamp, x));
  }

  /**
   * Pads with the shift. Where it differs between channels, zeros are padded and c·(1 − what the
   * padding makes of ones) is added.
   */
  void rewrite(PaddingBinding binding, Gauge gauge) {
    Op op = binding.op();
    double value = gauge.shift()[0];
    if (op.type().equals("pad") && Arrays.stream(gauge.shift()).allMatch(c -> c == value)) {
      editor.replaceBy(
          op.name(), op.input(0), x -> graph.nn().pad(x, graph.getVariable(op.input(1)), value));
      return;
    }
    INDArray map = BorderMap.missing(op, binding.positions(), gauge.shift(), constants);
    DataType type = graph.getVariable(op.output()).dataType();
    editor.insertAddition(op.output(), editor.addConstant(op.name() + "_map", map.castTo(type)));
  }
}
