package io.github.dl4jbnfold.samediff;

import io.github.dl4jbnfold.verify.FoldingException;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;

/** Which variables of a SameDiff graph are to keep their values. */
public final class GraphOutputs {
  private GraphOutputs() {}

  /**
   * The requested variables, or else the outputs that the graph declares, or else what no operator
   * reads; and always the loss variables.
   *
   * @throws FoldingException if a requested variable does not exist, or there is none
   */
  public static Set<String> of(SameDiff graph, Collection<String> requested) {
    for (String name : requested) {
      if (!graph.hasVariable(name)) {
        throw new FoldingException(
            "The graph has no variable '%s' to preserve; it ends in %s."
                .formatted(name, unread(graph)));
      }
    }
    Set<String> outputs = new LinkedHashSet<>(requested);
    if (outputs.isEmpty()) {
      List<String> declared = graph.outputs();
      outputs.addAll(declared == null || declared.isEmpty() ? unread(graph) : declared);
    }
    outputs.addAll(graph.getLossVariables());
    if (outputs.isEmpty()) {
      throw new FoldingException("The graph computes nothing: it has no operators.");
    }
    return outputs;
  }

  /** What no operator reads, but not the batch statistics that a normalization gives besides. */
  public static Set<String> unread(SameDiff graph) {
    Set<String> read = new HashSet<>();
    for (SameDiffOp op : graph.getOps().values()) {
      if (op.getInputsToOp() != null) {
        read.addAll(op.getInputsToOp());
      }
    }
    Set<String> unread = new LinkedHashSet<>();
    for (SameDiffOp op : graph.getOps().values()) {
      boolean norm = op.getOp().opName().equals("fused_batch_norm");
      List<String> written = op.getOutputsOfOp();
      written.stream().limit(norm ? 1 : written.size()).forEach(unread::add);
    }
    unread.removeAll(read);
    return unread;
  }
}
