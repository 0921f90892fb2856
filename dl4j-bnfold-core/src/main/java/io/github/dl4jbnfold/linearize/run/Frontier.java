package io.github.dl4jbnfold.linearize.run;

import java.util.List;
import java.util.Locale;

/**
 * The choices of linear activations and merges that no other one beats both in cost and in loss.
 *
 * @param costBefore of what may be linear or merged, as it is; in the unit of the costs
 * @param choices from the cheapest, which loses most, to the one that loses least
 */
public record Frontier(double costBefore, List<Choice> choices) {
  /** Copies the list. */
  public Frontier {
    choices = List.copyOf(choices);
  }

  /**
   * The frontier of both, which have nothing to do with each other.
   *
   * @param other in the same units of cost and loss
   * @return every undominated pair of choices, costs and losses summed
   */
  public Frontier and(Frontier other) {
    return new Frontier(costBefore + other.costBefore, Choice.combined(choices, other.choices));
  }

  /**
   * The choice that loses least of those that a budget allows.
   *
   * @param fraction of the cost before
   * @return the choice of the smallest loss whose cost is at most that fraction of {@link
   *     #costBefore}
   * @throws IllegalArgumentException if none is as cheap
   */
  public Choice within(double fraction) {
    Choice best = null;
    for (Choice choice : choices) {
      if (choice.cost() <= fraction * costBefore) {
        best = choice;
      }
    }
    if (best == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "No choice costs %.3g of what there is or less: the cheapest costs %.3g.",
              fraction,
              choices.get(0).cost() / costBefore));
    }
    return best;
  }

  /**
   * The cheapest choice of those that lose no more than allowed; there is always one that loses
   * nothing.
   *
   * @param loss in the unit of the losses
   * @return the first of {@link #choices} whose loss is at most that
   */
  public Choice losing(double loss) {
    return choices.stream()
        .filter(choice -> choice.loss() <= loss)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("A loss below 0 is none: " + loss + "."));
  }
}
