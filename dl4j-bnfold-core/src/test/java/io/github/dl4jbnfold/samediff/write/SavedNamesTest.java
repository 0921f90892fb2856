package io.github.dl4jbnfold.samediff.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.verify.Agreement;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.PaddingMode;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An operator that the user did not name bears the name of the variable that it writes. ND4J's
 * files give a variable to the operator of its name, so no other operator may write it in the end.
 */
class SavedNamesTest {
  private static final Conv2DConfig PADDED =
      Conv2DConfig.builder()
          .kH(3)
          .kW(3)
          .sH(1)
          .sW(1)
          .dH(1)
          .dW(1)
          .paddingMode(PaddingMode.SAME)
          .dataFormat(Conv2DConfig.NCHW)
          .build();

  @Test
  void an_unnamed_convolution_with_a_border_map_survives_saving() {
    Fold fold =
        Fold.nchw(
            net -> {
              Node x = net.image(3, 5, 4).batchNorm();
              SDVariable weight = net.weight("W", 3, 3, 3, 2);
              x.apply(2, v -> net.graph().cnn().conv2d(v, weight, PADDED)).sigmoid().output();
            });
    fold.removesAll().leaves("conv2d", "sigmoid", "add").equalOutputs();

    survivesSaving(fold, 2, 3, 5, 4);
  }

  @Test
  void unnamed_parts_of_a_constant_of_which_one_is_rewritten_survive_saving() {
    Fold fold =
        Fold.nchw(
            net -> {
              SDVariable[] weights = net.graph().split(net.constant("W", 4, 6), 2, 1);
              Node x = net.placeholder("x0", -1, 4);
              Node left = x.apply(3, v -> v.mmul(weights[0])).batchNorm();
              left.add(x.apply(3, v -> v.mmul(weights[1]))).sigmoid().output();
            });

    survivesSaving(fold.removesAll().equalOutputs(), 2, 4);
  }

  private static void survivesSaving(Fold fold, long... shape) {
    SameDiff folded = fold.graph();
    SameDiff again = folded.dup();
    Map<String, INDArray> input = Map.of("x0", Nd4j.rand(DataType.DOUBLE, shape));
    assertThat(Agreement.of(folded.output(input, "sigmoid"), again.output(input, "sigmoid")))
        .isEqualTo(Agreement.EXACT);
  }
}
