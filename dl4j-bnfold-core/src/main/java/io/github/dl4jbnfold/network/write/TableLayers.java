package io.github.dl4jbnfold.network.write;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.network.read.Binding.InputMatrix;
import io.github.dl4jbnfold.network.read.Binding.NormBinding;
import io.github.dl4jbnfold.network.read.Binding.NumberBinding;
import io.github.dl4jbnfold.network.read.Binding.RecurrentBinding;
import io.github.dl4jbnfold.network.read.Binding.TableBinding;
import io.github.dl4jbnfold.network.read.NormValues;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.rewrite.AffineRewrite;
import io.github.dl4jbnfold.rewrite.KernelLayout;
import io.github.dl4jbnfold.rewrite.LinearRewrite;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Rewrites what is no dense layer and no convolution: input matrices of recurrent layers, tables of
 * embeddings, batch normalizations and numbers that stay.
 */
final class TableLayers {
  /** [nIn, columns] of recurrent layers, [rows, channels] of embeddings. */
  private static final KernelLayout MATRIX = KernelLayout.of(2, 1, 0);

  private final SourceNetwork network;
  private final NetworkEdit edit;

  TableLayers(SourceNetwork network, NetworkEdit edit) {
    this.network = network;
    this.edit = edit;
  }

  /** W̃ = W/a_in and b̃ = b − Σ W·c_in/a_in. */
  void rewrite(RecurrentBinding binding, Gauge in) {
    String step = binding.step().name();
    Map<String, INDArray> parameters = network.parameters(step);
    for (InputMatrix matrix : binding.matrices()) {
      INDArray weights = Objects.requireNonNull(parameters.get(matrix.weights()));
      double[] bias = vector(Objects.requireNonNull(parameters.get(matrix.bias())));
      double[] answer = LinearRewrite.response(weights, MATRIX, in.relativeShift());
      double[] ones = filled(bias.length, 1);
      double[] rewritten = LinearRewrite.bias(bias, answer, Gauge.identity(bias.length));
      INDArray unit = Nd4j.ones(DataType.DOUBLE, weights.shape());
      edit.set(
          step,
          matrix.weights(),
          new NewParameter(
              rows(LinearRewrite.scaled(weights, MATRIX, ones, in.inverseScale())),
              rows(LinearRewrite.scaled(unit, MATRIX, ones, in.inverseScale()))));
      edit.set(step, matrix.bias(), of(rewritten, ones));
    }
  }

  /** Ẽ = a·E and b̃ = a·b + c; without a bias Ẽ = a·E + c. */
  void rewrite(TableBinding binding, Gauge out) {
    String step = binding.step().name();
    Map<String, INDArray> parameters = network.parameters(step);
    INDArray table = Objects.requireNonNull(parameters.get("W"));
    INDArray bias = parameters.get("b");
    double[] inputs = filled((int) table.size(0), 1);
    INDArray scaled = LinearRewrite.scaled(table, MATRIX, out.scale(), inputs);
    INDArray unit = Nd4j.ones(DataType.DOUBLE, table.shape());
    INDArray factor = rows(LinearRewrite.scaled(unit, MATRIX, out.scale(), inputs));
    if (bias == null) {
      scaled.addiRowVector(Nd4j.createFromArray(out.shift()));
    } else {
      double[] none = new double[out.channels()];
      edit.set(step, "b", of(LinearRewrite.bias(vector(bias), none, out), out.scale()));
    }
    edit.set(step, "W", new NewParameter(rows(scaled), factor));
  }

  /** γ̃ = s̃·√(σ² + ε) and β̃ = t̃ + s̃·μ. Locked values become parameters. */
  void rewrite(NormBinding binding, AffineRewrite rewrite) {
    Step step = binding.step();
    BatchNormalization layer = NormValues.normOf(Objects.requireNonNull(step.layer()));
    NormValues values = NormValues.of(layer, network.parameters(step.name()));
    double[] gamma = new double[rewrite.scale().length];
    double[] beta = new double[gamma.length];
    for (int i = 0; i < gamma.length; i++) {
      gamma[i] = rewrite.scale()[i] * values.deviation()[i];
      beta[i] = rewrite.shift()[i] + rewrite.scale()[i] * values.mean()[i];
    }
    edit.set(step.name(), "gamma", new NewParameter(Nd4j.createFromArray(gamma), null));
    edit.set(step.name(), "beta", new NewParameter(Nd4j.createFromArray(beta), null));
    if (layer.isLockGammaBeta()) {
      edit.configure(step.name(), copy -> NormValues.normOf(copy).setLockGammaBeta(false));
    }
  }

  void rewrite(NumberBinding binding, AffineRewrite rewrite) {
    Step copy = binding.step().copy();
    GraphVertex vertex = copy.vertex();
    while (vertex instanceof FrozenVertex frozen) {
      vertex = frozen.getUnderlying();
    }
    if (vertex instanceof ScaleVertex scale) {
      scale.setScaleFactor(rewrite.scale()[0]);
    } else if (vertex instanceof ShiftVertex shift) {
      shift.setShiftFactor(rewrite.shift()[0]);
    }
    edit.replace(copy);
  }

  private static NewParameter of(double[] value, double[] factor) {
    return new NewParameter(Nd4j.createFromArray(value), Nd4j.createFromArray(factor));
  }

  private static INDArray rows(INDArray array) {
    return array.dup('c').reshape(array.length());
  }

  private static double[] vector(INDArray array) {
    return array.castTo(DataType.DOUBLE).dup('c').reshape(array.length()).toDoubleVector();
  }

  private static double[] filled(int length, double value) {
    double[] filled = new double[length];
    Arrays.fill(filled, value);
    return filled;
  }
}
