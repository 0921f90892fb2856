package io.github.dl4jbnfold.examples.spark;

import static io.github.dl4jbnfold.examples.training.GatedNetworks.OPTIONS;
import static io.github.dl4jbnfold.examples.training.GatedNetworks.assertMoved;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.examples.training.GatedNetworks;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Networks with gates in DL4J's training on Spark. */
@ExtendWith(LocalSpark.class)
class SparkTrainingTest {
  /** Steps that take every α far out of its bounds. */
  private static final LayerFoldingOptions WILD = OPTIONS.rate(1e5).penalty(10, 1);

  private static JavaSparkContext spark;
  private static JavaRDD<DataSet> batches;

  @BeforeAll
  static void start() {
    spark = new JavaSparkContext(new SparkConf());
    batches = spark.parallelize(GatedNetworks.batches(8, 1));
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  private static SparkTraining training() {
    return new SparkTraining(spark, 16, 2);
  }

  @Test
  void gates_of_a_network_of_layers_move_and_files_keep_their_moments(@TempDir Path folder)
      throws IOException {
    MultiLayerNetwork network =
        LayerFolding.prepare(GatedNetworks.plainLayers(new Adam(0.005)), OPTIONS).network();

    training().fit(network, batches, 2);

    assertMoved(LayerFolding.alphas(network));
    File file = folder.resolve("gated.zip").toFile();
    network.save(file, true);
    MultiLayerNetwork loaded = MultiLayerNetwork.load(file, true);
    INDArray moments = network.getUpdater().getStateViewArray();
    assertThat(loaded.getUpdater().getStateViewArray()).isEqualTo(moments);
    assertThat(moments.neq(0).castTo(moments.dataType()).sumNumber().intValue())
        .isGreaterThan((int) moments.length() - 10);
  }

  @Test
  void gates_of_a_graph_move_and_what_is_left_is_merged() {
    ComputationGraph network =
        LayerFolding.prepare(GatedNetworks.plainGraph(new Adam(0.005)), OPTIONS).network();

    training().fit(network, batches, 2);

    Map<String, Double> alphas = LayerFolding.alphas(network);
    assertMoved(alphas);
    var converted = LayerFolding.convert(network, alphas.keySet(), OPTIONS);
    assertThat(converted.network().getNumLayers()).isEqualTo(1);
    assertThat(converted.network().getConfiguration().toJson()).doesNotContain("dl4jbnfold");
    INDArray before = converted.network().params().dup();
    training().fit(converted.network(), batches, 1);
    assertThat(converted.network().params()).isNotEqualTo(before);
  }

  @Test
  void steps_that_are_too_long_end_at_their_bounds() {
    MultiLayerNetwork layers =
        LayerFolding.prepare(GatedNetworks.plainLayers(new Sgd(0.01)), WILD).network();
    ComputationGraph graph =
        LayerFolding.prepare(GatedNetworks.plainGraph(new Sgd(0.01)), WILD).network();

    training().fit(layers, batches, 1);
    training().fit(graph, batches, 1);

    assertThat(LayerFolding.alphas(layers).values()).allMatch(alpha -> alpha >= 0 && alpha <= 1);
    assertThat(LayerFolding.alphas(graph).values()).allMatch(alpha -> alpha >= 0 && alpha <= 1);
  }

  /** A rate that is 0 from the third step on: the second average changes nothing. */
  private static Sgd twoSteps() {
    return new Sgd(new MapSchedule(ScheduleType.ITERATION, Map.of(0, 0.01, 2, 0.0)));
  }

  @Test
  void the_rate_of_gates_follows_the_schedule_of_a_network_of_layers() {
    MultiLayerNetwork network =
        LayerFolding.prepare(GatedNetworks.plainLayers(twoSteps()), OPTIONS).network();
    training().fit(network, batches, 1);
    INDArray after = network.params().dup();

    training().fit(network, batches, 1);

    assertThat(network.params()).isEqualTo(after);
  }

  /** DL4J 1.0.0-M2.1 copies configurations of graphs without their count of iterations. */
  @Test
  void a_schedule_of_a_graph_begins_anew_after_each_average() {
    ComputationGraph network = GatedNetworks.plainGraph(twoSteps());
    training().fit(network, batches, 1);
    INDArray after = network.params().dup();

    training().fit(network, batches, 1);

    assertThat(network.getConfiguration().getIterationCount()).isEqualTo(8);
    assertThat(network.params()).isNotEqualTo(after);
  }

  @Test
  void no_gate_above_the_threshold_leaves_the_activations() {
    MultiLayerNetwork network =
        LayerFolding.prepare(GatedNetworks.plainLayers(new Adam(0.005)), OPTIONS).network();
    training().fit(network, batches, 1);

    var converted = LayerFolding.convert(network, Set.of(), OPTIONS);

    assertThat(LayerFolding.alphas(converted.network())).isEmpty();
    assertThat(converted.report().merged()).isEmpty();
  }
}
