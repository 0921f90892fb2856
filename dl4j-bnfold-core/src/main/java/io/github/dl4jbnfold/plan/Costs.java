package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.graph.BatchNorm;

/** What rewrites cost, in seconds of one run of the network. */
public interface Costs {
  /** What carrying out a plan adds to a run; negative where it makes the network faster. */
  double added(Plan plan);

  /** What it saves if only an addition is left of a batch normalization; may be negative. */
  double savedByReduction(BatchNorm norm);
}
