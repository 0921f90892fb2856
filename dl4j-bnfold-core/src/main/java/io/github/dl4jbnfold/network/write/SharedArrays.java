package io.github.dl4jbnfold.network.write;

import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.network.structure.Structure;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping3D;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.deeplearning4j.nn.layers.util.IdentityLayer;

/**
 * Who reads which array of a graph at inference. Some layers and vertices of Deeplearning4j answer
 * with the array that they read, or a view of it, and activations write into it first.
 */
final class SharedArrays {
  private static final Set<Class<?>> HAND_ON =
      Set.of(
          ActivationLayer.class,
          PReLULayer.class,
          DropoutLayer.class,
          MaskLayer.class,
          IdentityLayer.class,
          Cropping1D.class,
          Cropping2D.class,
          Cropping3D.class,
          SubsetVertex.class,
          UnstackVertex.class,
          PoolHelperVertex.class,
          PreprocessorVertex.class);

  private final Map<String, Step> steps = new LinkedHashMap<>();
  private final Structure structure;

  SharedArrays(Structure original, Collection<Step> steps) {
    this.structure = original;
    steps.forEach(step -> this.steps.put(step.name(), step));
  }

  /** Whether a step writes into what it reads. */
  static boolean overwrites(Step step) {
    return step.layer() instanceof ActivationLayer || step.layer() instanceof PReLULayer;
  }

  /** Whether a step reads the same array as in another graph. */
  boolean readsAsIn(SharedArrays other, Step step) {
    Step there = other.steps.get(step.name());
    return there != null
        && origin(step.inputs().get(0)).equals(other.origin(there.inputs().get(0)));
  }

  /** Whether a step reads an input of the network. */
  boolean readsInput(Step step) {
    return structure.inputs().contains(origin(step.inputs().get(0)));
  }

  /**
   * Whether what a step writes into is an output, or is read by another step, and was not so in
   * another graph.
   */
  boolean isSharedUnlikeIn(SharedArrays other, Step step) {
    boolean same = readsAsIn(other, step);
    for (String output : structure.outputs()) {
      if (isSeen(step, List.of(output)) && !(same && other.isSeen(step, List.of(output)))) {
        return true;
      }
    }
    for (Step reader : steps.values()) {
      Step there = other.steps.get(reader.name());
      boolean known = same && there != null && other.isSeen(step, there.inputs());
      if (!reader.name().equals(step.name()) && isSeen(step, reader.inputs()) && !known) {
        return true;
      }
    }
    return false;
  }

  /** Whether one of some arrays is what a step reads, and not by way of this step. */
  private boolean isSeen(Step step, List<String> arrays) {
    String origin = origin(steps.getOrDefault(step.name(), step).inputs().get(0));
    return arrays.stream().anyMatch(array -> origin(array, step.name()).equals(origin));
  }

  private String origin(String name) {
    return origin(name, "");
  }

  /**
   * The step or input that made the array that a step answers with.
   *
   * @param end a step behind which it is not looked for
   */
  private String origin(String name, String end) {
    String at = name;
    Step step = steps.get(at);
    while (step != null && !at.equals(end) && handsOn(step)) {
      at = step.inputs().get(0);
      step = steps.get(at);
    }
    return at;
  }

  private static boolean handsOn(Step step) {
    Layer layer = step.layer();
    GraphVertex vertex = step.plainVertex();
    return (vertex instanceof MergeVertex && step.inputs().size() == 1)
        || (layer != null && HAND_ON.contains(layer.getClass()))
        || (vertex != null && HAND_ON.contains(vertex.getClass()));
  }
}
