package io.github.dl4jbnfold.samediff.read;

import io.github.dl4jbnfold.graph.Freedom;
import io.github.dl4jbnfold.samediff.read.Binding.ChannelConstant;
import java.util.List;
import java.util.function.Predicate;

/**
 * The two operators of a run that can carry all of y = s·x + t: where there are several, those with
 * a constant of their own, and a multiplication before the addition, so that nothing is divided.
 *
 * @param multiplication its place in the run, or −1
 * @param addition its place in the run, or −1
 */
public record Carriers(int multiplication, int addition) {
  static Carriers of(List<ChannelConstant> run) {
    int end = run.size();
    int addition = last(run, end, part -> part.isAddition() && !part.isNumber());
    addition = addition >= 0 ? addition : last(run, end, ChannelConstant::isAddition);
    int multiplication = -1;
    for (int before : new int[] {Math.max(addition, 0), end}) {
      if (multiplication < 0) {
        multiplication = last(run, before, part -> !part.isAddition() && !part.isNumber());
      }
    }
    multiplication =
        multiplication >= 0 ? multiplication : last(run, end, part -> !part.isAddition());
    return new Carriers(multiplication, addition);
  }

  private static int last(
      List<ChannelConstant> run, int end, Predicate<ChannelConstant> isCandidate) {
    for (int i = end - 1; i >= 0; i--) {
      if (isCandidate.test(run.get(i))) {
        return i;
      }
    }
    return -1;
  }

  /** Whether what is added is added before the multiplication. */
  public boolean addsFirst() {
    return addition >= 0 && addition < multiplication;
  }

  /**
   * What a run can hold without a new operator.
   *
   * @param scale s
   */
  static Freedom freedom(List<ChannelConstant> run, double[] scale) {
    Carriers carriers = of(run);
    boolean nonZero = true;
    for (double s : scale) {
      nonZero &= s != 0;
    }
    boolean adds = carriers.addition >= 0 && !run.get(carriers.addition).isNumber();
    boolean multiplies =
        carriers.multiplication >= 0 && !run.get(carriers.multiplication).isNumber();
    if (adds && multiplies && !carriers.addsFirst()) {
      return Freedom.BOTH;
    }
    if (!adds || !nonZero) {
      return Freedom.NONE;
    }
    return multiplies ? Freedom.BOTH_NONZERO : Freedom.SHIFT;
  }
}
