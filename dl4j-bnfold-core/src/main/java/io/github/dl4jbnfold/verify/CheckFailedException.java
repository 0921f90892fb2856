package io.github.dl4jbnfold.verify;

/** The folded network did not agree with the original, which has been restored. */
public class CheckFailedException extends FoldingException {
  private static final long serialVersionUID = 1;

  private final String operator;
  private final double relativeError;

  /**
   * @param operator the operator where the first difference appears
   * @param relativeError the largest difference of an output, relative to its largest magnitude
   */
  public CheckFailedException(String message, String operator, double relativeError) {
    super(message);
    this.operator = operator;
    this.relativeError = relativeError;
  }

  public String operator() {
    return operator;
  }

  public double relativeError() {
    return relativeError;
  }
}
