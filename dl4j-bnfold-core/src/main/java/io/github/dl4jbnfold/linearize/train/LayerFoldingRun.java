package io.github.dl4jbnfold.linearize.train;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.jspecify.annotations.Nullable;

/**
 * The phases of layer folding, one after the other; those that a checkpoint is past are not run.
 */
final class LayerFoldingRun<M extends Model> {
  private final LayerFoldingTrainer<M> trainer;
  private final SortedMap<String, String> options;
  private final @Nullable Checkpoint from;
  private Milestones milestones;
  private List<EpochResult> history;

  LayerFoldingRun(LayerFoldingTrainer<M> trainer) {
    this.trainer = trainer;
    options = trainer.options();
    Optional<Checkpoint> latest =
        trainer.checkpoints == null ? Optional.empty() : trainer.checkpoints.latest();
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
    M merged = isAhead(Phase.PRE_FOLDING) ? merged(gated()) : null;
    FineTuned<M> tuned = postFolding(merged);
    return result(tuned);
  }

  private boolean isAhead(Phase phase) {
    return from == null || from.state().phase().compareTo(phase) <= 0;
  }

  private double baseline() {
    M start = trainer.original;
    long steps = trainer.preFolding + trainer.postFolding;
    FineTuning tuning = tuning(Phase.BASELINE, trainer.data, steps).keepBest(true).build();
    FineTuned<M> tuned = phase(Phase.BASELINE, tuning, () -> restarted(start));
    return tuned.score() == null ? score(tuned.network()) : tuned.score();
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
        () -> trainer.gates.start(trainer.gating.apply(trainer.original), trainer.updater));
  }

  private M merged(FineTuned<M> gated) {
    SortedMap<String, Double> alphas = GateTraining.alphas(gated.network());
    SortedSet<String> linear = new TreeSet<>(trainer.selection.apply(gated.network(), alphas));
    Set<String> unknown = new TreeSet<>(linear);
    unknown.removeAll(alphas.keySet());
    if (!unknown.isEmpty()) {
      throw new TrainingException(
          "The gates %s were chosen, but the gates are %s.".formatted(unknown, alphas.keySet()));
    }
    double before = gated.score() == null ? score(gated.network()) : gated.score();
    milestones = milestones.chosen(before, alphas, linear);
    M merged = trainer.merging.apply(gated.network(), linear);
    milestones = milestones.merged(score(merged));
    return merged;
  }

  private FineTuned<M> postFolding(@Nullable M merged) {
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
    M network =
        Updaters.restarted(
            tuned.network(), Updaters.constant(trainer.updater, last), (name, layer) -> {});
    double merged = Objects.requireNonNull(milestones.afterMerging());
    Scores scores =
        new Scores(
            Objects.requireNonNull(milestones.original()),
            Objects.requireNonNull(milestones.beforeMerging()),
            merged,
            tuned.score() == null ? merged : tuned.score(),
            milestones.baseline());
    return new LayerFoldingResult<>(
        network, milestones.linear(), milestones.alphas(), scores, history);
  }

  private M restarted(M network) {
    return Updaters.restarted(network, trainer.updater, (name, layer) -> {});
  }

  private FineTuning.Builder tuning(Phase phase, Epochs data, long steps) {
    return new FineTuning.Builder(data, steps)
        .seed(Seeds.mixed(trainer.seed, phase.number(), 0))
        .validation(trainer.validation)
        .progress(trainer.progress)
        .checkpoints(trainer.checkpoints, trainer.every);
  }

  private FineTuned<M> phase(Phase phase, FineTuning tuning, Supplier<M> fresh) {
    TrainingRun<M> run;
    if (from != null && from.state().phase() == phase) {
      run = TrainingRun.resumed(tuning, from, trainer.original);
    } else {
      M network = fresh.get();
      network.setListeners(Networks.listeners(trainer.original));
      TrainingState state =
          new TrainingState(phase, options, PhaseState.START, milestones, history);
      run = new TrainingRun<>(tuning, network, state, null);
    }
    FineTuned<M> tuned = run.run();
    history = tuned.history();
    return tuned;
  }

  private double score(M network) {
    return trainer.validation.of(network);
  }
}
