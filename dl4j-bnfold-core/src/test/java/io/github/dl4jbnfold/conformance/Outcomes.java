package io.github.dl4jbnfold.conformance;

import io.github.dl4jbnfold.conformance.Catalogue.Line;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The outcome of each case in its first form, found once. */
final class Outcomes {
  private static final Map<String, Outcome> BY_LABEL = new HashMap<>();

  private Outcomes() {}

  static Outcome of(Line line) {
    return BY_LABEL.computeIfAbsent(
        line.label(), label -> Outcome.of(line.content(), UnaryOperator.identity()));
  }
}
