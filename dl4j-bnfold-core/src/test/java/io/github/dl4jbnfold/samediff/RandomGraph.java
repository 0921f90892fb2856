package io.github.dl4jbnfold.samediff;

import io.github.dl4jbnfold.samediff.Site.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * A network as a list of steps. Step 0 is the input; each other step reads earlier ones by their
 * ids. Immutable, so that a failing network can be made smaller piece by piece; its text is enough
 * to write it down again.
 *
 * @param seed of the parameters
 */
record RandomGraph(
    long seed,
    boolean channelsLast,
    int channels,
    int height,
    int width,
    List<Step> steps,
    List<Integer> outputs) {

  /** One operator, and the steps it reads. */
  record Step(int id, Layer layer, List<Integer> inputs) {
    @Override
    public String toString() {
      String read = inputs.stream().map(i -> "v" + i).collect(Collectors.joining(", "));
      return "v%d = %s(%s)".formatted(id, layer, read);
    }
  }

  RandomGraph {
    steps = List.copyOf(steps);
    outputs = List.copyOf(outputs);
  }

  /** Whether the input leaves height and width open; some layers need them all the same. */
  boolean hasFreeSizes() {
    return seed % 3 == 0;
  }

  /** The shape of an input of the network. */
  long[] inputShape(int batch, int newHeight, int newWidth) {
    return channelsLast
        ? new long[] {batch, newHeight, newWidth, channels}
        : new long[] {batch, channels, newHeight, newWidth};
  }

  /** A SameDiff graph and the names of its outputs. */
  record Built(SameDiff graph, List<String> outputs) {}

  /** The network as SameDiff graph. */
  Built build() {
    Builder builder = new Builder(this);
    steps.forEach(builder::add);
    Set<String> names = new LinkedHashSet<>();
    outputs.forEach(id -> names.add(builder.value(id).variable().name()));
    names.remove("v0");
    return new Built(builder.site.graph, List.copyOf(names));
  }

  /** The same network without steps that no output needs or that do not fit their inputs. */
  RandomGraph tidied() {
    Builder builder = new Builder(this);
    RandomGraph fitting = this;
    for (Step step : steps) {
      if (!builder.add(step)) {
        fitting = fitting.without(step.id(), fitting.inputsOf(step.id()).get(0));
      }
    }
    Set<Integer> needed = new HashSet<>(fitting.outputs);
    List<Step> kept = new ArrayList<>();
    for (int i = fitting.steps.size() - 1; i >= 0; i--) {
      Step step = fitting.steps.get(i);
      if (needed.contains(step.id())) {
        needed.addAll(step.inputs());
        kept.add(0, step);
      }
    }
    return fitting.with(kept, fitting.outputs);
  }

  /** The network without a step: those that read it read another one instead. */
  RandomGraph without(int id, int instead) {
    List<Step> rest = new ArrayList<>();
    for (Step step : steps) {
      if (step.id() != id) {
        rest.add(new Step(step.id(), step.layer(), replaced(step.inputs(), id, instead)));
      }
    }
    return with(rest, replaced(outputs, id, instead));
  }

  private List<Integer> inputsOf(int id) {
    return steps.stream().filter(s -> s.id() == id).findFirst().orElseThrow().inputs();
  }

  private static List<Integer> replaced(List<Integer> ids, int id, int instead) {
    return ids.stream().map(i -> i == id ? instead : i).toList();
  }

  RandomGraph with(List<Step> newSteps, List<Integer> newOutputs) {
    return new RandomGraph(
        seed,
        channelsLast,
        channels,
        height,
        width,
        newSteps,
        newOutputs.stream().distinct().toList());
  }

  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder(
            "seed %d, %s, input v0 of %d channels, %dx%d%s\n"
                .formatted(
                    seed,
                    channelsLast ? "NHWC" : "NCHW",
                    channels,
                    height,
                    width,
                    hasFreeSizes() ? " or another size" : ""));
    steps.forEach(step -> text.append("  ").append(step).append('\n'));
    return text.append("  outputs: ")
        .append(outputs.stream().map(i -> "v" + i).collect(Collectors.joining(", ")))
        .append('\n')
        .toString();
  }

  /** Builds a network step by step. */
  static final class Builder {
    private final Site site;
    private final Map<Integer, Value> values = new HashMap<>();

    Builder(RandomGraph start) {
      site = new Site(start.seed, start.channelsLast);
      int free = -1;
      long[] shape =
          start.hasFreeSizes()
              ? site.image(start.channels, free, free)
              : site.image(start.channels, start.height, start.width);
      values.put(
          0,
          new Value(
              site.graph.placeHolder("v0", DataType.DOUBLE, shape),
              start.channels,
              start.height,
              start.width));
    }

    Value value(int id) {
      return values.get(id);
    }

    /** Adds a step; one that does not fit its inputs passes its first input on. */
    boolean add(Step step) {
      site.enter(step.id());
      List<Value> inputs = step.inputs().stream().map(values::get).toList();
      Value result = step.layer().build(site, inputs);
      values.put(step.id(), result == null ? inputs.get(0) : result);
      return result != null;
    }
  }
}
