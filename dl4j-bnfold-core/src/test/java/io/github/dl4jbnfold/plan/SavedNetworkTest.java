package io.github.dl4jbnfold.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.verify.Agreement;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Known networks, folded, go through ND4J's file format, which finds operators by their names. */
class SavedNetworkTest {
  @ParameterizedTest(name = "{0}")
  @EnumSource
  void a_folded_network_survives_the_format_of_its_file(Architecture network) {
    Fold fold = Fold.nchw(net -> network.narrow(net, Gamma.MIXED));
    SameDiff folded = fold.graph();
    SameDiff again = folded.dup();

    SDVariable image = folded.placeHolders().iterator().next();
    long[] shape = image.placeholderShape().clone();
    shape[0] = 2;
    Map<String, INDArray> input = Map.of(image.name(), Nd4j.rand(image.dataType(), shape));
    String[] outputs = fold.report().outputs().toArray(String[]::new);
    assertThat(Agreement.of(folded.output(input, outputs), again.output(input, outputs)))
        .isEqualTo(Agreement.EXACT);
  }
}
