package io.github.dl4jbnfold.examples.command.model;

import io.github.dl4jbnfold.report.FoldReport;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** What a network is made of, in a few lines. */
final class NetworkSummary {
  private NetworkSummary() {}

  static String of(SameDiff graph, FoldReport plan) {
    return of(inputs(graph), "operators", operators(graph), plan);
  }

  /** The same of a network of layers. */
  static String of(Model network, List<String> inputs, FoldReport plan) {
    return of(String.join(", ", inputs), "layers", layers(network), plan);
  }

  private static String of(String inputs, String what, String parts, FoldReport plan) {
    StringBuilder text = new StringBuilder();
    line(text, "inputs", inputs);
    line(text, "outputs", String.join(", ", plan.outputs()));
    line(text, "parameters", String.format(Locale.ROOT, "%,d", plan.parametersBefore()));
    line(text, what, "%d: %s".formatted(plan.operatorsBefore(), parts));
    if (!plan.removed().isEmpty()) {
      line(text, "removable", String.join(", ", plan.removed()));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String what, String value) {
    text.append("  %-11s %s%n".formatted(what, value));
  }

  private static String inputs(SameDiff graph) {
    List<String> inputs =
        graph.placeHolders().stream()
            .map(input -> input.name() + " " + shape(input) + " " + input.dataType())
            .toList();
    return inputs.isEmpty() ? "none" : String.join(", ", inputs);
  }

  private static String shape(SDVariable input) {
    long[] shape = input.placeholderShape();
    return shape == null
        ? "[?]"
        : Arrays.stream(shape)
            .mapToObj(size -> size < 0 ? "?" : Long.toString(size))
            .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String operators(SameDiff graph) {
    Map<String, Integer> counts = new TreeMap<>();
    graph.getOps().values().forEach(op -> counts.merge(op.getOp().opName(), 1, Integer::sum));
    return counted(counts);
  }

  private static String layers(Model network) {
    Map<String, Integer> counts = new TreeMap<>();
    List<?> parts =
        network instanceof ComputationGraph graph
            ? graph.getConfiguration().getVertices().values().stream()
                .map(v -> v instanceof LayerVertex layer ? layer.getLayerConf().getLayer() : v)
                .toList()
            : ((MultiLayerNetwork) network)
                .getLayerWiseConfigurations().getConfs().stream()
                    .map(NeuralNetConfiguration::getLayer)
                    .toList();
    parts.forEach(part -> counts.merge(part.getClass().getSimpleName(), 1, Integer::sum));
    return counted(counts);
  }

  private static String counted(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .map(count -> count.getValue() + " " + count.getKey())
        .collect(Collectors.joining(", "));
  }
}
