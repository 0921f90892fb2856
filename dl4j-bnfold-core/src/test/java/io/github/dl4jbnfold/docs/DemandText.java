package io.github.dl4jbnfold.docs;

import io.github.dl4jbnfold.graph.Demands;
import io.github.dl4jbnfold.graph.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What an operator states, as short equations: a_in = a_out &gt; 0, c_in = 0. A tensor is known by
 * its name, a number by the symbol that stands for it.
 */
final class DemandText implements Demands {
  static final String NONE = "none";

  /** Numbers that samples use as parameters, so that they can be told from fixed ones. */
  private static final Map<Double, String> SYMBOLS =
      Map.of(3.0, "s", 5.0, "t", 7.0, "k_1", 11.0, "k_2");

  private final Equalities scales = new Equalities();
  private final Equalities shifts = new Equalities();
  private final Set<String> ratios = new LinkedHashSet<>();
  private final Set<String> equations = new LinkedHashSet<>();

  private DemandText() {}

  /** Equations between the tensors of a demand, or {@link #NONE}. */
  static String of(Consumer<Demands> demand) {
    DemandText text = new DemandText();
    demand.accept(text);
    List<String> all =
        Stream.of(text.scales.texts(), text.ratios, text.shifts.texts(), text.equations)
            .flatMap(part -> part.stream())
            .toList();
    return all.isEmpty()
        ? NONE
        : all.stream().map("`%s`"::formatted).collect(Collectors.joining(", "));
  }

  @Override
  public void sameScale(Slice x, Slice y) {
    scales.join(a(x), a(y));
  }

  @Override
  public void scaleRatio(Slice x, double[] factor, Slice y) {
    if (number(factor) == 1) {
      sameScale(x, y);
    } else {
      ratios.add(a(x) + " = " + times(number(factor), a(y)));
    }
  }

  @Override
  public void unitScale(Slice x) {
    scales.mark(a(x), " = 1");
  }

  @Override
  public void positiveScale(Slice x) {
    scales.mark(a(x), " > 0");
  }

  @Override
  public void shiftEquation(List<Term> terms, double[] rhs, Slice reference) {
    if (number(rhs) == 0) {
      shiftEquation(terms);
    } else {
      Term first = terms.get(0);
      double k = first.coefficient();
      List<String> sum = new ArrayList<>(List.of(times(number(rhs) / k, a(reference))));
      terms.stream()
          .skip(1)
          .forEach(term -> sum.add(times(-term.coefficient() / k, c(term.slice()))));
      equations.add(c(first.slice()) + " = " + plus(sum));
    }
  }

  @Override
  public void shiftEquation(List<Term> terms) {
    Term last = terms.get(terms.size() - 1);
    if (terms.size() == 1) {
      shifts.mark(c(last.slice()), " = 0");
    } else if (terms.size() == 2 && terms.get(0).coefficient() == -last.coefficient()) {
      shifts.join(c(terms.get(0).slice()), c(last.slice()));
    } else {
      List<String> sum = new ArrayList<>();
      for (Term term : terms.subList(0, terms.size() - 1)) {
        sum.add(times(-term.coefficient() / last.coefficient(), c(term.slice())));
      }
      equations.add(c(last.slice()) + " = " + plus(sum));
    }
  }

  private static String a(Slice slice) {
    return "a_" + channels(slice);
  }

  private static String c(Slice slice) {
    return "c_" + channels(slice);
  }

  private static String channels(Slice slice) {
    String name = slice.tensor().name();
    int last = slice.from() + slice.length() - 1;
    if (slice.length() == slice.tensor().channels()) {
      return name;
    }
    return slice.length() == 1
        ? "%s[%d]".formatted(name, last)
        : "%s[%d–%d]".formatted(name, slice.from(), last);
  }

  /** The one number that all channels of a sample have. */
  private static double number(double[] channels) {
    if (Arrays.stream(channels).distinct().count() != 1) {
      throw new IllegalArgumentException(
          "A sample has one number for all channels, not " + Arrays.toString(channels) + ".");
    }
    return channels[0];
  }

  private static String times(double factor, String variable) {
    double size = Math.abs(factor);
    String sign = factor < 0 ? "−" : "";
    return size == 1
        ? sign + variable
        : sign + SYMBOLS.getOrDefault(size, "" + size) + "·" + variable;
  }

  private static String plus(List<String> terms) {
    return String.join(" + ", terms).replace("+ −", "− ");
  }

  /** Variables that are equal, and perhaps to what. */
  private static final class Equalities {
    private final List<Set<String>> classes = new ArrayList<>();
    private final List<String> marks = new ArrayList<>();

    void join(String x, String y) {
      merge(indexOf(x), indexOf(y));
    }

    /** All that are equal to the same number are equal; all that are positive are not. */
    void mark(String x, String mark) {
      int at = indexOf(x);
      if (mark.contains("=") && marks.contains(mark)) {
        at = merge(marks.indexOf(mark), at);
      }
      marks.set(at, mark);
    }

    private int indexOf(String x) {
      for (int i = 0; i < classes.size(); i++) {
        if (classes.get(i).contains(x)) {
          return i;
        }
      }
      classes.add(new LinkedHashSet<>(List.of(x)));
      marks.add("");
      return classes.size() - 1;
    }

    private int merge(int one, int other) {
      int kept = Math.min(one, other);
      int gone = Math.max(one, other);
      if (kept != gone) {
        classes.get(kept).addAll(classes.remove(gone));
        String mark = marks.remove(gone);
        marks.set(kept, marks.get(kept).isEmpty() ? mark : marks.get(kept));
      }
      return kept;
    }

    private static List<String> outputLast(Set<String> variables) {
      return variables.stream().sorted(Comparator.comparing(v -> v.contains("_out"))).toList();
    }

    List<String> texts() {
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < classes.size(); i++) {
        if (classes.get(i).size() > 1 || !marks.get(i).isEmpty()) {
          texts.add(String.join(" = ", outputLast(classes.get(i))) + marks.get(i));
        }
      }
      return texts;
    }
  }
}
