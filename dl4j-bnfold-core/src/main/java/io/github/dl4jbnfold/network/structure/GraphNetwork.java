package io.github.dl4jbnfold.network.structure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.samediff.SameDiffGraphVertex;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A ComputationGraph. */
public record GraphNetwork(ComputationGraph model) implements SourceNetwork {
  @Override
  public Structure structure() {
    ComputationGraphConfiguration configuration = model.getConfiguration();
    List<Step> steps = new ArrayList<>();
    for (int index : model.topologicalSortOrder()) {
      String name = model.getVertices()[index].getVertexName();
      GraphVertex vertex = configuration.getVertices().get(name);
      if (vertex == null) {
        continue; // An input.
      }
      List<String> inputs = configuration.getVertexInputs().getOrDefault(name, List.of());
      steps.add(
          vertex instanceof LayerVertex layer
              ? Step.of(name, inputs, layer.getPreProcessor(), layer.getLayerConf())
              : Step.of(name, inputs, vertex));
    }
    return new Structure(
        configuration.getNetworkInputs(), steps, configuration.getNetworkOutputs());
  }

  @Override
  public DataType dataType() {
    return model.getConfiguration().getDataType();
  }

  @Override
  public Map<String, INDArray> parameters(String step) {
    Map<String, INDArray> parameters = model.getVertex(step).paramTable(false);
    return parameters == null ? Map.of() : parameters;
  }

  @Override
  public Map<String, INDArray> activations(List<INDArray> inputs) {
    INDArray[] arrays = inputs.toArray(INDArray[]::new);
    return Workspaces.closedAfterFailure(() -> model.feedForward(arrays, false));
  }

  @Override
  public List<INDArray> outputs(List<INDArray> inputs, @Nullable List<@Nullable INDArray> masks) {
    INDArray[] arrays = inputs.toArray(INDArray[]::new);
    try {
      return Workspaces.closedAfterFailure(
          () ->
              List.of(
                  masks == null
                      ? model.output(false, arrays)
                      : model.output(false, arrays, masks.toArray(new INDArray[0]), null)));
    } finally {
      if (masks != null) {
        forgetMasks();
      }
    }
  }

  /** A run that fails leaves its masks behind, and vertices with a SameDiff graph always do. */
  private void forgetMasks() {
    model.clearLayerMaskArrays();
    for (org.deeplearning4j.nn.graph.vertex.GraphVertex vertex : model.getVertices()) {
      if (vertex instanceof SameDiffGraphVertex) {
        try {
          vertex.feedForwardMaskArrays(new INDArray[vertex.getNumInputArrays()], null, 0);
        } catch (UnsupportedOperationException e) {
          // It has taken them, but does not say what becomes of them.
        }
      }
    }
  }

  @Override
  public boolean sharesArrays() {
    return model.getConfiguration().getInferenceWorkspaceMode() == WorkspaceMode.NONE;
  }

  @Override
  public boolean namesOutputs() {
    return true;
  }

  @Override
  public String nameOf(Trainable part) {
    for (org.deeplearning4j.nn.graph.vertex.GraphVertex vertex : model.getVertices()) {
      if (vertex == part || (vertex.hasLayer() && vertex.getLayer() == part)) {
        return vertex.getVertexName();
      }
    }
    throw new IllegalArgumentException("It is no part of the network.");
  }

  @Override
  public @Nullable BaseMultiLayerUpdater<?> updater(boolean create) {
    return model.getUpdater(create);
  }

  @Override
  public SourceNetwork rebuilt(Structure other) {
    return new GraphNetwork(graph(other, null));
  }

  @Override
  public SourceNetwork sharing(Structure other) {
    return new GraphNetwork(graph(other, model.numParams() == 0 ? null : model.params()));
  }

  private ComputationGraph graph(Structure other, @Nullable INDArray parameters) {
    ComputationGraphConfiguration old = model.getConfiguration();
    ComputationGraphConfiguration configuration = old.clone();
    configuration.setIterationCount(old.getIterationCount());
    configuration.setEpochCount(old.getEpochCount());
    configuration.setVertices(vertices(other));
    Map<String, List<String>> inputs = new LinkedHashMap<>();
    other.steps().forEach(step -> inputs.put(step.name(), new ArrayList<>(step.inputs())));
    configuration.setVertexInputs(inputs);
    configuration.setNetworkOutputs(new ArrayList<>(other.outputs()));
    if (parameters != null) {
      order(configuration, other);
    }
    ComputationGraph graph = new ComputationGraph(configuration);
    graph.init(parameters == null ? zeros(configuration) : parameters, false);
    graph.setListeners(new ArrayList<>(model.getListeners()));
    graph.setClearTbpttState(model.isClearTbpttState());
    return graph;
  }

  /**
   * Keeps the order in which Deeplearning4j runs the vertices and lays out their parameters, for
   * parameters that lie in it. A configuration that is copied forgets it, so that no network that
   * is given away may depend on it.
   */
  private static void order(ComputationGraphConfiguration configuration, Structure structure) {
    List<String> numbers = new ArrayList<>(structure.inputs());
    numbers.addAll(configuration.getVertices().keySet());
    List<String> order = new ArrayList<>(structure.inputs());
    for (Step step : structure.steps()) {
      if (!order.containsAll(step.inputs())) {
        return; // Deeplearning4j sorts them anew.
      }
      order.add(step.name());
    }
    configuration.setTopologicalOrder(order.stream().mapToInt(numbers::indexOf).toArray());
    configuration.setTopologicalOrderStr(order);
  }

  private Map<String, GraphVertex> vertices(Structure structure) {
    Map<String, GraphVertex> vertices = new LinkedHashMap<>();
    model.getConfiguration().getVertices().keySet().stream()
        .filter(structure::contains)
        .forEach(name -> vertices.put(name, vertex(structure.step(name))));
    structure.steps().forEach(step -> vertices.computeIfAbsent(step.name(), n -> vertex(step)));
    return vertices;
  }

  private static GraphVertex vertex(Step step) {
    Step copy = step.copy();
    NeuralNetConfiguration layer = copy.configuration();
    if (layer == null) {
      return Objects.requireNonNull(copy.vertex());
    }
    layer.clearVariables();
    return new LayerVertex(layer, copy.preprocessor());
  }

  private static INDArray zeros(ComputationGraphConfiguration configuration) {
    long length = 0;
    for (GraphVertex vertex : configuration.getVertices().values()) {
      vertex.setDataType(configuration.getDataType());
      length += vertex.numParams(true);
    }
    return Nd4j.create(configuration.getDataType(), 1, length);
  }
}
