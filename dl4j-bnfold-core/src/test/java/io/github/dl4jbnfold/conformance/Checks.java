package io.github.dl4jbnfold.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.GraphState;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.ops.transforms.Transforms;

/** What cases ask for besides the outcome. */
final class Checks {
  private Checks() {}

  /** All operators of a type, in graph order. */
  static List<SameDiffOp> operators(SameDiff graph, String type) {
    return graph.getOps().values().stream().filter(op -> op.getOp().opName().equals(type)).toList();
  }

  /** Input number i of the n-th operator of a type. */
  static String input(SameDiff graph, String type, int n, int i) {
    return operators(graph, type).get(n).getInputsToOp().get(i);
  }

  /** The values of input number i of the n-th operator of a type, in double precision. */
  static INDArray values(SameDiff graph, String type, int n, int i) {
    return array(graph, input(graph, type, n, i));
  }

  /** The values of a parameter in double precision. */
  static INDArray array(SameDiff graph, String name) {
    return graph.getVariable(name).getArr().castTo(DataType.DOUBLE);
  }

  /** s = γ / √(σ² + ε) of a batch normalization of the fixture. */
  static INDArray scale(SameDiff graph, String norm) {
    INDArray variance = array(graph, norm + ".var").add(1e-3);
    return array(graph, norm + ".gamma").div(Transforms.sqrt(variance));
  }

  /** t = β − s·μ of a batch normalization of the fixture. */
  static INDArray shift(SameDiff graph, String norm) {
    return array(graph, norm + ".beta").sub(scale(graph, norm).mul(array(graph, norm + ".mean")));
  }

  /** Equal to the precision of the stored type. */
  static void areClose(Fold fold, INDArray actual, INDArray expected) {
    boolean single =
        fold.graph().variables().stream().anyMatch(v -> v.dataType() == DataType.FLOAT);
    double scale = expected.amaxNumber().doubleValue();
    assertThat(actual.length()).isEqualTo(expected.length());
    double error = actual.sub(expected.reshape(actual.shape())).amaxNumber().doubleValue() / scale;
    assertThat(error).isLessThan(single ? 1e-6 : 1e-12);
  }

  /** A parameter that both networks have holds the same bits in both. */
  static void sameBits(Fold fold, String name) {
    GraphState.areSameBits(
        name, fold.graph().getVariable(name).getArr(), fold.original().getVariable(name).getArr());
  }

  /** The operators of a type have the integer arguments that they had. */
  static void sameArguments(Fold fold, String type) {
    assertThat(arguments(fold.graph(), type)).isEqualTo(arguments(fold.original(), type));
  }

  private static List<List<Long>> arguments(SameDiff graph, String type) {
    return operators(graph, type).stream()
        .map(op -> ((DynamicCustomOp) op.getOp()).iArgs())
        .map(arguments -> Arrays.stream(arguments).boxed().toList())
        .toList();
  }

  /** So many operators of a type have a bias as their third input. */
  static void biases(Fold fold, String type, int count) {
    assertThat(operators(fold.graph(), type).stream().filter(op -> op.getInputsToOp().size() == 3))
        .as("biases")
        .hasSize(count);
  }
}
