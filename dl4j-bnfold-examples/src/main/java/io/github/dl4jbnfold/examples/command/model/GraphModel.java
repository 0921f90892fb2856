package io.github.dl4jbnfold.examples.command.model;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.examples.view.GraphView;
import io.github.dl4jbnfold.examples.view.NetworkView;
import io.github.dl4jbnfold.report.FoldReport;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;

/**
 * A SameDiff graph.
 *
 * @param losesUpdaterState whether its file holds the state of an updater, which is not loaded
 */
public record GraphModel(SameDiff graph, boolean losesUpdaterState) implements LoadedModel {
  @Override
  public List<String> inputs() {
    return graph.placeHolders().stream().map(SDVariable::name).toList();
  }

  @Override
  public List<String> results() {
    return graph.getVariables().values().stream()
        .filter(variable -> variable.getOutputOfOp() != null)
        .filter(
            variable -> variable.getInputsForOp() == null || variable.getInputsForOp().isEmpty())
        .map(Variable::getName)
        .toList();
  }

  @Override
  public boolean canPreserve(String name) {
    return graph.hasVariable(name);
  }

  @Override
  public Set<String> otherNames(String norm) {
    Variable variable = graph.getVariables().get(norm);
    return variable == null || variable.getOutputOfOp() == null
        ? Set.of()
        : Set.of(variable.getOutputOfOp());
  }

  @Override
  public FoldingOptions withNormalizer(FoldingOptions options, Path path) {
    throw CommandFailure.usage(
        "%s: the file of a SameDiff graph has no normalizer to fold. Leave out --fold-normalizer."
            .formatted(path));
  }

  @Override
  public FoldReport plan(FoldingOptions options) {
    return BatchNormFolding.plan(graph, options);
  }

  @Override
  public FoldReport fold(FoldingOptions options) {
    return BatchNormFolding.fold(graph, options);
  }

  @Override
  public String summary(FoldReport plan) {
    return NetworkSummary.of(graph, plan);
  }

  /** As SameDiff.save writes it, without updater state. */
  @Override
  public byte[] bytes() {
    try {
      ByteBuffer buffer = graph.asFlatBuffers(false);
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return bytes;
    } catch (OutOfMemoryError | NegativeArraySizeException e) {
      throw CommandFailure.refused(
          "The folded network does not fit into memory as a file, and nothing was written. Give"
              + " Java more (-Xmx).",
          e);
    }
  }

  @Override
  public Optional<DataNormalization> normalizer(Path path) {
    return Optional.empty();
  }

  @Override
  public NetworkView view(Collection<String> outputs, Map<String, long[]> shapes) {
    return new GraphView(graph, outputs, shapes);
  }
}
