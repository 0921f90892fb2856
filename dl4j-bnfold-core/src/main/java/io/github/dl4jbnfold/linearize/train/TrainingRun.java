package io.github.dl4jbnfold.linearize.train;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/** One phase of a training, from its beginning or from a checkpoint. */
final class TrainingRun<M> {
  private final FineTuning options;
  private final Trainee<M> network;
  private final TrainingState start;
  private final List<EpochResult> history;
  private long startTime;
  private PhaseState now;
  private @Nullable INDArray kept;

  TrainingRun(
      FineTuning options, Trainee<M> network, TrainingState state, @Nullable INDArray kept) {
    this.options = options;
    this.network = network;
    this.start = state;
    this.kept = kept;
    history = new ArrayList<>(state.history());
    now = state.progress();
  }

  /**
   * A phase that goes on.
   *
   * @param like whose listeners it has
   */
  static <M> TrainingRun<M> resumed(FineTuning options, Checkpoint<M> from, Trainee<M> like) {
    from.network().listenAs(like);
    return new TrainingRun<>(options, from.network(), from.state(), from.kept());
  }

  FineTuned<M> run() {
    if (now.step() == 0 && options.floor != null && options.validation != null) {
      keepIfGood(options.validation, options.floor, options.validation.of(network));
    }
    if (now.step() == 0) {
      save(false); // What came before the phase may have taken long, and the first step may fail.
    }
    while (now.stopped() == null) {
      if (now.step() >= options.steps && isValidated()) {
        now = now.stopped(StopReason.STEPS);
      } else {
        epoch();
      }
    }
    if (kept != null) {
      network.assign(kept);
    }
    return new FineTuned<>(
        network.network(),
        now.keptStep() == null ? now.step() : now.keptStep(),
        now.step(),
        now.keptScore() == null ? now.last() : now.keptScore(),
        now.stopped(),
        history);
  }

  /** A checkpoint may lie between the last step and its validation. */
  private boolean isValidated() {
    EpochResult last = history.isEmpty() ? null : history.get(history.size() - 1);
    return now.step() == 0
        || (last != null && last.phase() == start.phase() && last.step() == now.step());
  }

  private TrainingState state() {
    return new TrainingState(start.phase(), start.options(), now, start.milestones(), history);
  }

  private void epoch() {
    MultiDataSetIterator batches = options.data.epoch(Seeds.ofEpoch(options.seed, now.epoch()));
    skip(batches);
    if (now.batch() == 0) {
      network.startEpoch();
    }
    long first = now.step() - now.batch();
    while (now.step() < options.steps && hasNext(batches, now.step())) {
      step(batches);
    }
    if (now.step() == first) {
      throw new DataException("There is no batch in epoch %d of the data.".formatted(now.epoch()));
    }
    boolean whole = now.step() < options.steps || !hasNext(batches, now.step());
    validate();
    if (whole) {
      network.endEpoch();
      now = now.nextEpoch();
    }
    if (now.stopped() == null && now.step() >= options.steps) {
      now = now.stopped(StopReason.STEPS);
    }
    save(options.validation != null && now.stale() == 0);
  }

  /** What a run that was killed has seen of the epoch. */
  private void skip(MultiDataSetIterator batches) {
    for (long i = 0; i < now.batch(); i++) {
      if (!hasNext(batches, now.step() - now.batch() + i)) {
        throw new DataException(
            "Epoch %d had %d batches before, and has only %d now."
                .formatted(now.epoch(), now.batch(), i));
      }
      batches.next();
    }
  }

  private boolean hasNext(MultiDataSetIterator batches, long step) {
    Seeds.beforeData(options.seed, step); // Some iterators read ahead when they are asked.
    return batches.hasNext();
  }

  private void step(MultiDataSetIterator batches) {
    MultiDataSet batch = batches.next();
    if (now.step() == start.progress().step()) {
      startTime = System.nanoTime(); // Not before: what a resumed run skips takes time, too.
    }
    Seeds.beforeStep(options.seed, now.step());
    double loss = network.fit(batch);
    if (!Double.isFinite(loss)) {
      throw failed("The loss of step %d is %s.".formatted(now.step() + 1, loss));
    }
    now = now.stepped(loss);
    options.progress.step(
        new TrainingStep(
            start.phase(),
            now.step(),
            options.steps,
            loss,
            now.last(),
            network.alphas(),
            secondsLeft()));
    if (now.step() % options.every == 0) {
      save(false);
    }
  }

  private double secondsLeft() {
    long done = now.step() - start.progress().step();
    double seconds = (System.nanoTime() - startTime) / (double) TimeUnit.SECONDS.toNanos(1);
    return seconds / done * (options.steps - now.step());
  }

  private void validate() {
    requireFinite();
    if (options.validation != null) {
      judge(
          options.validation,
          options.validation.of(
              network, examples -> options.progress.validating(start.phase(), examples)));
    }
    EpochResult result =
        new EpochResult(
            start.phase(),
            now.epoch(),
            now.step(),
            now.lossSum() / now.batch(),
            now.last(),
            network.alphas());
    history.add(result);
    options.progress.epoch(result);
  }

  private void judge(Validation validation, double score) {
    boolean better = now.best() == null || validation.isBetter(score, now.best());
    now = now.validated(score, better);
    if (options.floor != null) {
      boolean good = keepIfGood(validation, options.floor, score);
      if (!good && kept != null) {
        now = now.stopped(StopReason.FLOOR);
      }
    } else if (options.keepBest && better) {
      keep(score);
    }
    if (now.stopped() == null && options.patience > 0 && now.stale() >= options.patience) {
      now = now.stopped(StopReason.PATIENCE);
    }
  }

  private boolean keepIfGood(Validation validation, double floor, double score) {
    boolean good = validation.lead(score, floor) >= 0;
    if (good) {
      keep(score);
    }
    return good;
  }

  private void keep(double score) {
    kept = network.parameters().dup();
    now = now.keeping(score);
  }

  private void save(boolean best) {
    if (options.checkpoints != null) {
      requireFinite();
      options.checkpoints.save(state(), network, kept, best);
    }
  }

  private void requireFinite() {
    if (LabelCheck.firstNotFinite(network.parameters()).isPresent()) {
      throw failed("A weight is not finite after step %d.".formatted(now.step()));
    }
  }

  private TrainingException failed(String what) {
    String where =
        options.checkpoints == null
            ? ""
            : " The last good checkpoint is in %s.".formatted(options.checkpoints.folder());
    return new TrainingException(
        "%s The %s cannot go on. Maybe the learning rate is too high.%s"
            .formatted(what, start.phase(), where));
  }
}
