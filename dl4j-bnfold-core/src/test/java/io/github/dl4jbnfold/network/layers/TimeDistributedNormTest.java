package io.github.dl4jbnfold.network.layers;

import static io.github.dl4jbnfold.network.layers.Chain.norm;
import static io.github.dl4jbnfold.network.layers.Chain.wall;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.NetworkFold;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A norm inside a time distributed layer reads sequences of both formats. */
class TimeDistributedNormTest {
  private static TimeDistributed norms(RNNFormat format) {
    return new TimeDistributed(norm(), format);
  }

  private static Convolution1DLayer conv(RNNFormat format) {
    return new Convolution1DLayer.Builder(2).nOut(4).rnnDataFormat(format).build();
  }

  private static InputType sequences(RNNFormat format) {
    return InputType.recurrent(3, 6, format);
  }

  @ParameterizedTest
  @EnumSource
  void it_goes_backward_into_a_convolution(RNNFormat format) {
    Chain.of(sequences(format), conv(format), norms(format), wall()).removesAll();
    Chain.of(sequences(format), conv(format), new FrozenLayer(norms(format)), wall()).removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void it_goes_forward_into_a_cell(RNNFormat format) {
    LSTM lstm = new LSTM.Builder().nOut(2).build();

    Chain.of(sequences(format), wall(), norms(format), lstm, wall()).once().removesAll();
  }

  @ParameterizedTest
  @EnumSource
  void where_it_stays_it_absorbs_another_one(RNNFormat format) {
    TimeDistributed locked =
        new TimeDistributed(new BatchNormalization.Builder(2, 0, true).build(), format);
    Chain chain = Chain.of(sequences(format), conv(format), wall(), locked, norms(format), wall());

    for (NetworkFold fold : chain.folds()) {
      assertThat(chain.equal(fold).report().removed()).hasSize(1);
      assertThat(fold.report().kept()).hasSize(1);
    }
  }
}
