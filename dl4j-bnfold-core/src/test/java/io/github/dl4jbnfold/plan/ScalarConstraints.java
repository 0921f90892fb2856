package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.ConstantChannels;
import io.github.dl4jbnfold.gauge.Constraint;
import io.github.dl4jbnfold.gauge.Constraint.Channel;
import io.github.dl4jbnfold.gauge.Removal;
import io.github.dl4jbnfold.graph.Demands;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Everything that the operators of a graph demand, channel by channel. */
final class ScalarConstraints implements Demands {
  private final List<Constraint> all = new ArrayList<>();
  private final Operator operator;

  private ScalarConstraints(Operator operator) {
    this.operator = operator;
  }

  /** What operators demand that stay without a new one, and the given ones when they go. */
  static List<Constraint> of(Graph graph, Set<? extends Removable> removed) {
    List<Constraint> all = new ArrayList<>();
    for (Operator operator : graph.operators()) {
      ScalarConstraints demands = new ScalarConstraints(operator);
      if (operator instanceof Removable affine && removed.contains(affine)) {
        operator.demand(demands);
        Removal.of(graph, affine, new ConstantChannels(graph), false).get(0).demand(demands);
      } else {
        operator.demandWithoutNewOperator(demands);
      }
      all.addAll(demands.all);
    }
    return all;
  }

  private static Channel channel(Slice slice, int offset) {
    return new Channel(slice.tensor().id(), slice.tensor().name(), slice.from() + offset);
  }

  @Override
  public void sameScale(Slice x, Slice y) {
    double[] ones = new double[x.length()];
    java.util.Arrays.fill(ones, 1);
    scaleRatio(x, ones, y);
  }

  @Override
  public void scaleRatio(Slice x, double[] factor, Slice y) {
    for (int i = 0; i < x.length(); i++) {
      all.add(new Constraint.ScaleRatio(operator, channel(x, i), factor[i], channel(y, i)));
    }
  }

  @Override
  public void unitScale(Slice x) {
    for (int i = 0; i < x.length(); i++) {
      all.add(new Constraint.UnitScale(operator, channel(x, i)));
    }
  }

  @Override
  public void positiveScale(Slice x) {
    for (int i = 0; i < x.length(); i++) {
      all.add(new Constraint.PositiveScale(operator, channel(x, i)));
    }
  }

  @Override
  public void shiftEquation(List<Term> terms) {
    Slice first = terms.get(0).slice();
    shiftEquation(terms, new double[first.length()], first);
  }

  @Override
  public void shiftEquation(List<Term> terms, double[] rhs, Slice reference) {
    for (int i = 0; i < reference.length(); i++) {
      int offset = i;
      all.add(
          new Constraint.ShiftEquation(
              operator,
              terms.stream().map(term -> channel(term.slice(), offset)).toList(),
              terms.stream().map(Term::coefficient).toList(),
              rhs[i],
              channel(reference, i)));
    }
  }
}
