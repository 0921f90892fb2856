package io.github.dl4jbnfold.network.structure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A MultiLayerNetwork. Its steps bear the names of their layers, or "layer" and the index where a
 * layer has no name of its own.
 */
public record LayerNetwork(MultiLayerNetwork model) implements SourceNetwork {
  private static final String INPUT = "input";

  @Override
  public Structure structure() {
    MultiLayerConfiguration configuration = model.getLayerWiseConfigurations();
    List<String> names = names();
    List<Step> steps = new ArrayList<>();
    String previous = INPUT;
    for (int i = 0; i < names.size(); i++) {
      InputPreProcessor preprocessor = configuration.getInputPreProcess(i);
      NeuralNetConfiguration layer = configuration.getConf(i);
      steps.add(Step.of(names.get(i), List.of(previous), preprocessor, layer));
      previous = names.get(i);
    }
    return new Structure(List.of(INPUT), steps, List.of(previous));
  }

  private List<String> names() {
    List<NeuralNetConfiguration> layers = model.getLayerWiseConfigurations().getConfs();
    List<@Nullable String> given = new ArrayList<>();
    for (NeuralNetConfiguration layer : layers) {
      org.deeplearning4j.nn.conf.layers.Layer plain = Step.of("", List.of(), null, layer).layer();
      given.add(plain == null ? null : plain.getLayerName());
    }
    Set<String> taken = new HashSet<>(Set.of(INPUT));
    given.stream().filter(name -> isUnique(name, given)).forEach(taken::add);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      String name = given.get(i);
      names.add(name != null && isUnique(name, given) ? name : unused("layer" + i, taken));
    }
    return names;
  }

  private static boolean isUnique(@Nullable String name, List<@Nullable String> given) {
    return name != null && !name.equals(INPUT) && Collections.frequency(given, name) == 1;
  }

  /** Another layer may have been given the name that comes from an index. */
  private static String unused(String wanted, Set<String> taken) {
    String name = wanted;
    for (int i = 2; !taken.add(name); i++) {
      name = wanted + "-" + i;
    }
    return name;
  }

  @Override
  public DataType dataType() {
    return model.getLayerWiseConfigurations().getDataType();
  }

  @Override
  public Map<String, INDArray> parameters(String step) {
    Map<String, INDArray> parameters = model.getLayer(names().indexOf(step)).paramTable(false);
    return parameters == null ? Map.of() : parameters;
  }

  @Override
  public Map<String, INDArray> activations(List<INDArray> inputs) {
    List<INDArray> all =
        Workspaces.closedAfterFailure(() -> model.feedForward(inputs.get(0), false));
    List<String> names = names();
    Map<String, INDArray> activations = new LinkedHashMap<>();
    for (int i = 0; i < all.size(); i++) {
      activations.put(i == 0 ? INPUT : names.get(i - 1), all.get(i));
    }
    return activations;
  }

  @Override
  public List<INDArray> outputs(List<INDArray> inputs, @Nullable List<@Nullable INDArray> masks) {
    INDArray mask = masks == null ? null : masks.get(0);
    try {
      return Workspaces.closedAfterFailure(
          () -> List.of(model.output(inputs.get(0), false, mask, null)));
    } finally {
      if (mask != null) {
        model.clearLayerMaskArrays(); // A run that fails leaves its masks behind.
      }
    }
  }

  @Override
  public boolean sharesArrays() {
    return false; // There is one reader of each.
  }

  @Override
  public boolean namesOutputs() {
    return false;
  }

  @Override
  public String nameOf(Trainable part) {
    return names().get(Arrays.asList(model.getLayers()).indexOf((Layer) part));
  }

  @Override
  public @Nullable BaseMultiLayerUpdater<?> updater(boolean create) {
    return (BaseMultiLayerUpdater<?>) model.getUpdater(create);
  }

  @Override
  public SourceNetwork rebuilt(Structure other) {
    return new LayerNetwork(network(other, null));
  }

  @Override
  public SourceNetwork sharing(Structure other) {
    return new LayerNetwork(network(other, model.numParams() == 0 ? null : model.params()));
  }

  private MultiLayerNetwork network(Structure other, @Nullable INDArray parameters) {
    MultiLayerConfiguration configuration = model.getLayerWiseConfigurations().clone();
    List<NeuralNetConfiguration> layers = new ArrayList<>();
    Map<Integer, InputPreProcessor> preprocessors = new HashMap<>();
    long length = 0;
    for (Step step : other.steps()) {
      Step copy = step.copy();
      NeuralNetConfiguration layer = copy.configuration();
      if (layer == null) {
        throw new IllegalArgumentException("'" + step.name() + "' is no layer.");
      }
      layer.clearVariables();
      // A name that comes from the index would change where a layer before it goes or comes.
      Objects.requireNonNull(copy.layer()).setLayerName(step.name());
      layer.getLayer().setDataType(configuration.getDataType());
      length += layer.getLayer().initializer().numParams(layer);
      if (copy.preprocessor() != null) {
        preprocessors.put(layers.size(), copy.preprocessor());
      }
      layers.add(layer);
    }
    configuration.setConfs(layers);
    configuration.setInputPreProcessors(preprocessors);
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    boolean fresh = parameters == null && length > 0;
    network.init(fresh ? Nd4j.create(configuration.getDataType(), 1, length) : parameters, false);
    network.setListeners(new ArrayList<>(model.getListeners()));
    network.setClearTbpttState(model.isClearTbpttState());
    return network;
  }
}
