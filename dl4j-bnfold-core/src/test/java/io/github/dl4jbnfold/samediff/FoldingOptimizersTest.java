package io.github.dl4jbnfold.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.verify.Agreement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.optimize.GraphOptimizer;
import org.nd4j.linalg.api.ndarray.INDArray;

class FoldingOptimizersTest {
  @Test
  void the_graph_optimizer_of_nd4j_folds_a_copy_and_leaves_the_original() {
    Net net = Net.nchw(3);
    String output = net.image(3, 8, 7).conv(5, 3, Padding.SAME).batchNorm().relu().output().name();

    SameDiff optimized =
        GraphOptimizer.optimize(
            net.graph(),
            List.of(output),
            List.of(BatchNormFolding.optimizerSet(FoldingOptions.defaults())));

    assertThat(types(net.graph())).contains("batchnorm");
    assertThat(types(optimized)).containsExactly("conv2d", "relu");
    Map<String, INDArray> input = Map.of("x0", net.gaussian(1, 2, 3, 8, 7));
    assertThat(
            Agreement.of(net.graph().output(input, output), optimized.output(input, output))
                .maxRelativeError())
        .isLessThan(1e-12);
  }

  private static List<String> types(SameDiff graph) {
    return graph.getOps().values().stream().map(op -> op.getOp().opName()).toList();
  }
}
