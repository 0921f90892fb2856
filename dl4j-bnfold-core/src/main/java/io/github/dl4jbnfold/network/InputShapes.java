package io.github.dl4jbnfold.network;

import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.network.structure.Structure;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.LocallyConnected2D;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToCnnPreProcessor;
import org.jspecify.annotations.Nullable;

/**
 * Shapes that an input of a network may have: networks do not keep them, but what reads an input
 * says how many axes and channels it has.
 */
final class InputShapes {
  /** The number of examples and the sizes of images and sequences are put in for these. */
  static final long EXAMPLES = -1;

  static final long FREE = -2;

  private InputShapes() {}

  /**
   * The shape of every input, in order, with {@link #EXAMPLES} and {@link #FREE} where a size is
   * open.
   *
   * @param given shapes that the user gave
   */
  static List<long[]> of(Structure structure, Map<String, long[]> given) {
    List<long[]> shapes = new ArrayList<>();
    for (String input : structure.inputs()) {
      long[] shape = given.containsKey(input) ? given.get(input) : inferred(structure, input);
      if (shape == null) {
        throw new FoldingException(
            "Nothing that reads the input '%s' says which shape it has: state it."
                .formatted(input));
      }
      shapes.add(sized(structure, input, shape));
    }
    return shapes;
  }

  /**
   * The axis of an input that is the time, which a mask may hide steps of; −1 if it is no sequence.
   *
   * @param rank of the input
   */
  static int timeAxis(Structure structure, String input, int rank) {
    if (rank == 2) {
      boolean words =
          structure.steps().stream()
              .filter(step -> step.inputs().contains(input))
              .anyMatch(step -> step.layer() instanceof EmbeddingSequenceLayer);
      return words ? 1 : -1;
    }
    long[] shape = inferred(structure, input);
    boolean last = shape != null && shape.length == 3 && shape[1] == FREE;
    return rank != 3 ? -1 : last ? 1 : 2;
  }

  /** The shape with the sizes that the network tells. */
  private static long[] sized(Structure structure, String input, long[] shape) {
    long[] sized = shape.clone();
    InputSizes.of(structure, input, shape)
        .ifPresent(
            sizes -> {
              int next = 0;
              for (int axis = 1; axis < sized.length; axis++) {
                sized[axis] = sized[axis] == FREE ? sizes[next++] : sized[axis];
              }
            });
    return sized;
  }

  private static long @Nullable [] inferred(Structure structure, String input) {
    for (Step reader : structure.steps()) {
      if (!reader.inputs().contains(input)) {
        continue;
      }
      Layer layer = reader.layer();
      long[] shape = layer == null ? null : shape(layer, reader.preprocessor());
      if (shape == null) {
        shape = inferred(structure, reader.name());
      }
      if (shape != null) {
        return shape;
      }
    }
    return null;
  }

  private static long @Nullable [] shape(Layer layer, @Nullable InputPreProcessor preprocessor) {
    if (preprocessor instanceof FeedForwardToCnnPreProcessor flat) {
      return new long[] {
        EXAMPLES, flat.getNumChannels() * flat.getInputHeight() * flat.getInputWidth()
      };
    } else if (preprocessor instanceof RnnToCnnPreProcessor frames) {
      long features =
          (long) frames.getNumChannels() * frames.getInputHeight() * frames.getInputWidth();
      return new long[] {EXAMPLES, features, FREE};
    } else if (preprocessor
        instanceof org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor image) {
      boolean last = image.getFormat() == CNN2DFormat.NHWC;
      long c = image.getNumChannels();
      // Layers between may change the size: InputSizes finds that of the input.
      return last ? new long[] {EXAMPLES, FREE, FREE, c} : new long[] {EXAMPLES, c, FREE, FREE};
    } else if (preprocessor
        instanceof org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor) {
      return layer instanceof FeedForwardLayer dense
          ? new long[] {EXAMPLES, dense.getNIn(), FREE}
          : null;
    }
    return preprocessor == null ? shape(layer) : null;
  }

  private static long @Nullable [] shape(Layer layer) {
    if (layer instanceof Bidirectional both) {
      return shape(both.getFwd());
    } else if (layer instanceof LastTimeStep last) {
      return shape(last.getUnderlying());
    } else if (layer instanceof MaskZeroLayer masked) {
      return shape(masked.getUnderlying());
    } else if (layer instanceof TimeDistributed each
        && each.getUnderlying() instanceof FeedForwardLayer dense) {
      return sequence(dense.getNIn(), each.getRnnDataFormat());
    } else if (layer instanceof EmbeddingSequenceLayer words) {
      return new long[] {EXAMPLES, words.isInferInputLength() ? FREE : words.getInputLength()};
    } else if (layer instanceof EmbeddingLayer) {
      return new long[] {EXAMPLES, 1};
    } else if (layer instanceof BaseRecurrentLayer recurrent) {
      return sequence(recurrent.getNIn(), recurrent.getRnnDataFormat());
    } else if (layer instanceof RnnOutputLayer output) {
      return sequence(output.getNIn(), output.getRnnDataFormat());
    } else if (layer instanceof LocallyConnected2D local) {
      int[] size = local.getInputSize();
      return local.getFormat() == CNN2DFormat.NHWC
          ? new long[] {EXAMPLES, size[0], size[1], local.getNIn()}
          : new long[] {EXAMPLES, local.getNIn(), size[0], size[1]};
    } else if (layer instanceof LocallyConnected1D local) {
      return new long[] {EXAMPLES, local.getNIn(), local.getInputSize()};
    }
    return layer instanceof FeedForwardLayer forward ? forward(forward) : null;
  }

  private static long @Nullable [] forward(FeedForwardLayer layer) {
    if (layer instanceof Convolution1DLayer sequence) {
      return sequence(layer.getNIn(), sequence.getRnnDataFormat());
    } else if (layer instanceof Convolution3D volume) {
      return volume(layer.getNIn(), volume.getDataFormat());
    } else if (layer instanceof Deconvolution3D volume) {
      return volume(layer.getNIn(), volume.getDataFormat());
    } else if (layer instanceof ConvolutionLayer image) {
      return image(layer.getNIn(), image.getCnn2dDataFormat());
    }
    // A batch normalization does not say whether it reads vectors or images, a dropout says
    // nothing.
    boolean vectors = !(layer instanceof BatchNormalization) && layer.getNIn() > 0;
    return vectors ? new long[] {EXAMPLES, layer.getNIn()} : null;
  }

  private static long[] sequence(long channels, @Nullable RNNFormat format) {
    return format == RNNFormat.NWC
        ? new long[] {EXAMPLES, FREE, channels}
        : new long[] {EXAMPLES, channels, FREE};
  }

  private static long[] image(long channels, @Nullable CNN2DFormat format) {
    return format == CNN2DFormat.NHWC
        ? new long[] {EXAMPLES, FREE, FREE, channels}
        : new long[] {EXAMPLES, channels, FREE, FREE};
  }

  private static long[] volume(long channels, Convolution3D.@Nullable DataFormat format) {
    return format == Convolution3D.DataFormat.NDHWC
        ? new long[] {EXAMPLES, FREE, FREE, FREE, channels}
        : new long[] {EXAMPLES, channels, FREE, FREE, FREE};
  }
}
