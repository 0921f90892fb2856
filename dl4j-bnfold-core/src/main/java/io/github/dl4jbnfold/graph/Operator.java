package io.github.dl4jbnfold.graph;

import java.util.List;

/**
 * An operator of the network. The family is sealed: what a front end cannot express with it becomes
 * a {@link Wall}.
 */
public sealed interface Operator
    permits ChannelMap,
        Carrier,
        Combination,
        Concatenation,
        ConstantField,
        ConstantTable,
        Juxtaposition,
        MaxPool,
        Product,
        Removable,
        Repairable,
        Wall {

  /** The name of the operator in the source network. */
  String name();

  /** What a person calls it: "convolution", "ReLU", "add"; used in reasons. */
  String kind();

  List<Tensor> inputs();

  List<Tensor> outputs();

  /**
   * Whether the operator does the same to any number of channels, each by itself, and leaves a
   * channel of ones a channel of ones.
   */
  default boolean passesOnes() {
    return false;
  }

  /** States what this operator demands of the gauges of its tensors while it stays in place. */
  void demand(Demands demands);

  /**
   * What it demands while it stays and no operator may be added for it or take its place: it holds
   * what its own weights and constants can hold.
   */
  default void demandWithoutNewOperator(Demands demands) {
    demand(demands);
  }
}
