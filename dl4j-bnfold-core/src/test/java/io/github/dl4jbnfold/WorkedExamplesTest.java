package io.github.dl4jbnfold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.plan.Objective;
import io.github.dl4jbnfold.report.FoldReport;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/** The numbers of the worked examples in docs/theory.md. */
class WorkedExamplesTest {
  private static final double ROUNDING = 1e-12;

  private final SameDiff graph = SameDiff.create();

  @Test
  void a_convolution_then_a_norm() {
    SDVariable weights = graph.var("W", kernel(1, 2, -1));
    SDVariable conv = graph.cnn.conv2d("conv", row(3), weights, vector("bias", 1), config(3));
    norm("y", conv, 2, 3, 1, 0.25);
    assertOutput("y", x(1, 0, 2), 11, -1, 19);
    assertThat(fold().removed()).containsExactly("y");
    assertOutput("y", x(1, 0, 2), 11, -1, 19);
    assertParameter("W", 4, 8, -4);
    assertParameter("bias", 3);
  }

  @Test
  void a_norm_then_a_convolution_that_pads_needs_a_map() {
    conv("y", affine("bn", row(3), 2, 1), 1, 2, -1);
    assertOutput("y", x(1, 0, 2), 5, 0, 11);
    assertThat(fold().repairs())
        .singleElement()
        .extracting(FoldReport.RepairedOperator::repair)
        .isEqualTo("BORDER_MAP");
    assertOutput("y", x(1, 0, 2), 5, 0, 11);
    assertParameter("y.W", 2, 4, -2);
    assertThat(constants()).anySatisfy(map -> assertThat(map).containsExactly(1, 2, 3));
  }

  @Test
  void two_norms_into_one_sum() {
    SDVariable x = row(1);
    SDVariable sum =
        affine("bn1", conv("u", x, 3), 2, 1).add(affine("bn2", conv("v", x, 1), -3, 4));
    graph.nn.relu("y", sum, 0);
    assertOutput("y", x(1), 8);
    assertThat(fold().removed()).containsExactlyInAnyOrder("bn1", "bn2");
    assertOutput("y", x(1), 8);
    assertThat(constants())
        .anySatisfy(kernel -> assertThat(kernel).containsExactly(3))
        .anySatisfy(bias -> assertThat(bias).containsExactly(5));
  }

  @Test
  void a_rectifier_and_a_negative_gamma() {
    SDVariable x = conv("x'", row(3), 1);
    graph.nn.sigmoid("other", x);
    conv("y", graph.nn.relu("z", affine("bn", x, -2, 4), 0), 1);
    assertOutput("y", x(0, 1, 3), 4, 2, 0);
    assertThat(fold().removed()).containsExactly("bn");
    assertOutput("y", x(0, 1, 3), 4, 2, 0);
    assertParameter("x'.W", 1);
    assertParameter("y.W", -2);
    assertThat(graph.getOps().values().stream().map(op -> op.getOp().opName()))
        .contains("minimum")
        .doesNotContain("relu", "maximum");
  }

  @Test
  void of_two_norms_of_one_tensor_each_goes_alone() {
    branches();
    FoldReport report =
        BatchNormFolding.fold(
            graph, FoldingOptions.defaults().objective(Objective.NO_NEW_OPERATORS));
    assertThat(report.removed()).containsExactly("bn1");
    assertThat(report.kept())
        .singleElement()
        .satisfies(
            kept -> {
              assertThat(kept.reason()).isEqualTo(Reason.SHIFT_CONFLICT);
              assertThat(kept.constraints().stream().map(FoldReport.NormConstraint::operator))
                  .containsOnly("bn1", "bn2", "relu1", "relu2");
            });
    assertOutput("y1", x(-3, -1.5, 1), 0, 0, 4);
    assertOutput("y2", x(-3, -1.5, 1), 0, 1.5, 9);
  }

  @Test
  void of_two_norms_of_one_tensor_both_go_with_a_clamp() {
    branches();
    assertThat(fold().removed()).containsExactlyInAnyOrder("bn1", "bn2");
    assertOutput("y1", x(-3, -1.5, 1), 0, 0, 4);
    assertOutput("y2", x(-3, -1.5, 1), 0, 1.5, 9);
    assertParameter("x'.W", 3);
    assertParameter("y1.W", 2 / 3.0);
    assertThat(constants()).anySatisfy(bound -> assertThat(bound).containsExactly(-3));
  }

  private void branches() {
    SDVariable x = conv("x'", row(3), 1);
    conv("y1", graph.nn.relu("relu1", affine("bn1", x, 2, 2), 0), 1);
    conv("y2", graph.nn.relu("relu2", affine("bn2", x, 3, 6), 0), 1);
  }

  private FoldReport fold() {
    return BatchNormFolding.fold(graph);
  }

  private SDVariable row(int length) {
    return graph.placeHolder("x", DataType.DOUBLE, 1, 1, 1, length);
  }

  private SDVariable vector(String name, double... values) {
    return graph.var(name, Nd4j.createFromArray(values));
  }

  private static INDArray kernel(double... values) {
    return Nd4j.createFromArray(values).reshape(1, values.length, 1, 1);
  }

  private static Conv2DConfig config(int width) {
    return Conv2DConfig.builder()
        .kH(1)
        .kW(width)
        .paddingMode(PaddingMode.SAME)
        .dataFormat("NCHW")
        .build();
  }

  private SDVariable conv(String name, SDVariable x, double... kernel) {
    SDVariable weights = graph.var(name + ".W", kernel(kernel));
    return graph.cnn.conv2d(name, x, weights, config(kernel.length));
  }

  /** s·x + t. */
  private SDVariable affine(String name, SDVariable x, double s, double t) {
    return norm(name, x, s, t, 0, 1);
  }

  private SDVariable norm(
      String name, SDVariable x, double gamma, double beta, double mean, double variance) {
    return graph.nn.batchNorm(
        name,
        x,
        vector(name + ".mean", mean),
        vector(name + ".variance", variance),
        vector(name + ".gamma", gamma),
        vector(name + ".beta", beta),
        0,
        1);
  }

  private static INDArray x(double... row) {
    return Nd4j.createFromArray(row).reshape(1, 1, 1, row.length);
  }

  private void assertOutput(String name, INDArray x, double... wanted) {
    INDArray output = graph.output(Map.of("x", x), name).get(name);
    assertThat(output.ravel().toDoubleVector()).containsExactly(wanted, within(ROUNDING));
  }

  private void assertParameter(String name, double... wanted) {
    INDArray array = graph.getVariable(name).getArr();
    assertThat(array.ravel().toDoubleVector()).containsExactly(wanted, within(ROUNDING));
  }

  private Iterable<double[]> constants() {
    return graph.variables().stream()
        .filter(variable -> !variable.isPlaceHolder())
        .map(SDVariable::getArr)
        .filter(array -> array != null && array.length() > 0)
        .map(array -> array.ravel().toDoubleVector())
        .toList();
  }
}
