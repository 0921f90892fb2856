package io.github.dl4jbnfold.linearize.train;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;

/**
 * Trains a network for a number of steps, as its configuration says.
 *
 * <p>The result is a function of the network, the data and the seed: ND4J's random numbers are
 * seeded anew before each batch and each step. With {@link Builder#checkpoints} the same call goes
 * on where one that was killed has left off, and ends with the same weights, bit for bit, as long
 * as the machine computes the same.
 */
public final class FineTuning {
  final Epochs data;
  final long steps;
  final long seed;
  final @Nullable Validation validation;
  final int patience;
  final @Nullable Double floor;
  final boolean keepBest;
  final TrainingProgress progress;
  final @Nullable Checkpoints checkpoints;
  final long every;

  private FineTuning(Builder builder) {
    data = builder.data;
    steps = builder.steps;
    seed = builder.seed;
    validation = builder.validation;
    patience = builder.patience;
    floor = builder.floor;
    keepBest = builder.keepBest;
    progress = builder.progress;
    checkpoints = builder.checkpoints;
    every = builder.every;
  }

  /**
   * Trains a network.
   *
   * @param network a MultiLayerNetwork or ComputationGraph as it is before its first step; it is
   *     trained itself, unless a checkpoint has another one to go on with
   * @throws TrainingException if the loss is not finite any more
   * @throws CheckpointException if there is a checkpoint of another training
   */
  public <M extends Model> FineTuned<M> run(M network) {
    return run(new NetworkTrainee<>(network));
  }

  /**
   * Trains a network.
   *
   * @param network as it is before its first step; it is trained itself, unless a checkpoint has
   *     another one to go on with
   * @throws TrainingException if the loss is not finite any more
   * @throws CheckpointException if there is a checkpoint of another training
   */
  public <M> FineTuned<M> run(Trainee<M> network) {
    SortedMap<String, String> options = options();
    options.put("parameters at the start", network.fingerprint());
    Optional<Checkpoint<M>> from =
        checkpoints == null ? Optional.empty() : checkpoints.latest(network);
    if (from.isPresent()) {
      from.get().requireOptions(options);
      return TrainingRun.resumed(this, from.get(), network).run();
    }
    TrainingState state =
        new TrainingState(Phase.FINE_TUNING, options, PhaseState.START, Milestones.NONE, List.of());
    return new TrainingRun<>(this, network, state, null).run();
  }

  /** What the result depends on, besides the network and the data. */
  private SortedMap<String, String> options() {
    SortedMap<String, String> options = new TreeMap<>();
    options.put("number of steps", String.valueOf(steps));
    options.put("seed", String.valueOf(seed));
    options.put("validation", String.valueOf(validation));
    options.put("patience", String.valueOf(patience));
    options.put("floor", String.valueOf(floor));
    options.put("keepBest", String.valueOf(keepBest));
    return options;
  }

  /** Builds a training. */
  public static final class Builder {
    private final Epochs data;
    private final long steps;
    private long seed = 1;
    private @Nullable Validation validation;
    private int patience;
    private @Nullable Double floor;
    private boolean keepBest;
    private TrainingProgress progress = step -> {};
    private @Nullable Checkpoints checkpoints;
    private long every = Long.MAX_VALUE;

    /**
     * A training.
     *
     * @param data to train on; it begins again as often as needed
     * @param steps the number of batches
     */
    public Builder(Epochs data, long steps) {
      if (steps < 0) {
        throw new IllegalArgumentException("A training has 0 steps or more, not " + steps + ".");
      }
      this.data = data;
      this.steps = steps;
    }

    /** The seed of the order of the data and of all else that is random: 1, unless stated. */
    public Builder seed(long number) {
      seed = number;
      return this;
    }

    /** Validates after each epoch, and after the last step. */
    public Builder validation(@Nullable Validation scores) {
      validation = scores;
      return this;
    }

    /** Ends after so many validations without a better one; 0, as it is unless stated: never. */
    public Builder patience(int validations) {
      patience = validations;
      return this;
    }

    /**
     * The worst score to accept: once the network has been that good, before its first step or
     * later, the training ends when it is not any more, with the parameters of the last validation
     * at which it was. There is no floor, unless stated.
     */
    public Builder floor(@Nullable Double score) {
      floor = score;
      return this;
    }

    /** Whether it ends with the parameters of the best validation: not, unless stated. */
    public Builder keepBest(boolean best) {
      keepBest = best;
      return this;
    }

    /** Is told of each step. */
    public Builder progress(TrainingProgress listener) {
      progress = listener;
      return this;
    }

    /**
     * Remembers the training.
     *
     * @param folder of this training
     * @param everySteps how often, besides after each epoch
     */
    public Builder checkpoints(@Nullable Checkpoints folder, long everySteps) {
      if (everySteps < 1) {
        throw new IllegalArgumentException("A checkpoint after %d steps.".formatted(everySteps));
      }
      checkpoints = folder;
      every = everySteps;
      return this;
    }

    /**
     * The training.
     *
     * @throws IllegalArgumentException if something needs a validation and there is none
     */
    public FineTuning build() {
      if (validation == null && (patience > 0 || floor != null || keepBest)) {
        throw new IllegalArgumentException(
            "Patience, a floor and the best parameters need a validation.");
      }
      return new FineTuning(this);
    }
  }
}
