package io.github.dl4jbnfold.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.layers.GateLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Folding the batch normalizations of a network whose activations have gates. */
class GatedNetworksTest {
  private static MultiLayerNetwork trained() {
    GateLayer gate =
        new GateLayer.Builder()
            .activation(Activation.SWISH)
            .line(1, new double[] {0.5, 1, -1, 2}, new double[] {0, 0.1, -0.2, 0.3})
            .penalty(0.1, 2)
            .updater(new Adam(0.02))
            .build();
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new Adam(0.01))
                .activation(Activation.IDENTITY)
                .list(
                    new DenseLayer.Builder().nIn(3).nOut(4).build(),
                    new BatchNormalization.Builder().nOut(4).build(),
                    gate,
                    new OutputLayer.Builder(LossFunction.MSE).nIn(4).nOut(2).build())
                .build());
    network.init();
    RandomParameters.in(network, 4);
    network.getLayer(2).getParam(GateLayer.ALPHA).assign(0.4);
    for (int i = 0; i < 3; i++) {
      network.fit(Nd4j.randn(DataType.DOUBLE, 8, 3), Nd4j.randn(DataType.DOUBLE, 8, 2));
    }
    return network;
  }

  private static INDArray moments(MultiLayerNetwork network) {
    for (UpdaterBlock block : ((MultiLayerUpdater) network.getUpdater()).getUpdaterBlocks()) {
      if (block.getLayersAndVariablesInBlock().get(0).getParamName().equals(GateLayer.ALPHA)) {
        return block.getUpdaterView();
      }
    }
    throw new AssertionError("No updater trains a gate.");
  }

  @Test
  void a_gate_keeps_its_alpha_its_configuration_and_its_moments() {
    MultiLayerNetwork before = trained();

    MultiLayerNetwork after =
        BatchNormFolding.foldCopy(before, FoldingOptions.defaults().inputShape("input", 8, 3))
            .network();

    assertThat(after.getnLayers()).isEqualTo(3);
    assertThat(GateLayer.alpha(after.getLayer(1)))
        .isEqualTo(GateLayer.alpha(before.getLayer(2)))
        .isNotEqualTo(0.4);
    assertThat(after.getLayer(1).conf().getLayer()).isEqualTo(before.getLayer(2).conf().getLayer());
    assertThat(moments(after)).isEqualTo(moments(before));
    assertThat(moments(after).amaxNumber().doubleValue()).isPositive();
    INDArray x = Nd4j.randn(DataType.DOUBLE, 8, 3);
    assertThat(after.output(x.dup()).equalsWithEps(before.output(x.dup()), 1e-9)).isTrue();
    assertThat(after.calcRegularizationScore(true))
        .isEqualTo(before.calcRegularizationScore(true))
        .isPositive();
  }
}
