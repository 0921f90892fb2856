package io.github.dl4jbnfold.samediff.operators;

import io.github.dl4jbnfold.fixture.Gamma;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import org.nd4j.autodiff.samediff.SDVariable;

/** Sequences, steps and states of one size that recurrent operators read. */
final class Sequences {
  static final int TIME = 4;

  static final int BATCH = 3;

  static final int IN = 5;

  static final int OUT = 2;

  private Sequences() {}

  static Node sequence(Net net) {
    return net.placeholder("x", TIME, BATCH, IN).batchNorm(Gamma.MIXED, 2, IN, 1e-3);
  }

  static Node step(Net net) {
    return net.placeholder("x", BATCH, IN).batchNorm(Gamma.MIXED, 1, IN, 1e-3);
  }

  static SDVariable state(Net net, String name) {
    return net.placeholder(name, BATCH, OUT).variable();
  }
}
