package io.github.dl4jbnfold.samediff.write;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.rewrite.KernelLayout;
import io.github.dl4jbnfold.rewrite.LinearRewrite;
import io.github.dl4jbnfold.samediff.read.Binding.InputMatrix;
import io.github.dl4jbnfold.samediff.read.Binding.RecurrentBinding;
import io.github.dl4jbnfold.samediff.read.Op;
import java.util.Arrays;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Writes the input matrices of recurrent operators: W̃ = W/a_in and b̃ = b − Σ W·c_in/a_in. What
 * the operator makes of x·W + b stays what it is. Theory, section 1.
 */
final class InputMatrices {
  private final SameDiff graph;
  private final Parameters parameters;
  private final GraphEditor editor;

  InputMatrices(SameDiff graph, Parameters parameters, GraphEditor editor) {
    this.graph = graph;
    this.parameters = parameters;
    this.editor = editor;
  }

  void rewrite(RecurrentBinding binding, Gauge in) {
    for (InputMatrix matrix : binding.matrices()) {
      rewrite(binding.op(), matrix, in);
    }
  }

  private void rewrite(Op op, InputMatrix matrix, Gauge in) {
    INDArray weights = parameters.array(op, matrix.weights());
    KernelLayout layout = matrix.layout();
    int rows = (int) weights.size(layout.inputAxes().get(0));
    // The rows of a state that is stacked below the input are multiplied by 1.
    double[] inverse = extended(in.inverseScale(), rows, 1);
    double[] relative = extended(in.relativeShift(), rows, 0);
    double[] answer = LinearRewrite.response(weights, layout, relative);
    INDArray rewritten =
        LinearRewrite.scaled(weights, layout, Parameters.ones(answer.length), inverse);
    parameters.write(op, matrix.weights(), LinearRewrite.rounded(rewritten, weights));
    if (Arrays.stream(answer).anyMatch(b -> b != 0)) {
      writeBias(op, matrix, weights, answer);
    }
  }

  private static double[] extended(double[] vector, int length, double rest) {
    double[] extended = Arrays.copyOf(vector, length);
    Arrays.fill(extended, vector.length, length, rest);
    return extended;
  }

  private void writeBias(Op op, InputMatrix matrix, INDArray weights, double[] answer) {
    Gauge unchanged = Gauge.identity(answer.length);
    if (matrix.bias() != null) {
      INDArray old = parameters.array(op, matrix.bias());
      double[] bias = LinearRewrite.bias(Parameters.vector(old), answer, unchanged);
      parameters.write(op, matrix.bias(), Parameters.like(old, bias));
      return;
    }
    double[] bias = LinearRewrite.bias(new double[answer.length], answer, unchanged);
    long[] shape = matrix.layout().outputAxes().stream().mapToLong(weights::size).toArray();
    INDArray values = Nd4j.createFromArray(bias).castTo(weights.dataType()).reshape(shape);
    String added = editor.addLike(op.input(matrix.weights()), op.name() + "_bias", values);
    editor.replace(
        op.name(), LstmLayers.withBias(graph, op.function(), editor.inputs(op.name()), added));
  }
}
