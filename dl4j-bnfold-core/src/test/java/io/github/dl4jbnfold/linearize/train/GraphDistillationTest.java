package io.github.dl4jbnfold.linearize.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.linearize.samediff.GraphTrainee;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.loss.SoftmaxCrossEntropyWithLogitsLoss;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Labels of a teacher mixed into those of a SameDiff graph. */
class GraphDistillationTest {
  private static INDArray random(long seed, long... shape) {
    Random random = new Random(seed);
    INDArray array = Nd4j.create(DataType.DOUBLE, shape);
    for (long i = 0; i < array.length(); i++) {
      array.putScalar(i, random.nextGaussian());
    }
    return array;
  }

  /** x·W, its softmax as "out", and a loss. */
  private static SameDiff graph(String loss, long seed) {
    SameDiff graph = SameDiff.create();
    SDVariable in = graph.placeHolder("in", DataType.DOUBLE, -1, 5);
    SDVariable label = graph.placeHolder("label", DataType.DOUBLE, -1, 3);
    SDVariable logits = in.mmul("logits", graph.var("W", random(seed, 5, 3)));
    SDVariable out = graph.nn().softmax("out", logits, 1);
    loss(graph, loss, label, logits, out).rename("loss");
    graph.setLossVariables("loss");
    graph.setTrainingConfig(
        new TrainingConfig.Builder()
            .updater(new Sgd(0.1))
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("label")
            .initialLossDataType(DataType.DOUBLE)
            .build());
    return graph;
  }

  private static SDVariable loss(
      SameDiff graph, String loss, SDVariable label, SDVariable logits, SDVariable out) {
    return switch (loss) {
      case "softmax" -> graph.loss().softmaxCrossEntropy(label, logits, null);
      case "softmax with logits" ->
          new SoftmaxCrossEntropyWithLogitsLoss(graph, logits, label, 1).outputVariable().mean();
      case "sigmoid" -> graph.loss().sigmoidCrossEntropy(label, logits, null);
      case "squares" -> graph.loss().meanSquaredError(label, out, null);
      case "logarithms" -> graph.loss().logLoss(label, out);
      case "own squares" -> graph.math().square(out.sub(label)).mean();
      case "own differences" -> graph.math().squaredDifference(label, out).mean();
      case "own logarithms" -> label.mul(graph.math().log(out)).sum(1).mean().neg();
      case "smooth labels" ->
          graph.loss().softmaxCrossEntropy(label.mul(0.9).add(0.1 / 3), logits, null);
      case "absolute" -> graph.loss().absoluteDifference(label, out, null);
      case "huber" -> graph.loss().huberLoss(label, out, null, 0.1);
      default -> graph.math().square(label.mul(out)).mean(); // weighted squares
    };
  }

  private static INDArray gradient(SameDiff graph, INDArray in, INDArray label) {
    return graph.calculateGradients(Map.of("in", in, "label", label), "W").get("W").dup();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "softmax",
        "softmax with logits",
        "sigmoid",
        "squares",
        "logarithms",
        "own squares",
        "own differences",
        "own logarithms",
        "smooth labels"
      })
  void mixed_labels_have_the_gradient_of_the_two_losses(String loss) {
    SameDiff student = graph(loss, 1);
    GraphTrainee teacher = GraphTrainee.of(graph(loss, 2), List.of("out"));
    INDArray in = random(3, 7, 5);
    INDArray label =
        Nd4j.eye(3)
            .castTo(DataType.DOUBLE)
            .repeat(0, 3)
            .get(org.nd4j.linalg.indexing.NDArrayIndex.interval(0, 7))
            .dup();
    INDArray taught = teacher.outputs(List.of(in), null).get(0);

    GraphTrainee.of(student, List.of("out")).requireAffineLosses();
    org.nd4j.linalg.dataset.api.MultiDataSet mixed =
        new Distillation(teacher, 0.3).labels(new MultiDataSet(in, label));

    INDArray expected =
        gradient(student, in, label).mul(0.7).addi(gradient(student, in, taught).mul(0.3));
    INDArray actual = gradient(student, in, mixed.getLabels(0));
    assertThat(actual.distance2(expected) / expected.norm2Number().doubleValue()).isLessThan(1e-12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"absolute", "huber", "weighted squares"})
  void losses_with_other_gradients_are_refused_and_these_gradients_do_differ(String loss) {
    SameDiff student = graph(loss, 1);
    assertThatThrownBy(() -> GraphTrainee.of(student, List.of("out")).requireAffineLosses())
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("labels of a teacher cannot be mixed in. Maybe train without.");

    INDArray in = random(3, 7, 5);
    INDArray one = random(4, 7, 3).mul(0.3).addi(1);
    INDArray other = random(5, 7, 3).mul(0.3).subi(1);
    INDArray expected = gradient(student, in, one).addi(gradient(student, in, other)).muli(0.5);
    INDArray actual = gradient(student, in, one.add(other).muli(0.5));
    assertThat(actual.distance2(expected) / expected.norm2Number().doubleValue())
        .isGreaterThan(1e-3);
  }

  @Test
  void one_hot_labels_are_asked_for_where_a_softmax_is_the_loss() {
    assertThat(GraphTrainee.of(graph("softmax", 1), List.of("out")).labels())
        .containsExactly(LabelKind.ONE_HOT);
    assertThat(GraphTrainee.of(graph("softmax with logits", 1), List.of("out")).labels())
        .containsExactly(LabelKind.ONE_HOT);
    assertThat(GraphTrainee.of(graph("squares", 1), List.of("out")).labels())
        .containsExactly(LabelKind.NUMBERS);
  }
}
