package io.github.dl4jbnfold.network;

import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.network.structure.Structure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional3D;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.preprocessor.Cnn3DToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of images and volumes at the input of a network, found from those that it flattens: the
 * smallest ones whose way through the layers ends in them. Each axis goes its own way.
 */
final class InputSizes {
  private static final int LARGEST = 640;

  private InputSizes() {}

  /**
   * Sizes of the spatial axes of an input, in order.
   *
   * @param shape of the input, with {@link InputShapes#FREE} for these axes
   * @return empty where nothing tells them
   */
  static Optional<long[]> of(Structure structure, String input, long[] shape) {
    int axes = shape.length - 2;
    boolean last = shape[1] == InputShapes.FREE;
    long channels = last ? shape[shape.length - 1] : shape[1];
    if (axes < 2) {
      return Optional.empty();
    }
    for (Step end : structure.steps()) {
      long[] wanted = flattened(end, axes);
      Optional<List<Step>> way =
          wanted == null ? Optional.empty() : way(structure, input, end.inputs().get(0));
      if (wanted != null && way.isPresent()) {
        return search(way.get(), wanted, size -> type(size, axes, channels, last));
      }
    }
    return Optional.empty();
  }

  /** What a step flattens; null if it does not, or does not say what. */
  private static long @Nullable [] flattened(Step step, int axes) {
    InputPreProcessor preprocessor =
        step.plainVertex() instanceof PreprocessorVertex vertex
            ? vertex.getPreProcessor()
            : step.preprocessor();
    if (axes == 2
        && preprocessor instanceof CnnToFeedForwardPreProcessor image
        && image.getInputHeight() > 0) {
      return new long[] {image.getInputHeight(), image.getInputWidth()};
    } else if (axes == 3
        && preprocessor instanceof Cnn3DToFeedForwardPreProcessor volume
        && volume.getInputHeight() > 0) {
      return new long[] {volume.getInputDepth(), volume.getInputHeight(), volume.getInputWidth()};
    }
    return null;
  }

  /**
   * Copies of the steps from the input to an array, along the first input of each: some layers keep
   * the size that they are asked for.
   */
  private static Optional<List<Step>> way(Structure structure, String input, String end) {
    Map<String, Step> steps = new HashMap<>();
    structure.steps().forEach(step -> steps.put(step.name(), step));
    List<Step> way = new ArrayList<>();
    String at = end;
    while (steps.containsKey(at)) {
      Step step = steps.get(at);
      way.add(0, step.copy());
      at = step.inputs().get(0);
    }
    return at.equals(input) ? Optional.of(way) : Optional.empty();
  }

  private static InputType type(int size, int axes, long channels, boolean last) {
    return axes == 2
        ? InputType.convolutional(size, size, channels, last ? CNN2DFormat.NHWC : CNN2DFormat.NCHW)
        : InputType.convolutional3D(
            last ? Convolution3D.DataFormat.NDHWC : Convolution3D.DataFormat.NCDHW,
            size,
            size,
            size,
            channels);
  }

  private static Optional<long[]> search(
      List<Step> way, long[] wanted, IntFunction<InputType> input) {
    long[] found = new long[wanted.length];
    int open = wanted.length;
    for (int size = 1; size <= LARGEST && open > 0; size++) {
      Optional<InputType> end = end(way, input.apply(size));
      for (int axis = 0; axis < wanted.length && end.isPresent(); axis++) {
        if (found[axis] == 0 && size(end.get(), axis) == wanted[axis]) {
          found[axis] = size;
          open--;
        }
      }
    }
    return open == 0 ? Optional.of(found) : Optional.empty();
  }

  private static long size(InputType type, int axis) {
    List<ToLongFunction<InputType>> axes =
        type instanceof InputTypeConvolutional
            ? List.of(
                t -> ((InputTypeConvolutional) t).getHeight(),
                t -> ((InputTypeConvolutional) t).getWidth())
            : List.of(
                t -> ((InputTypeConvolutional3D) t).getDepth(),
                t -> ((InputTypeConvolutional3D) t).getHeight(),
                t -> ((InputTypeConvolutional3D) t).getWidth());
    return axes.get(axis).applyAsLong(type);
  }

  /** What comes out at the end; vertices leave the sizes as they are. */
  private static Optional<InputType> end(List<Step> way, InputType input) {
    InputType type = input;
    try {
      for (Step step : way) {
        Layer layer = step.layer();
        type = layer == null ? type : layer.getOutputType(-1, type);
      }
    } catch (RuntimeException e) {
      return Optional.empty(); // A layer does not take this size.
    }
    return type.getClass() == input.getClass() ? Optional.of(type) : Optional.empty();
  }
}
