package io.github.dl4jbnfold.linearize.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks at the beginning of a training. */
class UpdatersTest {
  private static final IUpdater NEW = new Nesterovs(0.001, 0.9);

  private static MultiLayerNetwork wrapped() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .updater(new Adam(0.02))
                .biasUpdater(new Sgd(0.5))
                .list(
                    new FrozenLayer(new LSTM.Builder().nIn(3).nOut(4).build()),
                    new Bidirectional(
                        Bidirectional.Mode.CONCAT, new LSTM.Builder().nIn(4).nOut(3).build()),
                    new LastTimeStep(new LSTM.Builder().nIn(6).nOut(4).build()),
                    new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(4)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
    network.init();
    network.fit(new DataSet(Nd4j.randn(2, 3, 5), Nd4j.randn(2, 2)));
    return network;
  }

  private static IUpdater updater(MultiLayerNetwork network, int layer, String key) {
    return network.getLayer(layer).conf().getLayer().getUpdaterByParam(key);
  }

  @Test
  void all_layers_but_frozen_ones_get_the_updater_wrapped_or_not() {
    MultiLayerNetwork before = wrapped();

    MultiLayerNetwork after = Updaters.restarted(before, NEW, (name, layer) -> {});

    assertThat(updater(after, 0, "W")).isEqualTo(new Adam(0.02));
    assertThat(updater(after, 1, "fW")).isEqualTo(NEW);
    assertThat(updater(after, 1, "bb")).isEqualTo(NEW);
    assertThat(updater(after, 2, "W")).isEqualTo(NEW);
    assertThat(updater(after, 3, "b")).isEqualTo(NEW).isNotSameAs(NEW);
    assertThat(updater(before, 1, "fW")).isEqualTo(new Adam(0.02));
    assertThat(updater(before, 3, "b")).isEqualTo(new Sgd(0.5));
  }

  @Test
  void a_copy_begins_anew_and_shares_nothing() {
    MultiLayerNetwork before = wrapped();
    INDArray parameters = before.params().dup();

    MultiLayerNetwork after = Updaters.restarted(before, NEW, (name, layer) -> {});

    assertThat(after.params()).isEqualTo(parameters);
    assertThat(after.getIterationCount()).isZero();
    assertThat(before.getIterationCount()).isEqualTo(1);
    assertThat(after.getUpdater().getStateViewArray().amaxNumber().doubleValue()).isZero();
    after.fit(new DataSet(Nd4j.randn(2, 3, 5), Nd4j.randn(2, 2)));
    assertThat(before.params()).isEqualTo(parameters);
  }

  @Test
  void a_graph_begins_anew_too() {
    ComputationGraph before = Trained.convolutional(new Adam(0.02));
    before.fit(Trained.lines(10, 1));
    before.incrementEpochCount();
    INDArray parameters = before.params().dup();

    ComputationGraph after = Updaters.restarted(before, NEW, (name, layer) -> {});

    assertThat(after.params()).isEqualTo(parameters);
    assertThat(after.getConfiguration().getIterationCount()).isZero();
    assertThat(after.getConfiguration().getEpochCount()).isZero();
    assertThat(after.getLayer("conv").conf().getLayer().getUpdaterByParam("W")).isEqualTo(NEW);
    assertThat(after.getUpdater().getStateViewArray().amaxNumber().doubleValue()).isZero();
    INDArray x = Trained.lines(4, 2).getFeatures();
    assertThat(after.outputSingle(x)).isEqualTo(before.outputSingle(x));
    after.fit(Trained.lines(10, 1));
    assertThat(before.params()).isEqualTo(parameters);
    assertThat(before.getLayer("conv").conf().getLayer().getUpdaterByParam("W"))
        .isEqualTo(new Adam(0.02));
  }

  @Test
  void without_another_updater_the_layers_keep_theirs() {
    MultiLayerNetwork after = Updaters.restarted(wrapped(), null, (name, layer) -> {});

    assertThat(updater(after, 3, "W")).isEqualTo(new Adam(0.02));
    assertThat(updater(after, 3, "b")).isEqualTo(new Sgd(0.5));
  }
}
