package io.github.dl4jbnfold.cost;

/** ND4J cannot run the operator on arrays of these shapes, so there is no time to be had. */
public final class UnmeasurableWorkException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnmeasurableWorkException(String message) {
    super(message);
  }

  UnmeasurableWorkException(String message, Throwable cause) {
    super(message, cause);
  }
}
