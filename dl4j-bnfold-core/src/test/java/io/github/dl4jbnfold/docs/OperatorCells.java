package io.github.dl4jbnfold.docs;

import io.github.dl4jbnfold.docs.OperatorSamples.Form;
import io.github.dl4jbnfold.docs.SameDiffSamples.Sample;
import io.github.dl4jbnfold.graph.Normalizer;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Wall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the code says of every operator, as cells of the page.
 *
 * @param staying what it demands while it stays
 * @param changed what it demands once it is gone or repaired
 * @param sameDiff the types of SameDiff operators that become it
 */
record OperatorCells(String staying, String changed, String sameDiff) {
  private static final String NOTHING = "–";

  /** By name of the operator, in the order of the sealed hierarchy. */
  static Map<String, OperatorCells> all() {
    Map<Class<? extends Operator>, List<String>> staying = new LinkedHashMap<>();
    Map<Class<? extends Operator>, List<String>> changed = new LinkedHashMap<>();
    for (Class<? extends Operator> operator : operators()) {
      staying.put(operator, new ArrayList<>());
      changed.put(operator, new ArrayList<>());
    }
    OperatorSamples.staying().forEach(form -> staying.get(form.row()).add(text(form)));
    OperatorSamples.removed().forEach(f -> changed.get(f.row()).add("removed: " + text(f)));
    RepairSamples.all()
        .forEach(
            repaired ->
                changed
                    .get(repaired.form().row())
                    .add("`%s`: %s".formatted(repaired.repair(), text(repaired.form()))));
    Map<Class<? extends Operator>, Map<String, Set<String>>> types = types();
    Map<String, OperatorCells> cells = new LinkedHashMap<>();
    for (Class<? extends Operator> operator : operators()) {
      cells.put(
          operator.getSimpleName(),
          new OperatorCells(
              joined(staying.get(operator)),
              joined(changed.get(operator)),
              sameDiff(operator, types.getOrDefault(operator, Map.of()))));
    }
    return cells;
  }

  /** The records of the sealed hierarchy. */
  static List<Class<? extends Operator>> operators() {
    List<Class<? extends Operator>> leaves = new ArrayList<>();
    collect(Operator.class, leaves);
    return leaves;
  }

  private static void collect(Class<?> type, List<Class<? extends Operator>> leaves) {
    if (type.isSealed()) {
      for (Class<?> permitted : type.getPermittedSubclasses()) {
        collect(permitted, leaves);
      }
    } else {
      leaves.add(type.asSubclass(Operator.class));
    }
  }

  private static String text(Form form) {
    String demand = DemandText.of(form.demand());
    return form.when().isEmpty() ? demand : demand + " (" + form.when() + ")";
  }

  private static String joined(List<String> parts) {
    return parts.isEmpty() ? NOTHING : String.join("; ", parts);
  }

  /** Operator to form to the types that become the operator in that form. */
  private static Map<Class<? extends Operator>, Map<String, Set<String>>> types() {
    Map<Class<? extends Operator>, Map<String, Set<String>>> types = new LinkedHashMap<>();
    for (Sample sample : SameDiffSamples.all()) {
      for (Class<? extends Operator> operator : sample.graph().become(sample.type())) {
        Map<String, Set<String>> forms =
            types.computeIfAbsent(operator, o -> new LinkedHashMap<>());
        String type = "`" + sample.type() + "`";
        // A type that always becomes the operator is not named again for one of its forms.
        if (!forms.getOrDefault("", Set.of()).contains(type)) {
          forms.computeIfAbsent(sample.form(), f -> new LinkedHashSet<>()).add(type);
        }
      }
    }
    return types;
  }

  private static String sameDiff(Class<?> operator, Map<String, Set<String>> forms) {
    if (operator.equals(Normalizer.class)) {
      return "none: what is folded into a network of layers";
    }
    if (operator.equals(Wall.class)) {
      String recurrent =
          forms.values().stream().flatMap(Set::stream).collect(Collectors.joining(", "));
      return "network inputs, requested outputs, every type that no row names; behind their input"
          + " matrices "
          + recurrent;
    }
    return forms.entrySet().stream()
        .map(form -> named(String.join(", ", form.getValue()), form.getKey()))
        .collect(Collectors.joining("; "));
  }

  private static String named(String types, String form) {
    return form.isEmpty() ? types : types + " (" + form + ")";
  }
}
