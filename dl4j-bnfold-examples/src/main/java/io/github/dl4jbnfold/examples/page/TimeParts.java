package io.github.dl4jbnfold.examples.page;

import static io.github.dl4jbnfold.examples.page.Html.change;
import static io.github.dl4jbnfold.examples.page.Html.code;
import static io.github.dl4jbnfold.examples.page.Html.milliseconds;
import static io.github.dl4jbnfold.examples.page.Html.paragraph;
import static io.github.dl4jbnfold.examples.page.Html.table;

import io.github.dl4jbnfold.examples.drawing.Xml;
import io.github.dl4jbnfold.examples.page.FoldStudy.PartTimes;
import io.github.dl4jbnfold.examples.view.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Times on a page: all, by kind, and the slowest. */
final class TimeParts {
  private static final int MOST_KINDS = 10;
  private static final int SLOWEST = 10;

  private TimeParts() {}

  static String html(PartTimes measured, String unit) {
    Times times = measured.times();
    String text =
        "One example takes %s before and %s after (%s). Medians of %d runs in turns with %d thread%s on this machine."
            .formatted(
                milliseconds(times.whole().before()),
                milliseconds(times.whole().after()),
                change(times.whole().before(), times.whole().after()),
                times.rounds(),
                times.threads(),
                times.threads() == 1 ? "" : "s");
    if (times.partsBefore().isEmpty() || times.partsAfter().isEmpty()) {
      return paragraph(text);
    }
    return paragraph(text)
        + paragraph(
            "Each %s by itself; the sum leaves out what the network does between them."
                .formatted(unit))
        + kinds(measured)
        + "<details><summary>The slowest, one by one</summary>\n"
        + slowest(measured)
        + "</details>\n";
  }

  private static String kinds(PartTimes measured) {
    Map<String, double[]> kinds = new LinkedHashMap<>();
    sum(measured.before(), measured.times().partsBefore(), kinds, 0);
    sum(measured.after(), measured.times().partsAfter(), kinds, 1);
    double most = kinds.values().stream().mapToDouble(t -> Math.max(t[0], t[1])).max().orElse(1);
    List<List<String>> rows = new ArrayList<>();
    kinds.entrySet().stream()
        .sorted(Comparator.comparing(kind -> -Math.max(kind.getValue()[0], kind.getValue()[1])))
        .limit(MOST_KINDS)
        .forEach(kind -> rows.add(row(Xml.escape(kind.getKey()), kind.getValue(), most)));
    return table("Time by kind", List.of("Kind", " Before", " After", ""), rows);
  }

  private static void sum(
      List<Part> parts, Map<String, Double> times, Map<String, double[]> kinds, int side) {
    for (Part part : parts) {
      String kind = part.kind().split(" ", 2)[0];
      kinds.computeIfAbsent(kind, k -> new double[2])[side] += times.getOrDefault(part.name(), 0.0);
    }
  }

  private static List<String> row(String what, double[] times, double most) {
    return List.of(
        what,
        times[0] == 0 ? "–" : milliseconds(times[0]),
        times[1] == 0 ? "–" : milliseconds(times[1]),
        "<span class=\"bars\" aria-hidden=\"true\">%s%s</span>"
            .formatted(bar("before", times[0], most), bar("after", times[1], most)));
  }

  private static String bar(String style, double time, double most) {
    return String.format(
        Locale.ROOT, "<i class=\"%s\" style=\"width:%.1f%%\"></i>", style, 100 * time / most);
  }

  /** A folded operator may write under the name of a batch normalization that is gone. */
  private static String slowest(PartTimes measured) {
    Map<String, double[]> parts = new LinkedHashMap<>();
    Map<String, String> kinds = new LinkedHashMap<>();
    for (Part part : measured.before()) {
      kinds.put(part.name(), part.kind());
    }
    for (Part part : measured.after()) {
      kinds.merge(part.name(), part.kind(), (a, b) -> a.equals(b) ? a : a + " → " + b);
    }
    Map<String, Double> before = measured.times().partsBefore();
    Map<String, Double> after = measured.times().partsAfter();
    kinds.keySet().forEach(name -> parts.put(name, pair(name, before, after)));
    double most = parts.values().stream().mapToDouble(t -> Math.max(t[0], t[1])).max().orElse(1);
    List<List<String>> rows =
        parts.entrySet().stream()
            .sorted(Comparator.comparing(part -> -Math.max(part.getValue()[0], part.getValue()[1])))
            .limit(SLOWEST)
            .map(
                part ->
                    row(
                        "%s<br><small>%s</small>"
                            .formatted(
                                code(part.getKey()),
                                Xml.escape(kinds.getOrDefault(part.getKey(), ""))),
                        part.getValue(),
                        most))
            .toList();
    return table("The slowest", List.of("Name", " Before", " After", ""), rows);
  }

  private static double[] pair(String name, Map<String, Double> before, Map<String, Double> after) {
    return new double[] {before.getOrDefault(name, 0.0), after.getOrDefault(name, 0.0)};
  }
}
