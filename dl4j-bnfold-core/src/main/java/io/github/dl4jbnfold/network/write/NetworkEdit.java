package io.github.dl4jbnfold.network.write;

import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.network.structure.Structure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The changes of one network: other steps, other values of parameters. The network stays. */
final class NetworkEdit {
  private final SourceNetwork network;
  private final Structure original;
  private final Map<String, Step> steps = new LinkedHashMap<>();
  private final Map<String, Map<String, NewParameter>> parameters = new HashMap<>();

  NetworkEdit(SourceNetwork network) {
    this.network = network;
    this.original = network.structure();
    original.steps().forEach(step -> steps.put(step.name(), step));
  }

  /** Gives a parameter another value. */
  void set(String step, String key, NewParameter value) {
    parameters.computeIfAbsent(step, s -> new HashMap<>()).put(key, value);
  }

  /** Changes a copy of the configuration of a layer. */
  void configure(String name, Consumer<Layer> change) {
    Step copy = Objects.requireNonNull(steps.get(name)).copy();
    change.accept(Objects.requireNonNull(copy.layer()));
    steps.put(name, copy);
  }

  /** Puts another step in the place of one. */
  void replace(Step step) {
    steps.put(step.name(), step);
  }

  Step step(String name) {
    return Objects.requireNonNull(steps.get(name));
  }

  /**
   * Drops a step with one input: its readers read that instead. Where its name or its preprocessor
   * is still needed, it becomes an activation that does nothing; a vertex, or a layer whose readers
   * need an array of their own, becomes a multiplication by 1.
   */
  void drop(String name) {
    Step step = step(name);
    boolean named = original.outputs().contains(name) && original.outputs().size() > 1;
    boolean alone = steps.size() == 1;
    if (step.preprocessor() != null || isNamedOutput(name) || named || alone) {
      replace(step.configuration() == null ? copy(step) : identity(step, step.configuration()));
      return;
    }
    if (isNeededCopy(step)) {
      replace(copy(step));
      return;
    }
    steps.remove(name);
    String input = step.inputs().get(0);
    steps.replaceAll(
        (n, reader) ->
            reader.reading(reader.inputs().stream().map(i -> i.equals(name) ? input : i).toList()));
  }

  /** Whether a reader would write into an array that others read as well. */
  private boolean isNeededCopy(Step step) {
    String input = step.inputs().get(0);
    boolean shared = network.sharesArrays() || original.inputs().contains(input);
    boolean writes =
        steps.values().stream()
            .filter(reader -> reader.inputs().contains(step.name()))
            .map(Step::layer)
            .anyMatch(layer -> layer instanceof ActivationLayer || layer instanceof PReLULayer);
    return shared
        && writes
        && steps.values().stream().filter(reader -> reader.inputs().contains(input)).count() > 1;
  }

  /** A graph's outputs are known by their names, a network of layers ends with its last one. */
  private boolean isNamedOutput(String name) {
    return original.outputs().contains(name) && network.namesOutputs();
  }

  private static Step copy(Step step) {
    return Step.of(step.name(), step.inputs(), new ScaleVertex(1));
  }

  private static Step identity(Step step, NeuralNetConfiguration configuration) {
    ActivationLayer nothing = new ActivationLayer(new ActivationIdentity());
    nothing.setLayerName(step.name());
    NeuralNetConfiguration copy = configuration.clone();
    copy.setLayer(nothing);
    return Step.of(step.name(), step.inputs(), step.preprocessor(), copy);
  }

  /** A step reads one input less. */
  void removeInput(String name, String input) {
    List<String> rest = new ArrayList<>(step(name).inputs());
    rest.remove(input);
    steps.put(name, step(name).reading(rest));
  }

  /** Drops what no output needs any more. */
  private void sweep(List<String> outputs) {
    while (true) {
      List<String> needed = new ArrayList<>(outputs);
      steps.values().forEach(step -> needed.addAll(step.inputs()));
      List<String> ends = new ArrayList<>(original.outputs());
      original.steps().stream().map(Step::name).filter(this::wasAnEnd).forEach(ends::add);
      if (!steps.keySet().removeIf(name -> !needed.contains(name) && !ends.contains(name))) {
        return;
      }
    }
  }

  private boolean wasAnEnd(String name) {
    return original.steps().stream().noneMatch(step -> step.inputs().contains(name));
  }

  /** The new network. */
  SourceNetwork build() {
    List<String> outputs = original.outputs();
    if (!network.namesOutputs()) {
      outputs = List.of(lastName());
    }
    sweep(outputs);
    SourceNetwork built =
        network.rebuilt(new Structure(original.inputs(), new ArrayList<>(steps.values()), outputs));
    for (String step : steps.keySet()) {
      built.parameters(step).forEach((key, target) -> fill(step, key, target));
    }
    UpdaterStates.carryOver(network, built, parameters);
    return built;
  }

  private String lastName() {
    List<String> names = new ArrayList<>(steps.keySet());
    return names.get(names.size() - 1);
  }

  private void fill(String step, String key, INDArray target) {
    NewParameter changed = parameters.getOrDefault(step, Map.of()).get(key);
    INDArray values =
        changed == null
            ? Objects.requireNonNull(network.parameters(step).get(key))
            : changed.value().reshape('c', target.shape());
    target.assign(values.castTo(target.dataType()));
  }
}
