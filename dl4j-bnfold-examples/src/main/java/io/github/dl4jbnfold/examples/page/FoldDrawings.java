package io.github.dl4jbnfold.examples.page;

import io.github.dl4jbnfold.examples.drawing.Drawing;
import io.github.dl4jbnfold.examples.drawing.Drawing.Edge;
import io.github.dl4jbnfold.examples.drawing.Drawing.Node;
import io.github.dl4jbnfold.examples.drawing.Status;
import io.github.dl4jbnfold.examples.view.NetworkView;
import io.github.dl4jbnfold.examples.view.Part;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.report.FoldReport.KeptNorm;
import io.github.dl4jbnfold.report.FoldReport.RepairedOperator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Draws a network before and after a fold, and marks what the report says. */
final class FoldDrawings {
  private final Map<String, KeptNorm> kept;
  private final Map<String, RepairedOperator> repaired = new HashMap<>();
  private final Set<String> removed;
  private final Set<String> reduced;
  private final Map<String, Part> original;
  private final List<Part> partsBefore;
  private final List<Part> partsAfter;

  FoldDrawings(FoldReport report, List<Part> before, List<Part> after) {
    this(
        report.kept(),
        new HashSet<>(report.removed()),
        new HashSet<>(report.reduced()),
        before,
        after);
    report.repairs().forEach(repair -> repaired.put(repair.operator(), repair));
  }

  private FoldDrawings(
      List<KeptNorm> kept,
      Set<String> removed,
      Set<String> reduced,
      List<Part> before,
      List<Part> after) {
    this.kept =
        kept.stream().collect(Collectors.toMap(KeptNorm::name, Function.identity(), (a, b) -> a));
    this.removed = removed;
    this.reduced = reduced;
    this.original =
        before.stream().collect(Collectors.toMap(Part::name, Function.identity(), (a, b) -> a));
    this.partsBefore = before;
    this.partsAfter = after;
  }

  Drawing before(
      List<String> inputs, Map<String, long[]> shapes, Map<String, Double> milliseconds) {
    return drawing("a", "Before", partsBefore, inputs, this::statusBefore, shapes, milliseconds);
  }

  Drawing after(List<String> inputs, Map<String, long[]> shapes, Map<String, Double> milliseconds) {
    return drawing("b", "After", partsAfter, inputs, this::statusAfter, shapes, milliseconds);
  }

  private Status statusBefore(Part part) {
    String name = part.name();
    return removed.contains(name) ? Status.REMOVED : common(name);
  }

  private Status common(String name) {
    return kept.containsKey(name)
        ? Status.KEPT
        : reduced.contains(name)
            ? Status.REDUCED
            : repaired.containsKey(name) ? Status.REPAIRED : Status.SAME;
  }

  private Status statusAfter(Part part) {
    Status status = common(part.name());
    if (status != Status.SAME) {
      return status;
    }
    Part before = original.get(part.name());
    if (before == null || removed.contains(part.name())) {
      // A fold adds no convolution: one under another name has taken over what it writes.
      return part.isWeighty() ? Status.CHANGED : Status.NEW;
    }
    return sameParameters(before, part) ? Status.SAME : Status.CHANGED;
  }

  private static boolean sameParameters(Part before, Part after) {
    List<INDArray> x = before.parameters();
    List<INDArray> y = after.parameters();
    for (int i = 0; i < x.size() && x.size() == y.size(); i++) {
      if (!x.get(i).equalShapes(y.get(i)) || !x.get(i).equalsWithEps(y.get(i), 0)) {
        return false;
      }
    }
    return x.size() == y.size();
  }

  /** A network as it is, nothing marked. */
  static Drawing plain(String key, String title, NetworkView view) {
    FoldDrawings none = new FoldDrawings(List.of(), Set.of(), Set.of(), List.of(), view.parts());
    return none.drawing(
        key, title, none.partsAfter, view.inputs(), part -> Status.SAME, Map.of(), Map.of());
  }

  private Drawing drawing(
      String key,
      String title,
      List<Part> parts,
      List<String> inputs,
      Function<Part, Status> statuses,
      Map<String, long[]> shapes,
      Map<String, Double> milliseconds) {
    Map<String, Integer> ids = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (String input : inputs) {
      ids.put(input, nodes.size());
      List<String> notes = shape(shapes.get(input));
      nodes.add(new Node(nodes.size(), input, "input", Status.INPUT, notes, false));
    }
    for (Part part : parts) {
      ids.put(part.name(), nodes.size());
      List<String> notes = notes(part, statuses.apply(part));
      notes.addAll(shape(shapes.get(part.name())));
      Double time = milliseconds.get(part.name());
      if (time != null) {
        notes.add(String.format(Locale.ROOT, "takes %.3f ms", time));
      }
      nodes.add(
          new Node(
              nodes.size(),
              part.name(),
              part.kind(),
              statuses.apply(part),
              notes,
              part.isWeighty()));
    }
    List<Edge> edges = new ArrayList<>();
    for (Part part : parts) {
      for (String input : part.inputs()) {
        Integer from = ids.get(input);
        Integer to = ids.get(part.name());
        if (from != null && to != null && !from.equals(to)) {
          edges.add(new Edge(from, to));
        }
      }
    }
    return Drawing.of(key, title, nodes, edges);
  }

  private List<String> notes(Part part, Status status) {
    List<String> notes = new ArrayList<>();
    KeptNorm norm = kept.get(part.name());
    RepairedOperator repair = repaired.get(part.name());
    if (status == Status.KEPT && norm != null) {
      notes.add("Reason: %s. %s".formatted(norm.reason(), norm.detail()));
      notes.add("Remedy: " + norm.remedy());
    } else if (status == Status.REPAIRED && repair != null) {
      notes.add(Repairs.meaning(repair.repair()));
    }
    if (part.elements() > 0) {
      notes.add(String.format(Locale.ROOT, "%,d parameters", part.elements()));
    }
    return notes;
  }

  private static List<String> shape(long @Nullable [] shape) {
    return shape == null ? List.of() : List.of("writes " + Arrays.toString(shape));
  }
}
