package io.github.dl4jbnfold.linearize.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.fixture.RandomParameters;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.dataset.adapter.SingletonMultiDataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Labels of a teacher that are mixed in. */
class DistillationTest {
  private static final double WEIGHT = 0.3;

  private static MultiLayerNetwork network(ILossFunction loss, Activation activation, long seed) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .l2(0.01)
                .list(
                    new DenseLayer.Builder().nIn(4).nOut(6).activation(Activation.TANH).build(),
                    new OutputLayer.Builder(loss).nIn(6).nOut(3).activation(activation).build())
                .build());
    network.init();
    return RandomParameters.in(network, seed);
  }

  private static Stream<Arguments> losses() {
    ILossFunction weighted = new LossMCXENT(Nd4j.createFromArray(0.5, 2.0, 1.0));
    return Stream.of(
        Arguments.of(LossFunction.MCXENT.getILossFunction(), Activation.SOFTMAX),
        Arguments.of(weighted, Activation.SOFTMAX),
        Arguments.of(LossFunction.NEGATIVELOGLIKELIHOOD.getILossFunction(), Activation.SOFTMAX),
        Arguments.of(LossFunction.KL_DIVERGENCE.getILossFunction(), Activation.SOFTMAX),
        Arguments.of(LossFunction.XENT.getILossFunction(), Activation.SIGMOID),
        Arguments.of(LossFunction.MSE.getILossFunction(), Activation.IDENTITY),
        Arguments.of(LossFunction.L2.getILossFunction(), Activation.TANH));
  }

  private static INDArray labels(Activation activation) {
    INDArray noise = Nd4j.randn(DataType.DOUBLE, 8, 3);
    return switch (activation) {
      case SOFTMAX -> {
        INDArray classes = Nd4j.zeros(DataType.DOUBLE, 8, 3);
        for (int i = 0; i < 8; i++) {
          classes.putScalar(i, i % 3, 1);
        }
        yield classes;
      }
      case SIGMOID -> noise.gt(0).castTo(DataType.DOUBLE);
      default -> noise;
    };
  }

  private static INDArray gradient(MultiLayerNetwork network, INDArray x, INDArray labels) {
    network.setInput(x);
    network.setLabels(labels);
    network.computeGradientAndScore();
    return network.gradient().gradient().dup();
  }

  @ParameterizedTest
  @MethodSource("losses")
  void the_gradient_is_that_of_both_losses(ILossFunction loss, Activation activation) {
    MultiLayerNetwork student = network(loss, activation, 1);
    MultiLayerNetwork teacher = network(loss, activation, 2);
    INDArray x = Nd4j.randn(DataType.DOUBLE, 8, 4);
    INDArray labels = labels(activation);
    Distillation.requireAffineLosses(student);

    INDArray mixed =
        new Distillation(teacher, WEIGHT).labels(new MultiDataSet(x, labels)).getLabels(0);
    INDArray task = gradient(student, x, labels);
    INDArray taught = gradient(student, x, teacher.output(x));
    INDArray both = task.mul(1 - WEIGHT).add(taught.mul(WEIGHT));

    INDArray difference = gradient(student, x, mixed).sub(both);
    assertThat(difference.amaxNumber().doubleValue())
        .isLessThan(1e-9 * both.amaxNumber().doubleValue());
    assertThat(task.sub(taught).amaxNumber().doubleValue()).isGreaterThan(1e-3);
  }

  @Test
  void a_loss_that_is_not_affine_in_the_label_is_refused() {
    MultiLayerNetwork student =
        network(LossFunction.MEAN_ABSOLUTE_ERROR.getILossFunction(), Activation.IDENTITY, 1);

    assertThatThrownBy(() -> Distillation.requireAffineLosses(student))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("'layer1'");
  }

  @Test
  void data_keep_their_labels_masks_and_names_and_are_not_written_into() {
    MultiLayerNetwork teacher = recurrent(1);
    INDArray x = Nd4j.randn(DataType.DOUBLE, 2, 4, 5);
    INDArray labels = Nd4j.rand(DataType.DOUBLE, 2, 3, 5);
    INDArray before = labels.dup();
    INDArray mask = Nd4j.createFromArray(new double[][] {{1, 1, 1, 0, 0}, {1, 1, 1, 1, 1}});
    DataSet data = new DataSet(x, labels, mask, mask.dup());
    data.setExampleMetaData(List.of("a", "b"));

    DataSetIterator distilled =
        new Distillation(teacher, WEIGHT).labels(new SingletonDataSetIterator(data));
    DataSet after = distilled.next();

    INDArray taught = teacher.output(x, false, mask, null).mul(WEIGHT);
    assertThat(after.getLabels().equalsWithEps(before.mul(1 - WEIGHT).add(taught), 1e-12)).isTrue();
    assertThat(labels).isEqualTo(before);
    assertThat(after.getFeatures()).isSameAs(x);
    assertThat(after.getFeaturesMaskArray()).isEqualTo(mask);
    assertThat(after.getLabelsMaskArray()).isEqualTo(mask);
    assertThat(after.getExampleMetaData()).isEqualTo(List.of("a", "b"));
    assertThat(distilled.hasNext()).isFalse();
    distilled.reset();
    assertThat(distilled.next().getLabels()).isEqualTo(after.getLabels());
  }

  private static MultiLayerNetwork recurrent(long seed) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .list(
                    new LSTM.Builder().nIn(4).nOut(5).build(),
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(5)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    return RandomParameters.in(network, seed);
  }

  private static ComputationGraph twoOutputs(long seed) {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("in")
                .addLayer("dense", new DenseLayer.Builder().nIn(4).nOut(5).build(), "in")
                .addLayer(
                    "class",
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(5)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "dense")
                .addLayer(
                    "value",
                    new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(5)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build(),
                    "dense")
                .setOutputs("class", "value")
                .build());
    graph.init();
    return RandomParameters.in(graph, seed);
  }

  @Test
  void each_output_of_a_graph_has_its_teacher() {
    ComputationGraph teacher = twoOutputs(1);
    INDArray x = Nd4j.randn(DataType.DOUBLE, 6, 4);
    INDArray classes = Transforms.softmax(Nd4j.randn(DataType.DOUBLE, 6, 3));
    INDArray values = Nd4j.randn(DataType.DOUBLE, 6, 2);
    MultiDataSet data =
        new MultiDataSet(new INDArray[] {x}, new INDArray[] {classes, values}, null, null);

    org.nd4j.linalg.dataset.api.MultiDataSet after =
        new Distillation(teacher, WEIGHT).labels(new SingletonMultiDataSetIterator(data)).next();

    INDArray[] outputs = teacher.output(x);
    assertThat(after.getLabels(0).equalsWithEps(classes.mul(0.7).add(outputs[0].mul(0.3)), 1e-12))
        .isTrue();
    assertThat(after.getLabels(1).equalsWithEps(values.mul(0.7).add(outputs[1].mul(0.3)), 1e-12))
        .isTrue();
    Distillation.requireAffineLosses(teacher);
  }

  @Test
  void labels_of_another_width_are_refused() {
    MultiLayerNetwork teacher =
        network(LossFunction.MCXENT.getILossFunction(), Activation.SOFTMAX, 1);
    MultiDataSet data =
        new MultiDataSet(Nd4j.rand(DataType.DOUBLE, 2, 4), Nd4j.rand(DataType.DOUBLE, 2, 7));

    assertThatThrownBy(() -> new Distillation(teacher, 0.5).labels(data))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("[2, 7]")
        .hasMessageContaining("[2, 3]");
  }

  @Test
  void a_weight_of_0_asks_nobody() {
    MultiLayerNetwork teacher =
        network(LossFunction.MCXENT.getILossFunction(), Activation.SOFTMAX, 1);
    MultiDataSet data = new MultiDataSet(Nd4j.rand(2, 9), Nd4j.rand(2, 9));

    assertThat(new Distillation(teacher, 0).labels(data)).isSameAs(data);
    assertThatThrownBy(() -> new Distillation(teacher, 1.1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
