package io.github.dl4jbnfold.examples.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.measure.Predictions;
import io.github.dl4jbnfold.report.FoldReport;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;

class ShapeModelTest {
  private static final long FRESH = 987_654_321;

  @Test
  void it_knows_fresh_images_before_and_after_folding() {
    ShapeImages images = ShapeImages.generate(1000, FRESH);
    SameDiff network = ShapeModel.load();
    INDArray before = ShapeModel.logits(network, images);
    FoldReport report =
        BatchNormFolding.fold(network, FoldingOptions.defaults().outputs(ShapeModel.LOGITS));
    INDArray after = ShapeModel.logits(network, images);

    assertThat(Predictions.accuracy(before, images.labels())).isGreaterThan(0.95);
    assertThat(Predictions.accuracy(after, images.labels())).isGreaterThan(0.95);
    Predictions same = Predictions.compare(before, after);
    assertThat(same.relativeError()).isLessThan(1e-5);
    assertThat(same.changed()).isZero();
    assertThat(report.batchNorms()).isEqualTo(9);
  }

  @Test
  void the_norm_before_a_padded_convolution_and_the_one_between_two_relus_need_a_repair() {
    FoldReport report = BatchNormFolding.plan(ShapeModel.load(), FoldingOptions.defaults());
    assertThat(report.kept()).isEmpty();
    assertThat(report.repairs())
        .extracting(FoldReport.RepairedOperator::operator, FoldReport.RepairedOperator::repair)
        .containsExactlyInAnyOrder(tuple("stem", "BORDER_MAP"), tuple("block_a_relu2", "CLAMP"));
  }

  @Test
  void each_load_is_a_copy_of_its_own() {
    BatchNormFolding.fold(ShapeModel.load());
    assertThat(BatchNormFolding.plan(ShapeModel.load(), FoldingOptions.defaults()).batchNorms())
        .isEqualTo(9);
  }

  @Test
  void training_is_decided_by_its_seed_and_its_two_graphs_agree() {
    ShapeImages images = ShapeImages.generate(128, FRESH);
    SameDiff trained = TrainShapes.train(2);
    Map<String, INDArray> parameters = TrainShapes.parameters(trained, images);
    Map<String, INDArray> again = TrainShapes.parameters(TrainShapes.train(2), images);
    parameters.forEach((name, value) -> assertThat(again.get(name)).as(name).isEqualTo(value));

    // On the images that gave the statistics, both graphs normalize by the same numbers.
    INDArray training = ShapeModel.logits(trained, images);
    INDArray inference = ShapeModel.logits(ShapeNetwork.inference(parameters), images);
    assertThat(Predictions.compare(training, inference).relativeError()).isCloseTo(0, within(1e-4));
  }
}
