package io.github.dl4jbnfold.examples.benchmark;

import io.github.dl4jbnfold.LayerFolding;
import io.github.dl4jbnfold.LayerFoldingOptions;
import io.github.dl4jbnfold.examples.model.Spirals;
import io.github.dl4jbnfold.linearize.train.Epochs;
import io.github.dl4jbnfold.linearize.train.FineTuning;
import io.github.dl4jbnfold.linearize.train.LayerFoldingResult;
import io.github.dl4jbnfold.linearize.train.Validation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The depth that a task needs: networks of 3, 5 and 8 hidden layers that tell the arms of {@link
 * Spirals} apart are folded with a penalty that is worth it (λ = 0.25), and to one and the same
 * depth, and with one that is not (λ = 0.003). The result is a Markdown table.
 *
 * <pre>{@code
 * OMP_NUM_THREADS=1 java -cp dl4j-bnfold-examples/target/bnfold.jar \
 *     io.github.dl4jbnfold.examples.benchmark.SpiralFolding [SEEDS [HIDDEN_LAYERS ...]]
 * }</pre>
 */
public final class SpiralFolding {
  private static final int WIDTH = 32;
  private static final int BATCH = 100;
  private static final int POINTS = 3000;
  private static final int HELD_OUT = 1000;
  private static final long STEPS = 1000;
  static final long PRE_FOLDING = 4000;
  private static final double RATE = 0.003;
  private static final double GATE_STEPS = 6;
  private static final double START = 0.3;

  private static final Epochs TRAINING = Epochs.shuffled(Spirals.generate(POINTS, 1), BATCH);
  private static final Epochs OTHERS = Epochs.shuffled(Spirals.generate(HELD_OUT, 2), HELD_OUT);
  private static final Validation ACCURACY = Validation.accuracy(() -> OTHERS.epoch(0));

  private SpiralFolding() {}

  /**
   * What a network came to.
   *
   * @param before layers with weights
   * @param after likewise
   */
  record Row(
      int hidden, long seed, double lambda, int before, int after, LayerFoldingResult<?> result) {
    double accuracy() {
      return result.scores().afterFineTuning();
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "| %d | %d | %s | %d → %d | %.1f %% | %.1f %% | %.1f %% | %s |",
          hidden,
          seed,
          lambda,
          before,
          after,
          100 * result.scores().original(),
          100 * result.scores().afterMerging(),
          100 * accuracy(),
          result.scores().baseline() == null
              ? "–"
              : String.format(Locale.ROOT, "%.1f %%", 100 * result.scores().baseline()));
    }
  }

  /** Prints the table; the arguments are the number of seeds, and other numbers of layers. */
  public static void main(String[] arguments) {
    int seeds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
    List<Integer> layers =
        arguments.length > 1
            ? List.of(arguments).stream().skip(1).map(Integer::valueOf).toList()
            : List.of(3, 5, 8);
    System.out.println(
        "| hidden layers | seed | λ | layers | before | after merging | after fine-tuning |"
            + " baseline |");
    System.out.println("|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (int hidden : layers) {
      for (long seed = 1; seed <= seeds; seed++) {
        MultiLayerNetwork network = trained(hidden, seed);
        System.out.println(folded(network, seed, 0.25, PRE_FOLDING, true));
        System.out.println(folded(network, seed, 0.003, PRE_FOLDING, false));
      }
    }
  }

  /** A trained network: each hidden layer is a dense layer, a batch normalization, and ReLU. */
  static MultiLayerNetwork trained(int hidden, long seed) {
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < hidden; i++) {
      layers.add(
          new DenseLayer.Builder()
              .nIn(i == 0 ? Spirals.DIMENSIONS : WIDTH)
              .nOut(WIDTH)
              .weightInit(WeightInit.RELU)
              .activation(Activation.IDENTITY)
              .build());
      layers.add(new BatchNormalization.Builder().nOut(WIDTH).build());
      layers.add(new ActivationLayer.Builder().activation(Activation.RELU).build());
    }
    layers.add(
        new OutputLayer.Builder(LossFunction.MCXENT)
            .nIn(WIDTH)
            .nOut(Spirals.ARMS)
            .activation(Activation.SOFTMAX)
            .build());
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(new Adam(0.01))
                .list(layers.toArray(Layer[]::new))
                .build());
    network.init();
    new FineTuning.Builder(TRAINING, STEPS).seed(seed).build().run(network);
    return network;
  }

  /**
   * Folds a network. The gates have momentum, and no step that adapts to their gradients: with
   * Adam, a small penalty would move them as far as a large one. In fewer steps they go as far.
   */
  static Row folded(
      MultiLayerNetwork network, long seed, double lambda, long steps, boolean baseline) {
    LayerFoldingResult<MultiLayerNetwork> result =
        LayerFolding.trainer(network, LayerFoldingOptions.defaults(), report -> {})
            .data(TRAINING)
            .validation(ACCURACY)
            .steps(steps, steps / 10)
            .penalty(lambda, 2)
            .gates(START, GATE_STEPS / (steps * RATE))
            .updater(new Nesterovs(RATE, 0.9))
            .baseline(baseline)
            .seed(seed)
            .build()
            .run();
    int depth = LayerFolding.depth(network);
    int hidden = depth - 1;
    return new Row(hidden, seed, lambda, depth, LayerFolding.depth(result.network()), result);
  }
}
