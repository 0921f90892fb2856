package io.github.dl4jbnfold.plan;

/** A {@link io.github.dl4jbnfold.graph.Normalizer} cannot go, so there is no plan. */
public final class NormalizerStaysException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String input;

  NormalizerStaysException(Kept reason) {
    super(reason.detail() + " " + reason.remedy());
    this.input = reason.name();
  }

  /** The name of the input whose normalizer it is. */
  public String input() {
    return input;
  }
}
