package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.samediff.write.GraphEditor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Puts gates and their penalty into a graph, made of the graph's own operators. */
final class GateWriter {
  static final String PENALTY = "gate_penalty";

  private final SameDiff graph;
  private final GraphEditor editor;

  GateWriter(SameDiff graph, GraphEditor editor) {
    this.graph = graph;
    this.editor = editor;
  }

  /**
   * Puts α·line + (1 − α)·σ(x) behind an activation.
   *
   * <p>Both ends are exact: 0·line + 1·σ(x), and 1·line + 0·σ(x), for finite numbers. There is no
   * clip: its gradient is 0 beyond the bounds, where a clipped α would stay for ever.
   *
   * @param input what the activation reads
   * @param rank of it
   * @return the name of α
   */
  String write(String name, String input, double start, @Nullable GateLine line, int rank) {
    DataType type = graph.getVariable(name).dataType();
    INDArray first = Nd4j.valueArrayOf(new long[] {1}, start, type);
    String alpha = editor.addVariable(name + GateReader.ALPHA, first);
    editor.insertBehind(
        name,
        name + "_gate_activated",
        activated -> {
          SDVariable a = graph.getVariable(alpha);
          SDVariable x = graph.getVariable(input);
          SDVariable straight = line == null ? x : line(x, name, line, rank);
          return straight.mul(a).add(activated.mul(a.rsub(1)));
        });
    return alpha;
  }

  private SDVariable line(SDVariable x, String name, GateLine line, int rank) {
    SDVariable slope = channels(name + "_line_slope", line.slope(), line, x.dataType(), rank);
    SDVariable shift = channels(name + "_line_shift", line.shift(), line, x.dataType(), rank);
    return x.mul(slope).add(shift);
  }

  private SDVariable channels(
      String name, double[] values, GateLine line, DataType type, int rank) {
    long[] shape = new long[rank];
    Arrays.fill(shape, 1);
    shape[line.channelAxis()] = values.length;
    INDArray array = Nd4j.createFromArray(values).castTo(type).reshape(shape);
    return graph.getVariable(editor.addConstant(name, array));
  }

  /**
   * Adds Σ weight·|1 − α^power|, a loss of its own.
   *
   * <p>Where α is 1 the gradient is that from below, −weight·power: |z| would have none there, and
   * the task alone would pull. Where α is negative, which it is only where nothing keeps it in its
   * bounds, α^power with a power above 1 counts as 0.
   *
   * @param weights of the penalty, by α, all with this power
   */
  SDVariable penalty(Map<String, Double> weights, double power) {
    List<String> names = new ArrayList<>(weights.keySet());
    SDVariable[] alphas = names.stream().map(graph::getVariable).toArray(SDVariable[]::new);
    SDVariable all = alphas.length == 1 ? alphas[0] : graph.concat(0, alphas);
    SDVariable raised = all;
    if (power != 1) {
      SDVariable bounded = graph.nn.relu(all, 0);
      raised = power == 2 ? graph.math.square(bounded) : graph.math.pow(bounded, power);
    }
    SDVariable below = raised.rsub(1);
    SDVariable above = graph.nn.relu(raised.sub(1), 0).mul(2);
    double[] factors = names.stream().mapToDouble(weights::get).toArray();
    INDArray array = Nd4j.createFromArray(factors).castTo(all.dataType());
    SDVariable factor = graph.getVariable(editor.addConstant(PENALTY + "_weights", array));
    return below.add(above).mul(factor).sum();
  }
}
