package io.github.dl4jbnfold.linearize.run;

import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.merge.Border;
import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Apart.Reason;
import io.github.dl4jbnfold.linearize.run.Part.Block;
import io.github.dl4jbnfold.linearize.run.Part.Gate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says why linear neighbours were not merged, and what would have made one of them. */
public final class WhyApart {
  private final Planning planning;
  private final Set<String> linear;
  private final List<Apart> found = new ArrayList<>();
  private final Segments exact;
  private final Segments anyhow = new Segments(EnumSet.allOf(Border.class));

  private WhyApart(Planning planning, Set<String> linear) {
    this.planning = planning;
    this.linear = linear;
    this.exact = planning.segments();
  }

  /**
   * All neighbours in a run that stay apart.
   *
   * @param merges what was merged by these rules
   * @param linear names of activations
   */
  public static List<Apart> in(Run run, List<Merge> merges, Planning planning, Set<String> linear) {
    WhyApart why = new WhyApart(planning, linear);
    why.walk(run, merges);
    return List.copyOf(why.found);
  }

  /** Parts that are one layer now, or a single part. */
  private record Group(int from, int to, boolean exact) {}

  private void walk(Run run, List<Merge> merges) {
    List<long[]> sizes = new ArrayList<>(List.of(run.sizeArray()));
    for (Part part : run.parts()) {
      sizes.add(anyhow.outputSizes(part, sizes.get(sizes.size() - 1)));
    }
    @Nullable Group before = null;
    int at = 0;
    while (at < run.parts().size()) {
      Group group = group(run, at, merges, sizes.get(at));
      Part only = run.parts().get(at);
      boolean single = group.to == at + 1;
      if (single && only instanceof Block block) {
        inside(run, block, at, merges, sizes.get(at));
      }
      // A line alone is no layer that one would want to lose.
      boolean line = single && only instanceof Gate && group.exact;
      if (before != null && group.exact && !line) {
        compare(run, before, group, sizes);
      }
      before = line ? before : group.exact ? group : null;
      at = group.to;
    }
  }

  private Group group(Run run, int at, List<Merge> merges, long... sizes) {
    Part part = run.parts().get(at);
    for (Merge merge : merges) {
      if (merge.piece().parts().get(0) == part) {
        return new Group(at, at + merge.piece().parts().size(), true);
      }
    }
    boolean line = linear.containsAll(part.gates().toList());
    return new Group(at, at + 1, line && exact.linear(part, sizes).isPresent());
  }

  /** A sum that stays: what is in its branches, or why they are not one. */
  private void inside(Run run, Block block, int at, List<Merge> merges, long... sizes) {
    String input = at == 0 ? run.input() : run.parts().get(at - 1).name();
    int before = found.size();
    for (List<Part> branch : block.branches()) {
      if (!branch.isEmpty()) {
        walk(new Run(input, branch, run.part(at, at + 1, sizes).sizes()), merges);
      }
    }
    if (found.size() > before || !linear.containsAll(block.gates().toList())) {
      return;
    }
    Optional<Segments.Linear> whole = exact.linear(block, sizes);
    boolean parts = block.branches().stream().allMatch(b -> b.isEmpty() || isOne(b, sizes));
    if (whole.isPresent()) {
      tooMuch(run.part(at, at + 1, sizes), input, whole.get().form());
    } else if (parts) {
      add(
          input,
          block.name(),
          Reason.BRANCHES,
          "the branches go on by different strides, or do not write equal sizes",
          "give them the same strides and sizes");
    }
  }

  private boolean isOne(List<Part> branch, long... sizes) {
    return exact.chain(branch, sizes).isPresent();
  }

  private void compare(Run run, Group first, Group second, List<long[]> sizes) {
    long[] at = sizes.get(first.from);
    Optional<Segments.Linear> one = anyhow.chain(run.parts().subList(first.from, second.from), at);
    Optional<Segments.Linear> two =
        anyhow.chain(run.parts().subList(second.from, second.to), sizes.get(second.from));
    if (one.isEmpty() || two.isEmpty()) {
      return;
    }
    Run piece = run.part(first.from, second.to, at);
    String name = run.parts().get(first.to - 1).name();
    Form form = one.get().form().then(two.get().form());
    Border border = exact.border(one.get(), two.get(), at);
    if (!tooMuch(piece, name, form) && !planning.borders().contains(border)) {
      add(name, piece.output(), Reason.BORDER, difference(name, piece, border), padding(piece));
    }
  }

  private static String difference(String first, Run piece, Border border) {
    return "'%s' reads zeros beyond the border of what '%s' writes, where one layer would %s"
        .formatted(
            piece.output(),
            first,
            border == Border.BIAS ? "find a bias" : "go on reading the input");
  }

  /** What a preparation would have done. */
  private static String padding(Run piece) {
    PaddingInFront moved = PaddingInFront.of(piece);
    Map<String, List<Axis>> paddings = new TreeMap<>(moved.paddings());
    String padded =
        paddings.entrySet().stream()
            .map(e -> "'%s' by %s".formatted(e.getKey(), zeros(e.getValue())))
            .collect(Collectors.joining(", "));
    return "prepare with PaddingScope.%s before the training, which pads %s"
        .formatted(moved.crossesBlocks() ? "RUNS" : "BLOCKS", padded);
  }

  private static String zeros(List<Axis> axes) {
    return axes.stream()
        .map(
            axis ->
                axis.before() == axis.after()
                    ? String.valueOf(axis.before())
                    : axis.before() + " and " + axis.after())
        .collect(Collectors.joining(" × "));
  }

  /** Whether one layer is not worth it, whatever happens at the border; then it is said. */
  private boolean tooMuch(Run piece, String first, Form form) {
    RunPlanner planner = new RunPlanner(planning, gates -> OptionalDouble.empty());
    long[] sizes = piece.sizeArray();
    double apart = planner.costApart(List.of(piece));
    double cost = planning.costs().convolution(form, sizes);
    double multiplications = (double) form.multiplyAdds(sizes) / piece.multiplyAdds();
    String second = piece.output();
    if (cost == Double.POSITIVE_INFINITY || !planning.allowed().test(piece, form)) {
      String what = "no layer computes one convolution of " + form.text();
      add(first, second, Reason.NO_LAYER, what, "keep one of the activations between");
    } else if (multiplications > planning.growth()) {
      String what = number("one layer takes %s times the multiplications", multiplications);
      add(first, second, Reason.GROWTH, what, "allow more growth");
    } else if (cost >= apart) {
      String what = number("one layer costs %s times as much", cost / apart);
      add(first, second, Reason.COST, what, "count depth, if that is what is to be less");
    } else {
      return false;
    }
    return true;
  }

  private static String number(String format, double factor) {
    return format.formatted(String.format(Locale.ROOT, "%.2f", factor));
  }

  private void add(String first, String second, Reason reason, String detail, String remedy) {
    found.add(new Apart(first, second, reason, detail, remedy));
  }
}
