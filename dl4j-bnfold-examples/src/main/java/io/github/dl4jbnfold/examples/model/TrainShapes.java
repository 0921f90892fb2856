package io.github.dl4jbnfold.examples.model;

import java.io.File;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.schedule.PolySchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * Trains the network that ships with this module and writes it to the given file. To regenerate the
 * resource, from the root of the project (some minutes):
 *
 * <pre>{@code
 * mvn -q package -DskipTests
 * java -cp dl4j-bnfold-examples/target/bnfold.jar \
 *     io.github.dl4jbnfold.examples.model.TrainShapes \
 *     dl4j-bnfold-examples/src/main/resources/io/github/dl4jbnfold/examples/model/shapes.fb
 * }</pre>
 *
 * <p>Set OMP_NUM_THREADS=1: with one thread, the seed decides every bit of the result.
 */
public final class TrainShapes {
  private static final long SEED = 1;
  private static final int BATCH = 64;
  private static final int STEPS = 1200;
  private static final int STATISTICS_IMAGES = 4096;
  private static final double RATE = 4e-3;

  private TrainShapes() {}

  /** Trains and writes; the argument is the file to write. */
  public static void main(String[] arguments) {
    if (arguments.length != 1) {
      System.err.println("Usage: TrainShapes FILE.fb");
      System.exit(2);
    }
    SameDiff trained = train(STEPS);
    SameDiff network =
        ShapeNetwork.inference(
            parameters(trained, ShapeImages.generate(STATISTICS_IMAGES, SEED + 1)));
    System.out.printf(
        Locale.ROOT, "accuracy on other images %.4f%n", ShapeModel.accuracy(network, SEED + 2));
    network.save(new File(arguments[0]), false);
  }

  static SameDiff train(int steps) {
    SameDiff graph = ShapeNetwork.training(SEED);
    graph.setTrainingConfig(
        TrainingConfig.builder()
            .updater(new Adam(new PolySchedule(ScheduleType.ITERATION, RATE, 1, steps)))
            .dataSetFeatureMapping(ShapeNetwork.IMAGE)
            .dataSetLabelMapping(ShapeNetwork.LABEL)
            .build());
    for (int step = 0; step < steps; step++) {
      ShapeImages batch = ShapeImages.generate(BATCH, SEED << 32 | step);
      graph.fit(new DataSet(batch.images(), batch.oneHot()));
      if (step % 100 == 0) {
        System.out.printf(Locale.ROOT, "step %d loss %.4f%n", step, loss(graph, batch));
      }
    }
    return graph;
  }

  private static double loss(SameDiff graph, ShapeImages batch) {
    Map<String, INDArray> inputs =
        Map.of(ShapeNetwork.IMAGE, batch.images(), ShapeNetwork.LABEL, batch.oneHot());
    return Objects.requireNonNull(graph.output(inputs, ShapeNetwork.LOSS).get(ShapeNetwork.LOSS))
        .getDouble(0);
  }

  /** The weights, and the statistics over many images in place of running averages. */
  static Map<String, INDArray> parameters(SameDiff trained, ShapeImages images) {
    Map<String, INDArray> parameters = new HashMap<>();
    for (SDVariable variable : trained.variables()) {
      if (variable.getVariableType() == VariableType.VARIABLE) {
        parameters.put(variable.name(), variable.getArr());
      }
    }
    List<String> statistics =
        trained.getVariables().keySet().stream()
            .filter(
                name -> name.endsWith(ShapeNetwork.MEAN) || name.endsWith(ShapeNetwork.VARIANCE))
            .toList();
    parameters.putAll(trained.output(Map.of(ShapeNetwork.IMAGE, images.images()), statistics));
    return parameters;
  }
}
