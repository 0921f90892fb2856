package io.github.dl4jbnfold.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All cases, by section. */
final class Catalogue {
  /** Heading of a section to its lines, in the order of the page. */
  static final Map<String, List<Line>> SECTIONS = sections();

  private Catalogue() {}

  /**
   * A case and its name.
   *
   * @param label the number, with a letter where several cases have it
   */
  record Line(String label, Case content) {
    @Override
    public String toString() {
      return label + " " + content.network();
    }
  }

  static List<Line> all() {
    return SECTIONS.values().stream().flatMap(List::stream).toList();
  }

  private static Map<String, List<Line>> sections() {
    Map<String, List<Case>> cases = new LinkedHashMap<>();
    cases.put("Backward", BackwardCases.all());
    cases.put("Arithmetic", ArithmeticCases.all());
    cases.put("Parameters and data types", ParameterCases.all());
    cases.put("Axes and shapes", AxesCases.all());
    cases.put("Several readers, outputs, shared parameters", SharingCases.all());
    cases.put("Forward", ForwardCases.all());
    cases.put("Through padding, pooling and resizing", PassageCases.all());
    cases.put("Recurrent layers", RecurrentCases.all());
    cases.put("Branches", BranchCases.all());
    cases.put("Control flow, other activations, what is no fold, options", PolicyCases.all());
    Map<Integer, Integer> total = new HashMap<>();
    cases.values().forEach(all -> all.forEach(c -> total.merge(c.number(), 1, Integer::sum)));
    Map<Integer, Integer> seen = new HashMap<>();
    Map<String, List<Line>> sections = new LinkedHashMap<>();
    cases.forEach(
        (heading, all) -> {
          List<Line> lines = new ArrayList<>();
          for (Case c : all) {
            int occurrence = seen.merge(c.number(), 1, Integer::sum);
            String letter = total.get(c.number()) == 1 ? "" : letter(occurrence);
            lines.add(new Line(c.number() + letter, c));
          }
          sections.put(heading, List.copyOf(lines));
        });
    return sections;
  }

  private static String letter(int occurrence) {
    return String.valueOf((char) ('a' + occurrence - 1));
  }
}
