package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.samediff.GraphOutputs;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.OpOrder;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;

/** How deep a graph is: the operators that mix channels, on its longest path. */
public final class GraphDepth {
  private static final Set<String> MIXING =
      Set.of(
          "conv1d",
          "conv2d",
          "conv3dnew",
          "deconv2d",
          "deconv3d",
          "depthwise_conv2d",
          "sconv2d",
          "matmul",
          "xw_plus_b");

  private GraphDepth() {}

  /** Convolutions and matrix products on the way to what no operator reads. */
  public static int of(SameDiff graph) {
    return of(graph, GraphOutputs.of(graph, List.of()));
  }

  /** Convolutions and matrix products on the way to some variables. */
  public static int of(SameDiff graph, Collection<String> outputs) {
    Map<String, Integer> depths = new HashMap<>();
    int deepest = 0;
    for (Op op : OpOrder.of(graph, outputs)) {
      int before = op.inputs().stream().mapToInt(in -> depths.getOrDefault(in, 0)).max().orElse(0);
      int depth = before + (MIXING.contains(op.type()) ? 1 : 0);
      op.outputs().forEach(output -> depths.put(output, depth));
      deepest = Math.max(deepest, depth);
    }
    return deepest;
  }
}
