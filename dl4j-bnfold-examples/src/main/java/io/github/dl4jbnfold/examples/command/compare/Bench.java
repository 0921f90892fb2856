package io.github.dl4jbnfold.examples.command.compare;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.command.console.Progress;
import io.github.dl4jbnfold.examples.command.model.LoadedModel;
import io.github.dl4jbnfold.examples.command.model.ModelFile;
import io.github.dl4jbnfold.examples.measure.InterleavedTimes;
import io.github.dl4jbnfold.examples.measure.PairTimes;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.verify.FoldingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Models that run in turns, with a clock.
 *
 * @param seconds how long to measure for each batch size, about
 */
record Bench(InputOptions options, double seconds) {
  private static final int LEAST_ROUNDS = 5;
  private static final int MOST_ROUNDS = 501;

  /**
   * Measures.
   *
   * @param batches sizes; those that a model was not built for are left out
   * @throws CommandFailure if a model cannot be read, folded or run with such batches
   */
  Timing measure(List<Path> paths, List<Integer> batches, Progress progress) {
    Map<String, Subject> subjects = subjects(paths, progress);
    PairTimes.preferOneThread();
    List<Timing.Batch> all = new ArrayList<>();
    for (int batch : batches) {
      progress.show("measuring batches of %d".formatted(batch));
      Timing.Batch measured = batch(subjects, batch);
      if (measured != null) {
        all.add(measured);
      }
    }
    if (all.isEmpty()) {
      throw CommandFailure.refused(
          "%s: it takes no batches of %s. Name the size that it was built for with --batch."
              .formatted(paths.get(0), batches));
    }
    return new Timing(PairTimes.threads(), all);
  }

  /** A single model is joined by its fold. */
  private Map<String, Subject> subjects(List<Path> paths, Progress progress) {
    Map<String, Subject> subjects = new LinkedHashMap<>();
    for (Path path : paths) {
      progress.show("reading " + path);
      subjects.put(name(path, paths), Subject.of(path, ModelFile.read(path), options));
    }
    if (paths.size() == 1) {
      progress.show("folding " + paths.get(0));
      LoadedModel model = ModelFile.read(paths.get(0));
      FoldReport report = fold(paths.get(0), model);
      int removed = report.removed().size();
      String name =
          "folded, %d of %d batch normalizations removed"
              .formatted(removed, removed + report.kept().size());
      subjects.put(name, Subject.of(paths.get(0), model, options));
    }
    return subjects;
  }

  /** Without its folder, where that is enough to tell it apart. */
  private static String name(Path path, List<Path> all) {
    String name = String.valueOf(path.getFileName());
    long alike = all.stream().filter(other -> other.endsWith(name)).count();
    return alike == 1 ? name : path.toString();
  }

  private FoldReport fold(Path path, LoadedModel model) {
    try {
      FoldingOptions given = FoldingOptions.defaults().outputs(options.outputs());
      for (Map.Entry<String, long[]> shape : options.shapes().entrySet()) {
        given = given.inputShape(shape.getKey(), shape.getValue());
      }
      return model.fold(given);
    } catch (FoldingException e) {
      throw CommandFailure.refused("%s: %s".formatted(path, e.getMessage()), e);
    }
  }

  /** Null where the models take batches of one other size only. */
  private Timing.@Nullable Batch batch(Map<String, Subject> subjects, int size) {
    List<Runnable> jobs = new ArrayList<>();
    Map<String, String> shapes = new LinkedHashMap<>();
    for (Map.Entry<String, Subject> subject : subjects.entrySet()) {
      Map<String, INDArray> inputs = subject.getValue().sample(size, options.seed());
      if (inputs.values().stream().noneMatch(array -> array.rank() > 0 && array.size(0) == size)) {
        return null;
      }
      inputs.forEach((name, array) -> shapes.put(name, Arrays.toString(array.shape())));
      jobs.add(() -> subject.getValue().network().outputs(inputs));
    }
    long start = System.nanoTime();
    jobs.forEach(Runnable::run);
    double round = (System.nanoTime() - start) / 1e9;
    int rounds = (int) Math.max(LEAST_ROUNDS, Math.min(MOST_ROUNDS, seconds / round));
    InterleavedTimes times = InterleavedTimes.measure(jobs, rounds, System::nanoTime);
    List<Timing.Row> rows = new ArrayList<>();
    for (String name : subjects.keySet()) {
      int job = rows.size();
      rows.add(new Timing.Row(name, times.milliseconds(job), times.ratio(job, 0)));
    }
    return new Timing.Batch(size, shapes, rounds, rows);
  }
}
