package io.github.dl4jbnfold.linearize.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** The arrays of a batch, as a graph gets them. */
class GraphInputsTest {
  /** ND4J casts as well, and takes the array that it was given for its own from then on. */
  @Test
  void arrays_have_the_types_of_their_placeholders() {
    SameDiff graph = SameDiff.create();
    graph.placeHolder("in", DataType.DOUBLE, -1, 3);
    graph.placeHolder("mask", DataType.FLOAT, -1, 1);
    graph.placeHolder("label", DataType.INT32, -1, 2);
    graph.setTrainingConfig(
        new TrainingConfig.Builder()
            .updater(new Sgd())
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("label")
            .dataSetFeatureMaskMapping("mask")
            .build());
    INDArray features = Nd4j.rand(DataType.FLOAT, 4, 3);
    INDArray mask = Nd4j.ones(DataType.FLOAT, 4, 1);
    MultiDataSet batch =
        new MultiDataSet(
            new INDArray[] {features},
            new INDArray[] {Nd4j.ones(DataType.FLOAT, 4, 2)},
            new INDArray[] {mask},
            null);

    Map<String, INDArray> inputs = new GraphInputs(graph).of(batch);

    assertThat(inputs.get("in")).isEqualTo(features.castTo(DataType.DOUBLE)).isNotSameAs(features);
    assertThat(inputs.get("label").dataType()).isEqualTo(DataType.INT32);
    assertThat(inputs.get("mask")).isSameAs(mask);
    assertThat(new GraphInputs(graph).of(List.of(features), null)).containsOnlyKeys("in");
  }
}
