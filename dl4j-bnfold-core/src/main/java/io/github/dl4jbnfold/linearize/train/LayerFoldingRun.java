package io.github.dl4jbnfold.linearize.train;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The phases of layer folding, one after the other; those that a checkpoint is past are not run.
 */
final class LayerFoldingRun<M> {
  private final LayerFoldingTrainer<M> trainer;
  private final SortedMap<String, String> options;
  private final @Nullable Checkpoint<M> from;
  private Milestones milestones;
  private List<EpochResult> history;

  LayerFoldingRun(LayerFoldingTrainer<M> trainer) {
    this.trainer = trainer;
    options = trainer.options();
    Optional<Checkpoint<M>> latest =
        trainer.checkpoints == null
            ? Optional.empty()
            : trainer.checkpoints.latest(trainer.original);
    latest.ifPresent(checkpoint -> checkpoint.requireOptions(options));
    from = latest.orElse(null);
    milestones = from == null ? Milestones.NONE : from.state().milestones();
    history = from == null ? List.of() : from.state().history();
  }

  LayerFoldingResult<M> run() {
    if (milestones.original() == null) {
      milestones = milestones.withOriginal(score(trainer.original));
    }
    if (trainer.baseline && isAhead(Phase.BASELINE)) {
      milestones = milestones.withBaseline(baseline());
    }
    Trainee<M> merged = isAhead(Phase.PRE_FOLDING) ? merged(gated()) : null;
    FineTuned<M> tuned = postFolding(merged);
    return result(tuned);
  }

  private boolean isAhead(Phase phase) {
    return from == null || from.state().phase().compareTo(phase) <= 0;
  }

  private double baseline() {
    long steps = trainer.preFolding + trainer.postFolding;
    FineTuning tuning = tuning(Phase.BASELINE, trainer.data, steps).keepBest(true).build();
    FineTuned<M> tuned = phase(Phase.BASELINE, tuning, () -> restarted(trainer.original));
    return tuned.score() == null ? score(trainer.original.with(tuned.network())) : tuned.score();
  }

  private FineTuned<M> gated() {
    Double floor =
        trainer.cap == null
            ? null
            : trainer.validation.worse(Objects.requireNonNull(milestones.original()), trainer.cap);
    FineTuning tuning =
        tuning(Phase.PRE_FOLDING, trainer.data, trainer.preFolding).floor(floor).build();
    return phase(
        Phase.PRE_FOLDING,
        tuning,
        () -> {
          M network = trainer.gating.apply(trainer.original.network());
          return trainer.original.with(network).restarted(trainer.updater, trainer.gates);
        });
  }

  private Trainee<M> merged(FineTuned<M> gated) {
    Trainee<M> network = trainer.original.with(gated.network());
    SortedMap<String, Double> alphas = network.alphas();
    SortedSet<String> linear = new TreeSet<>(trainer.selection.apply(gated.network(), alphas));
    Set<String> unknown = new TreeSet<>(linear);
    unknown.removeAll(alphas.keySet());
    if (!unknown.isEmpty()) {
      throw new TrainingException(
          "The gates %s were chosen, but the gates are %s.".formatted(unknown, alphas.keySet()));
    }
    double before = gated.score() == null ? score(network) : gated.score();
    milestones = milestones.chosen(before, alphas, linear);
    Trainee<M> merged = network.with(trainer.merging.apply(gated.network(), linear));
    milestones = milestones.merged(score(merged));
    return merged;
  }

  private FineTuned<M> postFolding(@Nullable Trainee<M> merged) {
    Epochs data =
        trainer.distillation == 0
            ? trainer.data
            : trainer.data.distilled(new Distillation(trainer.original, trainer.distillation));
    FineTuning tuning =
        tuning(Phase.POST_FOLDING, data, trainer.postFolding)
            .keepBest(true)
            .patience(trainer.patience)
            .build();
    return phase(Phase.POST_FOLDING, tuning, () -> restarted(Objects.requireNonNull(merged)));
  }

  private LayerFoldingResult<M> result(FineTuned<M> tuned) {
    int last = Math.toIntExact(Math.max(0, trainer.postFolding - 1));
    Trainee<M> network =
        trainer.original.with(tuned.network()).restarted(Updaters.constant(trainer.updater, last));
    double merged = Objects.requireNonNull(milestones.afterMerging());
    Scores scores =
        new Scores(
            Objects.requireNonNull(milestones.original()),
            Objects.requireNonNull(milestones.beforeMerging()),
            merged,
            tuned.score() == null ? merged : tuned.score(),
            milestones.baseline());
    return new LayerFoldingResult<>(
        network.network(), milestones.linear(), milestones.alphas(), scores, history);
  }

  private Trainee<M> restarted(Trainee<M> network) {
    return network.restarted(trainer.updater);
  }

  private FineTuning.Builder tuning(Phase phase, Epochs data, long steps) {
    return new FineTuning.Builder(data, steps)
        .seed(Seeds.mixed(trainer.seed, phase.number(), 0))
        .validation(trainer.validation)
        .progress(trainer.progress)
        .checkpoints(trainer.checkpoints, trainer.every);
  }

  private FineTuned<M> phase(Phase phase, FineTuning tuning, Supplier<Trainee<M>> fresh) {
    TrainingRun<M> run;
    if (from != null && from.state().phase() == phase) {
      run = TrainingRun.resumed(tuning, from, trainer.original);
    } else {
      Trainee<M> network = fresh.get();
      network.listenAs(trainer.original);
      TrainingState state =
          new TrainingState(phase, options, PhaseState.START, milestones, history);
      run = new TrainingRun<>(tuning, network, state, null);
    }
    FineTuned<M> tuned = run.run();
    history = tuned.history();
    return tuned;
  }

  private double score(Trainee<M> network) {
    return trainer.validation.of(network);
  }
}
