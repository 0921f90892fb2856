package io.github.dl4jbnfold.examples.page;

import io.github.dl4jbnfold.examples.drawing.Drawing;
import io.github.dl4jbnfold.examples.measure.Errors;
import io.github.dl4jbnfold.examples.measure.Pairing;
import io.github.dl4jbnfold.examples.view.NetworkView;
import io.github.dl4jbnfold.examples.view.Part;
import io.github.dl4jbnfold.report.FoldReport;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A network before and after a fold, measured.
 *
 * @param model its name
 * @param errors empty where the folded network takes other inputs
 * @param times empty where they were not wanted
 */
public record FoldStudy(
    String model,
    FoldReport report,
    String unit,
    List<Drawing> drawings,
    Memory memory,
    Optional<ErrorsAndInputs> errors,
    Optional<PartTimes> times) {
  private static final int MOST_EXAMPLES = 64;
  private static final long MOST_BYTES = 200_000_000;
  private static final long SEED = 20250501;

  public FoldStudy {
    drawings = List.copyOf(drawings);
  }

  /** Bytes of parameters, and of all that the parts write for one example. */
  public record Memory(
      long parametersBefore, long parametersAfter, long activationsBefore, long activationsAfter) {}

  record ErrorsAndInputs(Errors errors, int examples) {}

  record PartTimes(Times times, List<Part> before, List<Part> after) {}

  /**
   * Studies a fold.
   *
   * @param after what the fold made of it
   * @param timed whether to measure times, which takes some seconds
   */
  public static FoldStudy of(
      String model, NetworkView before, NetworkView after, FoldReport report, boolean timed) {
    Map<String, INDArray> one = before.sample(1, SEED);
    NetworkView.Walk walkBefore = before.walk(one);
    NetworkView.Walk walkAfter = after.walk(one);
    List<Part> partsBefore = before.parts();
    List<Part> partsAfter = after.parts();
    Optional<Times> times =
        timed ? Optional.of(Times.measure(before, after, one)) : Optional.empty();
    FoldDrawings drawings = new FoldDrawings(report, partsBefore, partsAfter);
    return new FoldStudy(
        model,
        report,
        before.unit(),
        List.of(
            drawings.before(
                before.inputs(),
                walkBefore.shapes(),
                times.map(Times::partsBefore).orElse(Map.of())),
            drawings.after(
                after.inputs(), walkAfter.shapes(), times.map(Times::partsAfter).orElse(Map.of()))),
        new Memory(bytes(partsBefore), bytes(partsAfter), walkBefore.bytes(), walkAfter.bytes()),
        report.rawInputs().isEmpty()
            ? Optional.of(errors(before, after, walkBefore.bytes()))
            : Optional.empty(),
        times.map(measured -> new PartTimes(measured, partsBefore, partsAfter)));
  }

  /** As many examples as a moderate memory allows. */
  private static ErrorsAndInputs errors(NetworkView before, NetworkView after, long bytes) {
    int examples = (int) Math.max(1, Math.min(MOST_EXAMPLES, MOST_BYTES / Math.max(1, bytes)));
    Map<String, INDArray> inputs = before.sample(examples, SEED + 1);
    int taken =
        (int)
            inputs.values().stream()
                .mapToLong(array -> array.rank() == 0 ? 1 : array.size(0))
                .max()
                .orElse(1);
    List<Pairing> outputs = Pairing.of(before.outputs(inputs), after.outputs(inputs));
    return new ErrorsAndInputs(Errors.of(outputs), taken);
  }

  /** Arrays that parts share count once. */
  private static long bytes(List<Part> parts) {
    Set<INDArray> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
    parts.forEach(part -> distinct.addAll(part.parameters()));
    return distinct.stream().mapToLong(a -> a.length() * a.dataType().width()).sum();
  }
}
