package io.github.dl4jbnfold.conformance;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A norm per feature behind flattened positions, of which all share the channel of a convolution.
 */
class FlattenedNormTest {
  private static Consumer<Net> network(int size) {
    int features = 4 * size * size;
    return net ->
        net.image(3, size, size)
            .conv(4, 1, Padding.VALID)
            .applyFlat(features, v -> v.reshape(-1, features))
            .batchNorm(Gamma.POSITIVE, 1, features, 1e-3)
            .relu()
            .matmul(3)
            .sigmoid();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5, 6, 8, 16})
  void the_activation_takes_the_norm_whatever_the_number_of_positions(int size) {
    Fold.nchw(network(size)).removesAll().repairs("CLAMP").equalOutputs().isIdempotent();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5, 6, 8, 16})
  void without_new_operators_the_norm_stays_whatever_the_number_of_positions(int size) {
    Fold.weightsOnly(network(size)).keeps("bn", Reason.SHIFT_CONFLICT).equalOutputs();
  }
}
