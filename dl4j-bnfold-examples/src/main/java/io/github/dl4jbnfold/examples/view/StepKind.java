package io.github.dl4jbnfold.examples.view;

import io.github.dl4jbnfold.network.structure.Step;
import java.util.Locale;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;

/** What a layer or vertex is, in a few words. */
final class StepKind {
  private StepKind() {}

  static String of(Step step) {
    Layer layer = step.layer();
    if (layer != null) {
      return of(layer);
    }
    GraphVertex vertex = step.plainVertex();
    if (vertex instanceof ElementWiseVertex elements) {
      return elements.getOp().name();
    }
    return vertex == null ? "vertex" : plain(vertex.getClass().getSimpleName());
  }

  private static String of(Layer layer) {
    if (layer instanceof ActivationLayer activation) {
      return activation.getActivationFn().toString();
    }
    String kind = plain(layer.getClass().getSimpleName());
    if (layer instanceof BatchNormalization) {
      kind = "BatchNorm";
    } else if (layer instanceof ConvolutionLayer convolution) {
      kind += window(convolution.getKernelSize());
    } else if (layer instanceof SubsamplingLayer pool) {
      String type = pool.getPoolingType().name();
      kind =
          type.charAt(0)
              + type.substring(1).toLowerCase(Locale.ROOT)
              + "Pool"
              + window(pool.getKernelSize());
    } else if (layer instanceof FeedForwardLayer dense && dense.getNOut() > 0) {
      kind += " %d → %d".formatted(dense.getNIn(), dense.getNOut());
    }
    IActivation inner = layer instanceof BaseLayer base ? base.getActivationFn() : null;
    // Deeplearning4j does not apply that of a batch normalization.
    boolean none = inner == null || inner instanceof ActivationIdentity;
    return none || layer instanceof BatchNormalization ? kind : kind + " + " + inner;
  }

  private static String window(int[] sizes) {
    StringBuilder window = new StringBuilder(" ");
    for (int i = 0; i < sizes.length; i++) {
      window.append(i == 0 ? "" : "×").append(sizes[i]);
    }
    return window.toString();
  }

  private static String plain(String name) {
    return name.replaceAll("(Layer|Vertex)$", "").replaceAll("(?<=[a-z])Convolution2D$", "");
  }
}
