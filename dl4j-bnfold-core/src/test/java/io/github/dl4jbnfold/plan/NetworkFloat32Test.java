package io.github.dl4jbnfold.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.report.FoldReport.KeptNorm;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Known networks in 32-bit floating point, whose limits of conditioning are the narrower ones. */
class NetworkFloat32Test {
  @ParameterizedTest(name = "{0}")
  @EnumSource
  void a_network_loses_as_many_norms_as_in_float64(Architecture network) {
    for (Gamma gamma : List.of(Gamma.POSITIVE, Gamma.MIXED)) {
      Net single = Net.of(1, DataType.FLOAT, false);
      Fold fold = Fold.of(single, net -> network.narrow(net, gamma), options -> options);

      assertThat(fold.report().kept())
          .extracting(KeptNorm::reason)
          .doesNotContain(Reason.ILL_CONDITIONED);
      fold.removes(network.counts().repairable()).equalOutputs().isIdempotent();
    }
  }
}
