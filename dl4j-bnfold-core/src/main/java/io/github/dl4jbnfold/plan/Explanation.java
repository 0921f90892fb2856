package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.Conflict;
import io.github.dl4jbnfold.gauge.Constraint;
import io.github.dl4jbnfold.graph.Clip;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Normalizer;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.graph.Rectifier;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.Wall;
import io.github.dl4jbnfold.graph.ZeroPadding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Says in words why an operator stays and what would lift it. */
final class Explanation {
  /** A proof of more operators than this is shortened in the sentence; it is whole in the data. */
  private static final int LONGEST = 8;

  private static final String NEW_OPERATORS = "An objective that allows new operators removes it.";

  private Explanation() {}

  static Kept user(Removable kept) {
    return new Kept(
        kept.name(), Reason.USER, "You asked to keep it.", "Do not list it to be kept.", List.of());
  }

  static Kept output(Removable kept) {
    return new Kept(
        kept.name(),
        Reason.OUTPUT,
        String.format(
            Locale.ROOT,
            "Its input '%s' and its output '%s' must both keep their names and values.",
            kept.input(),
            kept.output()),
        "Do not request one of them as an output.",
        List.of());
  }

  /** Without it two tensors that keep their names would be one. */
  static Kept twoNames(Removable kept, Tensor one, Tensor other) {
    return new Kept(
        kept.name(),
        Reason.OUTPUT,
        String.format(
            Locale.ROOT,
            "Without it '%s' and '%s' would be one value under two names, for which a new operator"
                + " would be needed.",
            one,
            other),
        "Do not request one of them as an output. " + NEW_OPERATORS,
        List.of());
  }

  static Kept zeroScale(Removable kept, int channel) {
    return new Kept(
        kept.name(),
        Reason.ZERO_SCALE,
        String.format(
            Locale.ROOT,
            "Its scale is 0 in channel %d, which is the constant %.6g, and neither is its input"
                + " '%s' a linear operator's output that nothing else reads, nor are all readers of"
                + " its output '%s' linear operators.",
            channel,
            kept.shift()[channel],
            kept.input(),
            kept.output()),
        String.format(
            Locale.ROOT,
            "It would fold if gamma[%d] were not 0, or if its producer were a linear operator"
                + " without other readers.",
            channel),
        List.of());
  }

  static Kept illConditioned(Conditioning.Excess excess) {
    Removable kept = excess.culprit();
    return new Kept(
        kept.name(),
        Reason.ILL_CONDITIONED,
        String.format(
            Locale.ROOT,
            "Without it, %s of tensor '%s' would be %.3g in channel %d, beyond the limit %.3g of"
                + " this data type (its own scale there is %.3g).",
            excess.quantity(),
            excess.tensor(),
            excess.value(),
            excess.channel(),
            excess.limit(),
            kept.scale()[Math.min(excess.channel(), kept.scale().length - 1)]),
        kept instanceof Normalizer
            ? "Fold in a wider data type."
            : "Fold in a wider data type, or retrain the channel with a larger gamma.",
        List.of());
  }

  /** What could go, but at the price of repairs that take longer than it does. */
  static Kept notFaster(Kept kept) {
    return new Kept(
        kept.name(),
        Reason.NOT_FASTER,
        "It could go, but what would have to be added for that takes longer on this machine;"
            + " without that: "
            + kept.detail(),
        "The objective FEWEST_BATCH_NORMS removes it.",
        kept.proof());
  }

  static Kept nothingIsFaster(Removable kept) {
    return new Kept(
        kept.name(),
        Reason.NOT_FASTER,
        "Every way to remove batch normalizations from this network makes it slower on this"
            + " machine.",
        "The objective FEWEST_BATCH_NORMS removes what can be removed.",
        List.of());
  }

  /** What would leave a constant that an operator can hold only with another one. */
  static Kept constantChannel(Removable kept, Operator holder) {
    return new Kept(
        kept.name(),
        Reason.ZERO_SCALE,
        String.format(
            Locale.ROOT,
            "Its scale is 0 in some channels, and %s '%s' could hold what they are only with a new"
                + " operator.",
            holder.kind(),
            holder.name()),
        NEW_OPERATORS,
        List.of());
  }

  /** What holds a constant that an operator before it could hold only with another one. */
  static Kept constantBeside(Removable kept, Removable culprit) {
    return new Kept(
        kept.name(),
        Reason.ZERO_SCALE,
        String.format(
            Locale.ROOT,
            "The scale of %s '%s' is 0 in some channels, and it goes: with this one, too, what they"
                + " are could be held only with a new operator.",
            culprit.kind(),
            culprit.name()),
        NEW_OPERATORS,
        List.of());
  }

  /**
   * @param holds the affine operators that stay, with what their own constants can hold
   */
  static Kept conflict(Removable kept, Conflict conflict, Predicate<Operator> holds) {
    Reason reason =
        switch (conflict.kind()) {
          case SCALE -> Reason.SCALE_CONFLICT;
          case SIGN -> Reason.SIGN_CONFLICT;
          case SHIFT -> Reason.SHIFT_CONFLICT;
          case ZERO_SCALE -> Reason.ZERO_SCALE;
        };
    return new Kept(
        kept.name(),
        reason,
        detail(kept, conflict, holds),
        remedy(kept, reason, conflict, holds),
        conflict.constraints());
  }

  private static String detail(Removable kept, Conflict conflict, Predicate<Operator> holds) {
    Map<Operator, Set<String>> demands = new LinkedHashMap<>();
    for (Constraint constraint : conflict.constraints()) {
      demands
          .computeIfAbsent(constraint.operator(), operator -> new LinkedHashSet<>())
          .add(constraint.toString());
    }
    List<String> parts = new ArrayList<>();
    demands.forEach(
        (operator, texts) ->
            parts.add(
                String.format(
                    Locale.ROOT,
                    "%s needs %s",
                    describe(operator, kept, holds),
                    String.join(" and ", texts))));
    if (parts.size() > LONGEST) {
      int left = parts.size() - LONGEST + 1;
      parts.subList(LONGEST - 1, parts.size()).clear();
      parts.add("and so on (" + left + " operators more)");
    }
    return "These cannot hold together: " + String.join("; ", parts) + ".";
  }

  private static String describe(Operator operator, Removable kept, Predicate<Operator> holds) {
    return operator.equals(kept)
        ? kept instanceof Normalizer ? "its folding" : "its removal"
        : operator instanceof Normalizer
            ? "the folding of the normalizer of '" + operator.name() + "'"
            : describe(operator, holds);
  }

  private static String describe(Operator operator, Predicate<Operator> holds) {
    return operator instanceof Removable other && !holds.test(operator)
        ? "the removal of '" + other.name() + "'"
        : operator.kind() + " '" + operator.name() + "'";
  }

  private static String remedy(
      Removable kept, Reason reason, Conflict conflict, Predicate<Operator> holds) {
    Set<String> ways = new LinkedHashSet<>();
    for (Constraint constraint : conflict.constraints()) {
      Operator operator = constraint.operator();
      // Nothing can stand between a normalizer and its input.
      boolean isSource = kept instanceof Normalizer && kept.name().equals(operator.name());
      if (operator instanceof Linear linear && linear.border() == Linear.Border.ZERO_PADDED) {
        ways.add("'" + operator.name() + "' did not pad with zeros");
      } else if (operator instanceof Linear linear && linear.border() == Linear.Border.TRANSPOSED) {
        ways.add("'" + operator.name() + "' were not a transposed convolution");
      } else if (operator instanceof Linear linear && !linear.bias().isFree()) {
        ways.add("'" + operator.name() + "' had a bias");
      } else if (operator instanceof ZeroPadding) {
        ways.add("'" + operator.name() + "' did not add zeros");
      } else if (operator instanceof Wall wall && wall.kind().equals(Wall.OUTPUT)) {
        ways.add("'" + wall.name() + "' were not a requested output");
      } else if (operator instanceof Clip || (operator instanceof Wall && !isSource)) {
        ways.add("a linear operator stood between it and '" + operator.name() + "'");
      } else if (operator instanceof Rectifier && reason == Reason.SIGN_CONFLICT) {
        ways.add(String.format(Locale.ROOT, "gamma[%d] were positive", conflict.channel()));
      } else if (holds.test(operator)) {
        ways.add("'" + operator.name() + "' could get an addition");
      } else if (operator instanceof Normalizer other && !other.equals(kept)) {
        ways.add("the normalizer of '" + other.name() + "' were not folded");
      } else if (operator instanceof Removable other && !other.equals(kept)) {
        ways.add("'" + other.name() + "' were kept instead");
      }
    }
    return ways.isEmpty()
        ? "A linear operator next to it that nothing else reads would lift it."
        : "It would fold if " + String.join(", or if ", ways) + ".";
  }
}
