package io.github.dl4jbnfold.linearize.run;

import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.merge.Border;
import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Part.Block;
import io.github.dl4jbnfold.linearize.run.Part.Gate;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The one convolution in the place of parts, by its form. */
final class Segments {
  private final Set<Border> allowed;
  private final boolean fixedSizes;

  /** For sizes that are always the same. */
  Segments(Set<Border> allowed) {
    this(allowed, true);
  }

  /**
   * @param allowed what may be different at borders, because something else makes up for it
   * @param fixedSizes whether nothing of other sizes is read in other runs
   */
  Segments(Set<Border> allowed, boolean fixedSizes) {
    this.allowed = allowed;
    this.fixedSizes = fixedSizes;
  }

  /** The form of a convolution, and whether it has a bias. */
  record Linear(Form form, boolean hasBias) {}

  /** What an output of a part is read with. */
  long[] outputSizes(Part part, long... sizes) {
    if (part instanceof Unit unit) {
      return unit.form().outputSizes(sizes);
    } else if (part instanceof Block block) {
      long[] at = sizes;
      for (Part inner : block.branches().get(0)) {
        at = outputSizes(inner, at);
      }
      return at;
    }
    return sizes;
  }

  /** The multiplications of parts one after the other as they are. */
  double multiplyAdds(List<Part> parts, long... sizes) {
    double sum = 0;
    long[] at = sizes;
    for (Part part : parts) {
      if (part instanceof Unit unit) {
        long[] inner = at;
        for (Form form : unit.computedAs()) {
          sum += form.multiplyAdds(inner);
          inner = form.outputSizes(inner);
        }
      } else if (part instanceof Block block) {
        for (List<Part> branch : block.branches()) {
          sum += multiplyAdds(branch, at);
        }
      }
      at = outputSizes(part, at);
    }
    return sum;
  }

  /** A part by itself, its activations linear; empty if it is not one convolution. */
  Optional<Linear> linear(Part part, long... sizes) {
    if (part instanceof Unit unit) {
      return Optional.of(new Linear(unit.form(), unit.hasBias()));
    } else if (part instanceof Gate gate) {
      return Optional.of(new Linear(gate.endPoint().form(), gate.endPoint().hasBias()));
    }
    return sum((Block) part, sizes);
  }

  private Optional<Linear> sum(Block block, long... sizes) {
    List<Form> forms = new ArrayList<>();
    boolean bias = false;
    for (List<Part> branch : block.branches()) {
      Optional<Linear> linear = chain(branch, sizes);
      if (linear.isPresent()) {
        forms.add(linear.get().form());
        bias |= linear.get().hasBias();
      } else if (!branch.isEmpty()) {
        return Optional.empty();
      }
    }
    if (forms.isEmpty()) {
      return Optional.empty();
    }
    int inputs = forms.get(0).inputs();
    while (forms.size() < block.branches().size()) {
      forms.add(identity(inputs, sizes.length));
    }
    boolean hasBias = bias;
    boolean addable = forms.stream().allMatch(form -> form.outputs() == forms.get(0).outputs());
    return addable ? Form.sum(forms, sizes).map(sum -> new Linear(sum, hasBias)) : Optional.empty();
  }

  private static Form identity(int channels, int axes) {
    return new Form(channels, channels, channels, Collections.nCopies(axes, Axis.POINT));
  }

  /** Parts one after the other; empty for none, too. */
  Optional<Linear> chain(List<Part> parts, long... sizes) {
    Optional<Linear> whole = Optional.empty();
    long[] at = sizes;
    for (Part part : parts) {
      Optional<Linear> next = linear(part, at);
      if (next.isEmpty()) {
        return Optional.empty();
      }
      whole = whole.isEmpty() ? next : then(whole.get(), next.get(), sizes);
      if (whole.isEmpty()) {
        return whole;
      }
      at = outputSizes(part, at);
    }
    return whole;
  }

  /**
   * What is different at the border between two, at its worst: what strides leave over there, and
   * what is read of it, repeats with the sizes after as many positions as one stride takes.
   */
  Border border(Linear first, Linear second, long... sizes) {
    int period = 1;
    for (Axis axis : first.form.then(second.form).axes()) {
      period = fixedSizes ? 1 : Math.max(period, axis.stride());
    }
    Border worst = Border.NONE;
    for (int more = 0; more < period; more++) {
      int by = more;
      long[] other = Arrays.stream(sizes).map(size -> size + by).toArray();
      Border border = Border.between(first.form, first.hasBias, second.form, other);
      worst = border.compareTo(worst) > 0 ? border : worst;
    }
    return worst;
  }

  /**
   * One convolution for two.
   *
   * @param sizes of the input of the first
   */
  Optional<Linear> then(Linear first, Linear second, long... sizes) {
    return allowed.contains(border(first, second, sizes))
        ? Optional.of(new Linear(first.form.then(second.form), first.hasBias || second.hasBias))
        : Optional.empty();
  }
}
