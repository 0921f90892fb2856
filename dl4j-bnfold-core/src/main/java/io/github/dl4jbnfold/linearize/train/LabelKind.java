package io.github.dl4jbnfold.linearize.train;

/** What the labels of an output have to be. */
public enum LabelKind {
  /** One class of each example or position has a 1, the others a 0. */
  ONE_HOT,
  /** The classes of each example or position share a 1: soft labels. */
  DISTRIBUTION,
  /** Any finite numbers. */
  NUMBERS
}
