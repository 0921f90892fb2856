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
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The changes of one network: other steps, other values of parameters. The network stays. */
public final class NetworkEdit {
  private final SourceNetwork network;
  private final Structure original;
  private final boolean keepsSteps;
  private final Map<String, Step> steps = new LinkedHashMap<>();
  private final Map<String, Map<String, NewParameter>> parameters = new HashMap<>();

  /**
   * No changes yet.
   *
   * @param keepsSteps whether a step that is dropped leaves one behind that does nothing
   */
  public NetworkEdit(SourceNetwork network, boolean keepsSteps) {
    this.network = network;
    this.keepsSteps = keepsSteps;
    this.original = network.structure();
    original.steps().forEach(step -> steps.put(step.name(), step));
  }

  /** Gives a parameter another value. */
  void set(String step, String key, NewParameter value) {
    parameters.computeIfAbsent(step, s -> new HashMap<>()).put(key, value);
  }

  /** Changes a copy of the configuration of a layer. */
  public void configure(String name, Consumer<Layer> change) {
    Step copy = Objects.requireNonNull(steps.get(name)).copy();
    change.accept(Objects.requireNonNull(copy.layer()));
    steps.put(name, copy);
  }

  /** Gives a parameter another value that has nothing to do with the old one. */
  public void set(String step, String key, INDArray value) {
    set(step, key, new NewParameter(value, null));
  }

  /** The layer of a step as it is by now. */
  public Layer layer(String name) {
    return Objects.requireNonNull(step(name).layer());
  }

  /** Puts another layer in the place of one. */
  public void replaceLayer(String name, Layer layer) {
    replace(with(step(name), name, step(name).inputs(), step(name).preprocessor(), layer));
  }

  /**
   * Puts a new layer behind a step: whatever reads the step reads the layer instead.
   *
   * @param role of the layer, a part of its name
   * @return the name of the new step
   */
  public String insertBehind(String name, String role, Layer layer) {
    String unique = unique(name + "-" + role);
    Map<String, Step> old = new LinkedHashMap<>(steps);
    steps.clear();
    old.forEach(
        (n, reader) -> {
          steps.put(n, reader.reading(renamed(reader.inputs(), name, unique)));
          if (n.equals(name)) {
            steps.put(unique, with(reader, unique, List.of(name), null, layer));
          }
        });
    return unique;
  }

  /**
   * Puts a new layer where a step reads its first input, in front of a preprocessor that flattens.
   *
   * @param role of the layer, a part of its name
   */
  public void insertBefore(String name, String role, Layer layer) {
    insertBefore(name, 0, role, layer);
  }

  /** Puts a new layer where a step reads one of its inputs. */
  public void insertBefore(String name, int input, String role, Layer layer) {
    Step reader = step(name);
    Step host = reader.configuration() == null ? someLayer() : reader;
    List<String> reads = List.of(reader.inputs().get(input));
    // What flattens stays with the reader; what makes an image comes first.
    InputPreProcessor preprocessor = reader.preprocessor();
    boolean flattens =
        preprocessor instanceof CnnToFeedForwardPreProcessor
            || preprocessor instanceof Cnn3DToFeedForwardPreProcessor;
    InputPreProcessor moved = flattens ? null : preprocessor;
    if (moved != null) {
      reader = reader.behind(null);
    }
    insertBefore(reader, input, with(host, unique(name + "-" + role), reads, moved, layer));
  }

  private Step someLayer() {
    return steps.values().stream()
        .filter(step -> step.configuration() != null)
        .findFirst()
        .orElseThrow();
  }

  private void insertBefore(Step reader, int input, Step inserted) {
    List<String> inputs = new ArrayList<>(reader.inputs());
    inputs.set(input, inserted.name());
    Map<String, Step> old = new LinkedHashMap<>(steps);
    steps.clear();
    old.forEach(
        (name, other) -> {
          if (name.equals(reader.name())) {
            steps.put(inserted.name(), inserted);
            steps.put(name, reader.reading(inputs));
          } else {
            steps.put(name, other);
          }
        });
  }

  /** Whether there is a step of a name by now. */
  public boolean contains(String name) {
    return steps.containsKey(name);
  }

  private String unique(String wanted) {
    String name = wanted;
    for (int i = 2; steps.containsKey(name) || original.contains(name); i++) {
      name = wanted + i;
    }
    return name;
  }

  private static List<String> renamed(List<String> names, String from, String to) {
    return names.stream().map(name -> name.equals(from) ? to : name).toList();
  }

  /** A layer in the configuration of a step. */
  private static Step with(
      Step host,
      String name,
      List<String> inputs,
      @Nullable InputPreProcessor preprocessor,
      Layer layer) {
    layer.setLayerName(name);
    NeuralNetConfiguration copy = Objects.requireNonNull(host.configuration()).clone();
    copy.setLayer(layer);
    return Step.of(name, inputs, preprocessor, copy);
  }

  /** Puts another step in the place of one. */
  public void replace(Step step) {
    steps.put(step.name(), step);
  }

  /** A step as it is by now. */
  public Step step(String name) {
    return Objects.requireNonNull(steps.get(name));
  }

  /**
   * Drops a step with one input: its readers read that instead. Where its name or its preprocessor
   * is still needed, it becomes an activation that does nothing; a vertex, or a layer whose readers
   * need an array of their own, becomes a multiplication by 1.
   */
  public void drop(String name) {
    Step step = step(name);
    boolean named = original.outputs().contains(name) && original.outputs().size() > 1;
    boolean needed = keepsSteps || steps.size() == 1 || step.preprocessor() != null;
    if (needed || isNamedOutput(name) || named) {
      if (step.configuration() != null) {
        replaceLayer(name, new ActivationLayer(new ActivationIdentity()));
      } else {
        replace(Step.of(name, step.inputs(), new ScaleVertex(1)));
      }
      return;
    }
    steps.remove(name);
    String input = step.inputs().get(0);
    steps.replaceAll((n, reader) -> reader.reading(renamed(reader.inputs(), name, input)));
  }

  /** A graph's outputs are known by their names, a network of layers ends with its last one. */
  private boolean isNamedOutput(String name) {
    return original.outputs().contains(name) && network.namesOutputs();
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

  /**
   * At inference an activation of Deeplearning4j overwrites what it reads. Where it did not read
   * that before, or others did not, it gets a copy.
   */
  private void protect(Step step, SharedArrays before, SharedArrays after) {
    boolean own = after.readsInput(step) && !after.readsAsIn(before, step);
    if (own || (network.sharesArrays() && after.isSharedUnlikeIn(before, step))) {
      String copy = unique(step.inputs().get(0) + "-copy");
      insertBefore(step, 0, Step.of(copy, step.inputs(), new ScaleVertex(1)));
    }
  }

  private void protectSharedArrays() {
    SharedArrays before = new SharedArrays(original, original.steps());
    SharedArrays after = new SharedArrays(original, List.copyOf(steps.values()));
    List.copyOf(steps.values()).stream()
        .filter(SharedArrays::overwrites)
        .forEach(step -> protect(step, before, after));
  }

  private boolean wasAnEnd(String name) {
    return original.steps().stream().noneMatch(step -> step.inputs().contains(name));
  }

  /** The new network. */
  public SourceNetwork build() {
    List<String> outputs = original.outputs();
    if (!network.namesOutputs()) {
      outputs = List.of(lastName());
    }
    sweep(outputs);
    if (network.namesOutputs()) {
      protectSharedArrays();
    }
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
    if (changed == null) {
      target.assign(Objects.requireNonNull(network.parameters(step).get(key)));
      return;
    }
    INDArray value = changed.value().get();
    INDArray ordered = value.ordering() == 'c' ? value : value.dup('c');
    target.assign(ordered.reshape('c', target.shape()));
    // Native memory, which would wait for the garbage collector.
    ordered.close();
    value.close();
  }
}
