package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Costs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;

/**
 * Costs that a run has measured. Times are never the same again, and what merges depends on them: a
 * run that was stopped goes on with those that it knew.
 */
final class LinearizeCosts implements Costs {
  private final Costs measured;
  private final LinearizeRun run;
  private final SortedMap<String, Double> known;

  LinearizeCosts(Costs measured, LinearizeRun run) {
    this.measured = measured;
    this.run = run;
    this.known = new TreeMap<>(run.costs());
  }

  @Override
  public double convolution(Form form, long... sizes) {
    return known(form + " of " + Arrays.toString(sizes), () -> measured.convolution(form, sizes));
  }

  @Override
  public double elementwise(int channels, int inputs, long... sizes) {
    return known(
        "%d inputs of %d channels of %s".formatted(inputs, channels, Arrays.toString(sizes)),
        () -> measured.elementwise(channels, inputs, sizes));
  }

  @Override
  public double branches(List<Double> costs) {
    return measured.branches(costs);
  }

  private double known(String what, DoubleSupplier cost) {
    Double before = known.get(what);
    if (before != null) {
      return before;
    }
    double now = cost.getAsDouble();
    known.put(what, now);
    try {
      run.rememberCosts(known);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return now;
  }
}
