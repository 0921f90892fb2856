package io.github.dl4jbnfold.examples.command;

import io.github.dl4jbnfold.report.FoldReport;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;

/** What a network is made of, in a few lines. */
final class NetworkSummary {
  private NetworkSummary() {}

  static String of(SameDiff graph, FoldReport plan) {
    StringBuilder text = new StringBuilder();
    line(text, "inputs", inputs(graph));
    line(text, "outputs", String.join(", ", plan.outputs()));
    line(text, "parameters", String.format(Locale.ROOT, "%,d", plan.parametersBefore()));
    line(text, "operators", "%d: %s".formatted(plan.operatorsBefore(), operators(graph)));
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
    return counts.entrySet().stream()
        .map(count -> count.getValue() + " " + count.getKey())
        .collect(Collectors.joining(", "));
  }
}
