package io.github.dl4jbnfold.network.read;

import java.util.Map;

/**
 * The shapes of all arrays of a network in one run.
 *
 * @param shapes by the name of the step or input that the array is, or by {@link #preprocessed}
 * @param examples how many examples the run had
 * @param maskable whether an input is a sequence, which may come with a mask
 * @param fixed whether no run can have other sizes, but for the number of examples
 */
public record RunShapes(Map<String, long[]> shapes, int examples, boolean maskable, boolean fixed) {
  public RunShapes {
    shapes = Map.copyOf(shapes);
  }

  /** The name of what a step reads behind its preprocessor. */
  public static String preprocessed(String step) {
    return step + " input";
  }
}
