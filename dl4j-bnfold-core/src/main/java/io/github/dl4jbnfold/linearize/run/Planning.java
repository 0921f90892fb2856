package io.github.dl4jbnfold.linearize.run;

import io.github.dl4jbnfold.linearize.merge.Border;
import io.github.dl4jbnfold.linearize.merge.Form;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * What merges of a run have to heed.
 *
 * @param costs by which they are worth it
 * @param borders what may be different at borders between the parts that are merged, because
 *     something else makes up for it
 * @param growth how many times as many multiplications a merge may take, whatever it costs
 * @param allowed which pieces may become one convolution of a form
 * @param fixedSizes whether nothing of other sizes is read in other runs: what strides leave over
 *     at a border depends on them
 */
public record Planning(
    Costs costs,
    Set<Border> borders,
    double growth,
    BiPredicate<Run, Form> allowed,
    boolean fixedSizes) {
  public Planning {
    borders = Set.copyOf(borders);
  }

  /** For sizes that are always the same. */
  public Planning(Costs costs, Set<Border> borders, double growth, BiPredicate<Run, Form> allowed) {
    this(costs, borders, growth, allowed, true);
  }

  /** The same for sizes that are always the same, or are not. */
  public Planning fixed(boolean sizes) {
    return new Planning(costs, borders, growth, allowed, sizes);
  }

  Segments segments() {
    return new Segments(borders, fixedSizes);
  }

  /**
   * For merges that padding in front will make exact. Padding moves only for what has an activation
   * in it: making that one linear changes the network anyhow, and its loss is measured. Layers that
   * are linear already merge where that is exact as they stand.
   *
   * @param writable which pieces there are operators for
   * @param fixedSizes whether nothing of other sizes is read in other runs
   */
  public static Planning of(
      Costs costs,
      double growth,
      PaddingScope padding,
      BiPredicate<Run, Form> writable,
      boolean fixedSizes) {
    Set<Border> exact = EnumSet.of(Border.NONE);
    if (padding == PaddingScope.NONE) {
      return new Planning(costs, exact, growth, writable, fixedSizes);
    }
    Segments asTheyStand = new Segments(exact, fixedSizes);
    BiPredicate<Run, Form> admitted =
        (piece, form) ->
            piece.gates().isEmpty()
                ? asTheyStand.chain(piece.parts(), piece.sizeArray()).isPresent()
                : padding.admits(piece);
    return new Planning(
        costs, EnumSet.allOf(Border.class), growth, admitted.and(writable), fixedSizes);
  }
}
