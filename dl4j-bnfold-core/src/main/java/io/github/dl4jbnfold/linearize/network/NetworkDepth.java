package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;

/** How deep a network is: the layers that mix channels, on its longest path. */
public final class NetworkDepth {
  private NetworkDepth() {}

  /** Convolutions, dense layers and others with a matrix of weights. */
  public static int of(SourceNetwork network) {
    Map<String, Integer> depths = new HashMap<>();
    int deepest = 0;
    for (Step step : network.structure().steps()) {
      int before =
          step.inputs().stream().mapToInt(name -> depths.getOrDefault(name, 0)).max().orElse(0);
      int depth = before + (mixesChannels(step) ? 1 : 0);
      depths.put(step.name(), depth);
      deepest = Math.max(deepest, depth);
    }
    return deepest;
  }

  private static boolean mixesChannels(Step step) {
    return step.layer() instanceof FeedForwardLayer layer
        && !(layer instanceof BatchNormalization)
        && !(layer instanceof ElementWiseMultiplicationLayer);
  }
}
