package io.github.dl4jbnfold.linearize.run;

import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.run.Part.Block;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Moves all the padding of a piece to its front: what is between its parts goes on beyond the
 * border, as if a larger input had been there, instead of being padded with zeros. Then the piece
 * merges exactly; before, it computes something else at the border where the activations between
 * are not linear or the first parts read the input there.
 *
 * <p>Backwards, each part needs of its input p + s·m positions beyond the border, m of its output,
 * p its padding; forwards, what its input has of them already it must not pad. An activation at the
 * very front pads nothing: if its end point has a shift, the linear step behind it cannot take it.
 */
public final class PaddingInFront {
  private final Map<String, List<Axis>> paddings = new HashMap<>();
  private final Map<String, Map<Integer, List<Margin>>> crops = new HashMap<>();
  private boolean crossesBlocks;

  /** How far beyond the border of the input, before and after, along one axis. */
  public record Margin(int before, int after) {
    static final Margin NONE = new Margin(0, 0);

    private Margin atLeast(Margin other) {
      return new Margin(Math.max(before, other.before), Math.max(after, other.after));
    }

    private boolean isNone() {
      return before == 0 && after == 0;
    }
  }

  private PaddingInFront() {}

  /** What is to be padded otherwise, for a piece. */
  public static PaddingInFront of(Run piece) {
    PaddingInFront moved = new PaddingInFront();
    List<Margin> none = Collections.nCopies(piece.sizes().size(), Margin.NONE);
    moved.assign(piece.parts(), none, none);
    return moved;
  }

  /** The axes of the steps that pad otherwise, by their names. */
  public Map<String, List<Axis>> paddings() {
    return Map.copyOf(paddings);
  }

  /**
   * The branches without a linear step, by the name of the sum and their number: what is to be cut
   * off there.
   */
  public Map<String, Map<Integer, List<Margin>>> crops() {
    return Map.copyOf(crops);
  }

  /** Whether a residual block reads or writes positions beyond the border. */
  public boolean crossesBlocks() {
    return crossesBlocks;
  }

  private static List<Margin> needed(List<Part> parts, List<Margin> out) {
    List<Margin> margins = out;
    for (int i = parts.size() - 1; i >= 0; i--) {
      margins = needed(parts.get(i), margins);
    }
    return margins;
  }

  private static List<Margin> needed(Part part, List<Margin> out) {
    if (part instanceof Unit unit) {
      return wanted(unit, out).stream().map(margin -> margin.atLeast(Margin.NONE)).toList();
    } else if (part instanceof Block block) {
      List<Margin> most = Collections.nCopies(out.size(), Margin.NONE);
      for (List<Part> branch : block.branches()) {
        most = most(most, needed(branch, out));
      }
      return most;
    }
    return out;
  }

  private static List<Margin> most(List<Margin> some, List<Margin> others) {
    List<Margin> most = new ArrayList<>();
    for (int i = 0; i < some.size(); i++) {
      most.add(some.get(i).atLeast(others.get(i)));
    }
    return most;
  }

  private static List<Margin> wanted(Unit unit, List<Margin> out) {
    List<Margin> wanted = new ArrayList<>();
    for (int i = 0; i < out.size(); i++) {
      Axis axis = unit.form().axes().get(i);
      wanted.add(
          new Margin(
              axis.before() + axis.stride() * out.get(i).before(),
              axis.after() + axis.stride() * out.get(i).after()));
    }
    return wanted;
  }

  /**
   * @param has what the input of the first part has
   * @param out what the output of the last is to have
   */
  private void assign(List<Part> parts, List<Margin> has, List<Margin> out) {
    List<Margin> before = has;
    for (int i = 0; i < parts.size(); i++) {
      List<Margin> after = needed(parts.subList(i + 1, parts.size()), out);
      if (parts.get(i) instanceof Unit unit) {
        pad(unit, before, after);
        before = after;
      } else if (parts.get(i) instanceof Block block) {
        assign(block, before, after);
        before = after;
      }
    }
  }

  private void pad(Unit unit, List<Margin> has, List<Margin> out) {
    List<Margin> wanted = wanted(unit, out);
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < out.size(); i++) {
      Axis axis = unit.form().axes().get(i);
      Margin margin = wanted.get(i);
      axes.add(
          axis.padded(margin.before() - has.get(i).before(), margin.after() - has.get(i).after()));
    }
    if (!axes.equals(unit.form().axes())) {
      paddings.put(unit.name(), axes);
    }
  }

  private void assign(Block block, List<Margin> has, List<Margin> out) {
    crossesBlocks |= Stream.of(has, out).flatMap(List::stream).anyMatch(m -> !m.isNone());
    for (int i = 0; i < block.branches().size(); i++) {
      List<Part> branch = block.branches().get(i);
      assign(branch, has, out);
      if (branch.stream().noneMatch(PaddingInFront::takesMargins)) {
        crop(block.name(), i, has, out);
      }
    }
  }

  private static boolean takesMargins(Part part) {
    return part instanceof Unit || part instanceof Block;
  }

  private void crop(String sum, int branch, List<Margin> has, List<Margin> out) {
    List<Margin> crop = new ArrayList<>();
    for (int i = 0; i < has.size(); i++) {
      crop.add(
          new Margin(
              has.get(i).before() - out.get(i).before(), has.get(i).after() - out.get(i).after()));
    }
    if (!crop.stream().allMatch(Margin::isNone)) {
      crops.computeIfAbsent(sum, s -> new HashMap<>()).put(branch, crop);
    }
  }
}
