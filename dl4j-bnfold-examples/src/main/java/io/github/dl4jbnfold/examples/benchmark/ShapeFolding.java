package io.github.dl4jbnfold.examples.benchmark;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.examples.model.ShapeImages;
import io.github.dl4jbnfold.linearize.network.EndPoint;
import io.github.dl4jbnfold.linearize.run.Costs;
import io.github.dl4jbnfold.linearize.run.PaddingScope;
import io.github.dl4jbnfold.linearize.train.Epochs;
import io.github.dl4jbnfold.linearize.train.FineTuning;
import io.github.dl4jbnfold.linearize.train.LayerFoldingResult;
import io.github.dl4jbnfold.linearize.train.Validation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.PolySchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * Layer folding of a small VGG that tells {@link ShapeImages} apart, as two Markdown tables: how
 * many activations become linear by λ, and where gates start at 0 and learn no faster than the
 * weights; and what is left of the accuracy, without any training, when one, two or three
 * activations in a row become linear, by end point.
 *
 * <pre>{@code
 * OMP_NUM_THREADS=1 java -cp dl4j-bnfold-examples/target/bnfold.jar \
 *     io.github.dl4jbnfold.examples.benchmark.ShapeFolding [SEEDS]
 * }</pre>
 */
public final class ShapeFolding {
  private static final int IMAGES = 2000;
  private static final int HELD_OUT = 1000;
  private static final int CALIBRATION = 256;
  private static final int BATCH = 50;
  private static final long STEPS = 1000;
  private static final double[] LAMBDAS = {0.003, 0.01, 0.03, 0.1, 0.3, 1};
  private static final int MOST_IN_A_ROW = 3;

  private final MultiLayerNetwork network;
  private final long seed;

  private static final DataSet TRAINING = shapes(IMAGES, 1);
  private static final Epochs DATA = Epochs.shuffled(TRAINING, BATCH);
  private static final Epochs OTHERS = Epochs.shuffled(shapes(HELD_OUT, 2), HELD_OUT);
  private static final Validation ACCURACY = Validation.accuracy(() -> OTHERS.epoch(0));

  private ShapeFolding(MultiLayerNetwork network, long seed) {
    this.network = network;
    this.seed = seed;
  }

  private static DataSet shapes(int count, long seed) {
    ShapeImages images = ShapeImages.generate(count, seed);
    return new DataSet(images.images().sub(0.5), images.oneHot());
  }

  /** Prints the tables; the argument is the number of seeds. */
  public static void main(String[] arguments) {
    long seeds = arguments.length > 0 ? Long.parseLong(arguments[0]) : 3;
    List<ShapeFolding> all =
        LongStream.rangeClosed(1, seeds).mapToObj(seed -> trained(seed, STEPS)).toList();
    all.forEach(some -> System.out.printf(Locale.ROOT, "accuracy %.3f%n", some.accuracy()));
    printEndPoints(all);
    printPenalties(all);
  }

  private static void printPenalties(List<ShapeFolding> all) {
    System.out.println("\n| α starts at | rate of α | λ | activations linear | accuracy |");
    System.out.println("|---:|---:|---:|---:|---:|");
    for (double lambda : LAMBDAS) {
      print(all, 0.1, 10, lambda);
    }
    print(all, 0, 1, 0.3);
  }

  private static void print(List<ShapeFolding> all, double start, double factor, double lambda) {
    List<String> linear = new ArrayList<>();
    List<String> accuracy = new ArrayList<>();
    for (ShapeFolding some : all) {
      LayerFoldingResult<?> result = some.folded(start, factor, lambda, STEPS);
      linear.add(String.valueOf(result.linear().size()));
      accuracy.add(percent(result.scores().afterFineTuning()));
    }
    System.out.printf(
        Locale.ROOT,
        "| %s | × %.0f | %s | %s | %s |%n",
        start,
        factor,
        lambda,
        String.join(" / ", linear),
        String.join(" / ", accuracy));
  }

  private static void printEndPoints(List<ShapeFolding> all) {
    System.out.println("\n| activations linear | identity | least squares | closed form |");
    System.out.println("|---:|---:|---:|---:|");
    for (int count = 1; count <= MOST_IN_A_ROW; count++) {
      int inARow = count;
      System.out.printf("| %d ", count);
      for (EndPoint end : EndPoint.values()) {
        double mean =
            all.stream().mapToDouble(some -> some.withoutTraining(end, inARow)).average().orElse(0);
        System.out.printf("| %s ", percent(mean));
      }
      System.out.println("|");
    }
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** Five convolutions, a maximum over squares after the first and the third. */
  static ShapeFolding trained(long seed, long steps) {
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .updater(new Adam(new PolySchedule(ScheduleType.ITERATION, 0.005, 1, (int) steps + 1)))
            .weightInit(WeightInit.RELU)
            .convolutionMode(ConvolutionMode.Same)
            .list();
    int[] widths = {8, 8, 8, 16, 16};
    for (int i = 0; i < widths.length; i++) {
      layers.layer(
          new ConvolutionLayer.Builder(3, 3)
              .nOut(widths[i])
              .hasBias(false)
              .activation(Activation.IDENTITY)
              .build());
      layers.layer(new BatchNormalization.Builder().build());
      layers.layer(new ActivationLayer.Builder().activation(Activation.RELU).build());
      if (i == 0 || i == 2) {
        layers.layer(
            new SubsamplingLayer.Builder(PoolingType.MAX).kernelSize(2, 2).stride(2, 2).build());
      }
    }
    layers.layer(new GlobalPoolingLayer.Builder(PoolingType.AVG).build());
    layers.layer(
        new OutputLayer.Builder(LossFunction.MCXENT)
            .nOut(ShapeImages.CLASSES.size())
            .activation(Activation.SOFTMAX)
            .build());
    layers.setInputType(InputType.convolutional(ShapeImages.SIZE, ShapeImages.SIZE, 1));
    MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
    network.init();
    new FineTuning.Builder(DATA, steps).seed(seed).build().run(network);
    return new ShapeFolding(network, seed);
  }

  /** Of the trained network. */
  double accuracy() {
    return ACCURACY.of(network);
  }

  /** The network folded by its gates; half as many steps of fine-tuning follow. */
  LayerFoldingResult<MultiLayerNetwork> folded(
      double start, double factor, double lambda, long steps) {
    return LayerFolding.trainer(
            network, LayerFoldingOptions.defaults().costs(Costs.DEPTH), report -> {})
        .data(DATA)
        .validation(ACCURACY)
        .steps(steps, steps / 2)
        .penalty(lambda, 2)
        .gates(start, factor)
        .updater(new Nesterovs(0.001, 0.9))
        .seed(seed)
        .build()
        .run();
  }

  /** The mean accuracy over all ways to make so many activations in a row linear. */
  double withoutTraining(EndPoint end, int inARow) {
    LayerFoldingOptions plain =
        LayerFoldingOptions.defaults().costs(Costs.DEPTH).padding(PaddingScope.NONE);
    LayerFoldingOptions options =
        end == EndPoint.LEAST_SQUARES
            ? plain.leastSquares(ShapeImages.generate(CALIBRATION, 3).images().sub(0.5))
            : plain.endPoint(end);
    List<String> gates = LayerFolding.prepare(network, options).gates();
    return IntStream.rangeClosed(0, gates.size() - inARow)
        .mapToObj(from -> Set.copyOf(gates.subList(from, from + inARow)))
        .mapToDouble(
            linear -> ACCURACY.of(LayerFolding.linearize(network, linear, options).network()))
        .average()
        .orElseThrow();
  }
}
