package io.github.dl4jbnfold.gauge;

import io.github.dl4jbnfold.graph.Tensor;

/** One gauge for each tensor of a graph. */
public final class Gauges {
  private final Gauge[] gauges;

  Gauges(Gauge[] gauges) {
    this.gauges = gauges;
  }

  public Gauge of(Tensor tensor) {
    return gauges[tensor.id()];
  }

  /** The same gauges but for one tensor. */
  public Gauges with(Tensor tensor, Gauge gauge) {
    Gauge[] copy = gauges.clone();
    copy[tensor.id()] = gauge;
    return new Gauges(copy);
  }
}
