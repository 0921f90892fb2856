package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Clip;
import io.github.dl4jbnfold.graph.GraphDraft;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Rectifier;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The state of one walk over a network.
 *
 * @param draft the graph so far
 * @param bindings of its operators
 * @param rigid names of the vertices that must go on with one number for all channels, and of the
 *     batch normalizations that must stay
 * @param portable whether the result is to consist of DL4J's own layers
 */
record Reading(
    SourceNetwork network,
    GraphDraft draft,
    Map<Operator, Binding> bindings,
    RunShapes run,
    Set<String> rigid,
    boolean portable) {

  Reading(SourceNetwork network, RunShapes run, Set<String> rigid, boolean portable) {
    this(network, new GraphDraft(), new HashMap<>(), run, rigid, portable);
  }

  /** The activation as it may be repaired: plain DL4J has no clamp. */
  Operator offered(Operator activation) {
    return portable ? irreplaceable(activation) : activation;
  }

  /** The activation where no clamp can stand in its place. */
  static Operator irreplaceable(Operator activation) {
    if (activation instanceof Rectifier rectifier) {
      return rectifier.irreplaceable();
    }
    return activation instanceof Clip clip ? clip.irreplaceable() : activation;
  }

  /** Whether a map over all positions may be added, because they are the same in every run. */
  boolean maps() {
    return !portable && run.fixed();
  }

  /**
   * The shape of an array in the run.
   *
   * @throws IllegalArgumentException if the run did not compute it
   */
  long[] shape(String array) {
    long[] shape = run.shapes().get(array);
    if (shape == null) {
      throw new IllegalArgumentException("'" + array + "' was not computed.");
    }
    return shape;
  }

  int examples() {
    return run.examples();
  }

  boolean maskable() {
    return run.maskable();
  }

  void add(Operator operator) {
    draft.add(operator);
  }

  void add(Operator operator, Binding binding) {
    draft.add(operator);
    bindings.put(operator, binding);
  }
}
