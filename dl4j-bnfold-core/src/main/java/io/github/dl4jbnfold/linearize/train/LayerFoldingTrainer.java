package io.github.dl4jbnfold.linearize.train;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;

/**
 * Layer folding from a trained network to a shallower one (Ben Dror et al., BMVC 2022): gates are
 * put in and trained with the weights (pre-folding), those near 1 become linear, linear layers are
 * merged, and the merged network is trained (post-folding), with the original as a teacher.
 *
 * <p>Defaults are those of the paper (λ = 0.25, p = 2, threshold 0.9, momentum 0.9) with two
 * exceptions. Gates would never leave 0 in a short training: they start at 0.1, and their learning
 * rate is ten times that of the weights, at least {@value #LEAST_RATE}. The learning rate of
 * weights is 0.0001, a tenth of the paper's: its networks keep their batch normalizations, without
 * which 0.001 makes a ResNet-20 diverge.
 *
 * <p>With checkpoints, a run that was killed goes on when it is started again, wherever it was, and
 * ends with the same weights. The original network is not changed.
 */
public final class LayerFoldingTrainer<M> {
  private static final double RATE_FACTOR = 10;
  private static final double LEAST_RATE = 0.01;

  final Trainee<M> original;
  final UnaryOperator<M> gating;
  final BiFunction<M, Set<String>, M> merging;
  final Epochs data;
  final Validation validation;
  final long preFolding;
  final long postFolding;
  final GatePlan gates;
  final IUpdater updater;
  final BiFunction<M, SortedMap<String, Double>, Set<String>> selection;
  final double distillation;
  final boolean baseline;
  final @Nullable Double cap;
  final int patience;
  final long seed;
  final TrainingProgress progress;
  final @Nullable Checkpoints checkpoints;
  final long every;
  private final String selectedBy;

  private LayerFoldingTrainer(Builder<M> builder, Epochs data, Validation validation) {
    this.data = data;
    this.validation = validation;
    original = builder.original;
    gating = builder.gating;
    merging = builder.merging();
    preFolding = builder.preFolding;
    postFolding = builder.postFolding;
    gates =
        new GatePlan(
            builder.penalty,
            builder.power,
            builder.start,
            builder.factor(),
            new TreeMap<>(builder.costs));
    updater = Updaters.copy(builder.updater);
    selection = builder.selection;
    selectedBy = builder.selectedBy;
    distillation = builder.distillation;
    baseline = builder.baseline;
    cap = builder.cap;
    patience = builder.patience;
    seed = builder.seed;
    progress = builder.progress;
    checkpoints = builder.checkpoints;
    every = builder.every;
  }

  /**
   * Runs all phases, or what a checkpoint has left of them.
   *
   * @return the merged network after its fine-tuning, and how it came to it
   * @throws DataException if the data do not fit the network
   * @throws TrainingException if a loss is not finite any more, or there are no gates
   * @throws CheckpointException if there is a checkpoint of another training, or a broken one
   */
  public LayerFoldingResult<M> run() {
    return new LayerFoldingRun<>(this).run();
  }

  /** What the result depends on, besides functions and data. */
  SortedMap<String, String> options() {
    SortedMap<String, String> options = new TreeMap<>();
    options.put("original network", original.fingerprint());
    options.put("steps of pre-folding", String.valueOf(preFolding));
    options.put("steps of post-folding", String.valueOf(postFolding));
    options.put("penalty", String.valueOf(gates.penalty()));
    options.put("power", String.valueOf(gates.power()));
    options.put("start", String.valueOf(gates.start()));
    options.put("rateFactor", String.valueOf(gates.rateFactor()));
    options.put("costs", String.valueOf(gates.costs()));
    options.put("updater", Updaters.text(updater));
    options.put("selection", selectedBy);
    options.put("distillation", String.valueOf(distillation));
    options.put("baseline", String.valueOf(baseline));
    options.put("cap", String.valueOf(cap));
    options.put("patience", String.valueOf(patience));
    options.put("seed", String.valueOf(seed));
    options.put("validation", String.valueOf(validation));
    return options;
  }

  /**
   * A trainer of what is no network of DL4J.
   *
   * @param original a network that has been trained
   * @param gating makes a network with gates of it, and leaves it as it is
   * @param merging makes a network of one with gates, of which the named ones are linear and the
   *     others are activations again
   * @param <M> what a network is
   * @return a builder that wants data, a validation and numbers of steps
   */
  public static <M> Builder<M> of(
      Trainee<M> original, UnaryOperator<M> gating, BiFunction<M, Set<String>, M> merging) {
    return new Builder<>(original, gating, merging);
  }

  /** Builds a trainer. */
  public static final class Builder<M> {
    private final Trainee<M> original;
    private final UnaryOperator<M> gating;
    private final BiFunction<M, Set<String>, M> merging;
    private @Nullable Function<Set<String>, M> linearizing;
    private @Nullable Epochs data;
    private @Nullable CheckedData check;
    private @Nullable Validation validation;
    private long preFolding = -1;
    private long postFolding = -1;
    private double penalty = 0.25;
    private double power = 2;
    private double start = 0.1;
    private @Nullable Double rateFactor;
    private Map<String, Double> costs = Map.of();
    private IUpdater updater = new Nesterovs(0.0001, 0.9);
    private BiFunction<M, SortedMap<String, Double>, Set<String>> selection = above(0.9);
    private String selectedBy = "0.9";
    private double distillation = 0.5;
    private boolean baseline;
    private @Nullable Double cap;
    private int patience;
    private long seed = 1;
    private TrainingProgress progress = step -> {};
    private @Nullable Checkpoints checkpoints;
    private long every = Long.MAX_VALUE;

    /**
     * A trainer.
     *
     * @param original a MultiLayerNetwork or ComputationGraph that has been trained
     * @param gating makes a network with gates of it, and leaves it as it is
     * @param merging makes a network of one with gates, of which the named ones are linear and the
     *     others are activations again
     */
    public Builder(M original, UnaryOperator<M> gating, BiFunction<M, Set<String>, M> merging) {
      this(NetworkTrainee.of(original), gating, merging);
    }

    private Builder(
        Trainee<M> original, UnaryOperator<M> gating, BiFunction<M, Set<String>, M> merging) {
      this.original = original;
      this.check = CheckedData.of(original);
      this.gating = gating;
      this.merging = merging;
    }

    /**
     * What is merged where there are no steps of pre-folding, instead of the untrained network with
     * gates.
     *
     * @param linearizing makes a network of the original of which the named activations are linear
     * @return this builder
     */
    public Builder<M> withoutPreFolding(Function<Set<String>, M> linearizing) {
      this.linearizing = linearizing;
      return this;
    }

    private BiFunction<M, Set<String>, M> merging() {
      Function<Set<String>, M> direct = linearizing;
      return direct == null || preFolding > 0 ? merging : (gated, linear) -> direct.apply(linear);
    }

    private double factor() {
      if (rateFactor != null) {
        return rateFactor;
      }
      double rate = updater.hasLearningRate() ? updater.getLearningRate(0, 0) : LEAST_RATE;
      return Math.max(RATE_FACTOR, LEAST_RATE / rate);
    }

    /**
     * The data of all phases: required.
     *
     * @param epochs the same batches for the same seed, or a resumed run ends elsewhere
     * @return this builder
     */
    public Builder<M> data(Epochs epochs) {
      data = epochs;
      return this;
    }

    /**
     * How the data are checked: as {@link CheckedData#of(Trainee)} does for the original, unless
     * stated.
     *
     * @param by null for not at all
     * @return this builder
     */
    public Builder<M> check(@Nullable CheckedData by) {
      check = by;
      return this;
    }

    /**
     * What networks are compared by, after each epoch too: required.
     *
     * @param scores asked before and after each phase and after each epoch
     * @return this builder
     */
    public Builder<M> validation(Validation scores) {
      validation = scores;
      return this;
    }

    /**
     * The numbers of batches: required. The paper has 100 epochs each.
     *
     * @param ofPreFolding 0 for none: then what is linear is chosen without gates
     * @param ofPostFolding 0 for no fine-tuning
     * @return this builder
     */
    public Builder<M> steps(long ofPreFolding, long ofPostFolding) {
      preFolding = ofPreFolding;
      postFolding = ofPostFolding;
      return this;
    }

    /**
     * λ and p of the penalty λ·c·|1 − α^p| of each gate: 0.25 and 2, unless stated.
     *
     * @param weight λ; 0 for no penalty
     * @param powerOfAlpha p, 1 or more; with 2 a gate at α = 0 feels no pull
     * @return this builder
     */
    public Builder<M> penalty(double weight, double powerOfAlpha) {
      penalty = weight;
      power = powerOfAlpha;
      return this;
    }

    /**
     * c of some gates, by their names: what their activations cost; 1 for the others.
     *
     * @param byGate weights of the penalty by the names of gates; all have to exist
     * @return this builder
     */
    public Builder<M> costs(Map<String, Double> byGate) {
      costs = Map.copyOf(byGate);
      return this;
    }

    /**
     * How α is trained.
     *
     * @param from its first value: 0.1, unless stated. At 0, a penalty with p = 2 does not pull
     * @param factor its learning rate by that of the weights: 10, unless stated, or more where that
     *     gives less than {@value #LEAST_RATE}
     * @return this builder
     */
    public Builder<M> gates(double from, double factor) {
      start = from;
      rateFactor = factor;
      return this;
    }

    /**
     * The updater of all phases: gradient descent with Nesterov's momentum 0.9 and a learning rate
     * of 0.0001, unless stated. Its iterations begin at 0 in each phase.
     *
     * @param ofWeights copied; its learning rate is also that which those of gates are multiples of
     * @return this builder
     */
    public Builder<M> updater(IUpdater ofWeights) {
      updater = ofWeights;
      return this;
    }

    /**
     * The α from which on a gate is made linear: 0.9, unless stated.
     *
     * @param alpha between 0 and 1
     * @return this builder
     */
    public Builder<M> threshold(double alpha) {
      selection = above(alpha);
      selectedBy = String.valueOf(alpha);
      return this;
    }

    /**
     * Chooses the gates to make linear by the network with gates and their α.
     *
     * @param choice gets the network with gates and the α of each, and gives back names of gates
     * @return this builder
     */
    public Builder<M> selection(BiFunction<M, SortedMap<String, Double>, Set<String>> choice) {
      selection = choice;
      selectedBy = "a function";
      return this;
    }

    private static <M> BiFunction<M, SortedMap<String, Double>, Set<String>> above(double alpha) {
      return (network, alphas) ->
          alphas.entrySet().stream()
              .filter(gate -> gate.getValue() >= alpha)
              .map(Map.Entry::getKey)
              .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The weight of the original network as a teacher in post-folding: 0.5, unless stated.
     *
     * @param weight from 0, labels alone, to 1, the teacher alone
     * @return this builder
     */
    public Builder<M> distillation(double weight) {
      distillation = weight;
      return this;
    }

    /**
     * Whether the original is trained for as many steps, to compare with: not, unless stated.
     *
     * @param wanted costs as many steps again
     * @return this builder
     */
    public Builder<M> baseline(boolean wanted) {
      baseline = wanted;
      return this;
    }

    /**
     * Ends pre-folding when it has lost more than this against the original, with the last network
     * that had not. A network that loses more at its start, as gates that do not start at 0 may
     * make it, has until its first good validation. There is no such cap, unless stated.
     *
     * @param loss in the unit of the validation: accuracy from 0 to 1, or loss
     * @return this builder
     */
    public Builder<M> cap(double loss) {
      cap = loss;
      return this;
    }

    /**
     * Ends post-folding after so many validations without a better one; 0, as it is unless stated:
     * never.
     *
     * @param validations 0 for never
     * @return this builder
     */
    public Builder<M> patience(int validations) {
      patience = validations;
      return this;
    }

    /**
     * The seed of the order of the data and of all else that is random: 1, unless stated.
     *
     * @param number the same number, data and options end with the same weights
     * @return this builder
     */
    public Builder<M> seed(long number) {
      seed = number;
      return this;
    }

    /**
     * Is told of each step.
     *
     * @param listener called in the thread that trains
     * @return this builder
     */
    public Builder<M> progress(TrainingProgress listener) {
      progress = listener;
      return this;
    }

    /**
     * Remembers the training.
     *
     * @param folder of this training
     * @param everySteps how often, besides after each epoch
     * @return this builder
     */
    public Builder<M> checkpoints(Checkpoints folder, long everySteps) {
      checkpoints = folder;
      every = everySteps;
      return this;
    }

    /**
     * The trainer.
     *
     * @return ready to {@link #run()}
     * @throws IllegalArgumentException if data, validation or steps are missing
     * @throws TrainingException if the losses of the network allow no distillation
     */
    public LayerFoldingTrainer<M> build() {
      if (data == null || validation == null || preFolding < 0 || postFolding < 0) {
        throw new IllegalArgumentException("A trainer needs data, a validation and steps.");
      }
      if (distillation > 0) {
        original.requireAffineLosses();
      }
      Epochs checked = check == null ? data : data.checked(check);
      return new LayerFoldingTrainer<>(this, checked, validation);
    }
  }
}
