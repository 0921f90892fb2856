package io.github.dl4jbnfold.examples.view;

import io.github.dl4jbnfold.network.NetworkProbe;
import io.github.dl4jbnfold.network.structure.GraphNetwork;
import io.github.dl4jbnfold.network.structure.LayerNetwork;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network of Deeplearning4j's layers. */
public final class LayersView implements NetworkView {
  private final SourceNetwork network;
  private final Map<String, long[]> shapes;

  /**
   * @param model a MultiLayerNetwork or a ComputationGraph
   * @param shapes of inputs that the network does not tell
   */
  public LayersView(Model model, Map<String, long[]> shapes) {
    this.network =
        model instanceof ComputationGraph graph
            ? new GraphNetwork(graph)
            : new LayerNetwork((MultiLayerNetwork) model);
    this.shapes = Map.copyOf(shapes);
  }

  @Override
  public String unit() {
    return "layer";
  }

  @Override
  public List<String> inputs() {
    return network.structure().inputs();
  }

  @Override
  public List<Part> parts() {
    return network.structure().steps().stream().map(this::part).toList();
  }

  private Part part(Step step) {
    Map<String, INDArray> parameters = network.parameters(step.name());
    return new Part(
        step.name(), StepKind.of(step), step.inputs(), List.copyOf(parameters.values()));
  }

  @Override
  public Map<String, INDArray> sample(int examples, long seed) {
    Map<String, INDArray> all =
        NetworkProbe.create(network, examples, shapes, seed).activations(network);
    Map<String, INDArray> sample = new LinkedHashMap<>();
    inputs().forEach(input -> sample.put(input, Objects.requireNonNull(all.get(input))));
    return sample;
  }

  @Override
  public Map<String, INDArray> outputs(Map<String, INDArray> inputs) {
    List<INDArray> results = network.outputs(copies(inputs), null);
    Map<String, INDArray> outputs = new LinkedHashMap<>();
    network
        .structure()
        .outputs()
        .forEach(name -> outputs.put(name, results.get(outputs.size()).dup()));
    return outputs;
  }

  /** Layers may write into what they read. */
  private List<INDArray> copies(Map<String, INDArray> inputs) {
    return inputs().stream().map(name -> Objects.requireNonNull(inputs.get(name)).dup()).toList();
  }

  /** Where an activation works in place, what it reads is what it writes. */
  @Override
  public Map<String, INDArray> values(Map<String, INDArray> inputs) {
    Map<String, INDArray> values = new LinkedHashMap<>();
    network.activations(copies(inputs)).forEach((name, array) -> values.put(name, array.dup()));
    return values;
  }

  @Override
  public Walk walk(Map<String, INDArray> inputs) {
    Map<String, long[]> written = new HashMap<>();
    long bytes = 0;
    for (Map.Entry<String, INDArray> step : network.activations(copies(inputs)).entrySet()) {
      written.put(step.getKey(), step.getValue().shape());
      bytes +=
          inputs.containsKey(step.getKey())
              ? 0
              : step.getValue().length() * step.getValue().dataType().width();
    }
    return new Walk(times(inputs), written, bytes);
  }

  /** Layer by layer, without workspaces; some layers cannot be run alone. */
  private Map<String, Long> times(Map<String, INDArray> inputs) {
    try {
      return network instanceof GraphNetwork graph
          ? times(graph.model(), inputs)
          : times(((LayerNetwork) network).model(), copies(inputs).get(0));
    } catch (RuntimeException e) {
      return Map.of();
    }
  }

  private Map<String, Long> times(MultiLayerNetwork model, INDArray input) {
    Map<String, Long> times = new LinkedHashMap<>();
    List<Step> steps = network.structure().steps();
    int examples = (int) input.size(0);
    INDArray x = input;
    for (int i = 0; i < steps.size(); i++) {
      InputPreProcessor preprocessor = model.getLayerWiseConfigurations().getInputPreProcess(i);
      INDArray fresh = x.dup();
      model.getLayer(i).setInputMiniBatchSize(examples);
      long start = System.nanoTime();
      if (preprocessor != null) {
        fresh = preprocessor.preProcess(fresh, examples, LayerWorkspaceMgr.noWorkspaces());
      }
      x = model.getLayer(i).activate(fresh, false, LayerWorkspaceMgr.noWorkspaces());
      times.put(steps.get(i).name(), System.nanoTime() - start);
    }
    return times;
  }

  private static Map<String, Long> times(ComputationGraph model, Map<String, INDArray> inputs) {
    GraphVertex[] vertices = model.getVertices();
    int examples = (int) inputs.values().iterator().next().size(0);
    Map<String, Long> times = new LinkedHashMap<>();
    Map<Integer, INDArray> written = new HashMap<>();
    for (int index : model.topologicalSortOrder()) {
      GraphVertex vertex = vertices[index];
      if (vertex.isInputVertex()) {
        written.put(index, Objects.requireNonNull(inputs.get(vertex.getVertexName())));
        continue;
      }
      VertexIndices[] read = vertex.getInputVertices();
      for (int i = 0; i < read.length; i++) {
        INDArray copy = Objects.requireNonNull(written.get(read[i].getVertexIndex())).dup();
        vertex.setInput(i, copy, LayerWorkspaceMgr.noWorkspaces());
      }
      if (vertex.hasLayer()) {
        vertex.getLayer().setInputMiniBatchSize(examples);
      }
      long start = System.nanoTime();
      INDArray result = vertex.doForward(false, LayerWorkspaceMgr.noWorkspaces());
      times.put(vertex.getVertexName(), System.nanoTime() - start);
      written.put(index, result);
      vertex.clear();
    }
    return times;
  }
}
