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

  void replace(Tensor tensor, Gauge gauge) {
    gauges[tensor.id()] = gauge;
  }
}
