package io.github.dl4jbnfold.verify;

/** The folded network did not agree with the original, which has been restored. */
public class CheckFailedException extends FoldingException {
  private static final long serialVersionUID = 1;

  /** Where the first difference appears. */
  private final String operator;

  /** The largest one. */
  private final double relativeError;

  /**
   * Says how far they differ.
   *
   * @param message sentences that name the operator and the difference
   * @param operator the operator where the first difference appears
   * @param relativeError the largest difference of an output, relative to its largest magnitude
   */
  public CheckFailedException(String message, String operator, double relativeError) {
    super(message);
    this.operator = operator;
    this.relativeError = relativeError;
  }

  /**
   * The operator where the first difference appears; what it writes, if a network of layers is
   * meant.
   *
   * @return a name of the original
   */
  public String operator() {
    return operator;
  }

  /**
   * The largest difference of an output.
   *
   * @return by the largest magnitude of that output
   */
  public double relativeError() {
    return relativeError;
  }
}
