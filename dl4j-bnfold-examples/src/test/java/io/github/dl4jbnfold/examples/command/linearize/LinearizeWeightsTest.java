package io.github.dl4jbnfold.examples.command.linearize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;

/** Which constants of an imported graph are weights. */
class LinearizeWeightsTest {
  private final SameDiff graph = SameDiff.create();
  private final SDVariable image = graph.placeHolder("image", DataType.DOUBLE, -1, 3, 5, 4);

  private SDVariable constant(String name, long... shape) {
    return graph.constant(name, Nd4j.randn(DataType.DOUBLE, shape));
  }

  /** As the ONNX importer writes it: kernels of another layout, channels last in between. */
  private SDVariable imported() {
    SDVariable last = image.sub(constant("mean", 1, 3, 1, 1)).permute(0, 2, 3, 1);
    SDVariable kernel = constant("kernel", 2, 3, 3, 3).permute(2, 3, 1, 0).rename("turned");
    Conv2DConfig config = Conv2DConfig.builder().kH(3).kW(3).dataFormat("NHWC").build();
    SDVariable convolved = graph.concat(3, graph.cnn().conv2d(last, kernel, config));
    SDVariable first = convolved.add(constant("bias", 2)).permute(0, 3, 1, 2);
    return graph.nn().relu("out", first.mul(constant("scale", 1)), 0);
  }

  private List<String> released(SDVariable result) {
    assertThat(LinearizeWeights.isFrozen(graph, result.name())).isTrue();
    LinearizeWeights.release(graph, result.name(), List.of(result.name()));
    return LinearizeGraphs.names(graph, VariableType.VARIABLE);
  }

  @Test
  void kernels_and_biases_are_and_scales_and_means_are_not() {
    INDArray x = Nd4j.randn(DataType.DOUBLE, 2, 3, 5, 4);
    SDVariable out = imported();
    INDArray before = graph.output(Map.of("image", x), "out").get("out").dup();

    assertThat(released(out)).containsExactly("bias", "turned");
    assertThat(LinearizeGraphs.names(graph, VariableType.CONSTANT)).contains("mean", "scale");
    assertThat(graph.output(Map.of("image", x), "out").get("out")).isEqualTo(before);
    assertThat(LinearizeWeights.isFrozen(graph, "out")).isFalse();
  }

  @Test
  void a_constant_that_something_else_reads_too_stays_one() {
    SDVariable matrix = constant("matrix", 4, 4);
    SDVariable product = image.mmul(constant("other", 4, 4)).mmul(matrix);
    SDVariable out = product.mul("out", matrix.mean());

    assertThat(released(out)).containsExactly("other");
  }
}
