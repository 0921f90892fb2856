package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.linearize.run.Candidate;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a network could lose, before anything is trained.
 *
 * @param unit of the costs: seconds, layers on the longest path or multiplications
 * @param pieces that could become one layer each, those first that save most
 */
record CandidateTable(String unit, List<Piece> pieces) {
  /**
   * Layers that could become one.
   *
   * @param layers their names
   * @param activations that would have to be linear
   * @param form of the one layer
   */
  record Piece(
      List<String> layers,
      List<String> activations,
      String form,
      double costBefore,
      double costAfter,
      boolean worthIt) {
    static Piece of(Candidate candidate) {
      return new Piece(
          candidate.merge().piece().units().toList(),
          candidate.gates().stream().sorted().toList(),
          candidate.merge().form().text(),
          candidate.costBefore(),
          candidate.costAfter(),
          candidate.isWorthIt());
    }
  }

  static CandidateTable of(LinearizeModel<?> model, LinearizeOptions options) {
    List<Candidate> candidates = model.candidates(FoldingSettings.of(options, model));
    List<Piece> pieces =
        candidates.stream()
            .map(Piece::of)
            .filter(piece -> piece.layers.size() > 1)
            .sorted(Comparator.comparingInt(piece -> piece.activations.size()))
            .toList();
    // An activation behind the piece, which may go with it, makes no other one of it.
    Map<List<String>, Piece> least = new LinkedHashMap<>();
    pieces.forEach(piece -> least.putIfAbsent(piece.layers, piece));
    return new CandidateTable(
        options.unit().toString(),
        least.values().stream()
            .sorted(Comparator.comparingDouble(piece -> piece.costAfter - piece.costBefore))
            .toList());
  }

  String toText() {
    if (pieces.isEmpty()) {
      return "No layers of this network can merge, whatever activations are linear.\n";
    }
    StringBuilder text = new StringBuilder();
    long worth = pieces.stream().filter(Piece::worthIt).count();
    text.append(
        String.format(
            Locale.ROOT,
            "%d pieces could become one layer each; %d of them would save %s.%n",
            pieces.size(),
            worth,
            unit));
    for (Piece piece : pieces) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %s %-11s -> %-11s  %s -> %s, without %s%n",
              piece.worthIt ? "+" : " ",
              cost(piece.costBefore),
              cost(piece.costAfter),
              String.join(", ", piece.layers),
              piece.form,
              piece.activations.isEmpty() ? "any change" : String.join(", ", piece.activations)));
    }
    return text.toString();
  }

  private String cost(double cost) {
    return switch (unit) {
      case "time" -> String.format(Locale.ROOT, "%.3f ms", 1000 * cost);
      case "depth" -> String.format(Locale.ROOT, "%.0f layers", cost);
      default -> String.format(Locale.ROOT, "%,.0f", cost);
    };
  }
}
