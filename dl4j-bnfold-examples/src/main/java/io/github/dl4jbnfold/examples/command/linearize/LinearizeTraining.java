package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.linearize.samediff.GraphTrainee;
import io.github.dl4jbnfold.samediff.GraphOutputs;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.OpOrder;
import io.github.dl4jbnfold.samediff.write.GraphEditor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * A SameDiff graph that can be trained. What its file does not say is added and is taken out again
 * behind the training: a loss with a placeholder for labels, the probabilities of classes where the
 * graph ends in their scores, the training configuration; and weights that are constants are
 * variables in between.
 *
 * @param outputs what labels are compared with, and what else is preserved
 * @param results what a user wants of it
 * @param config the training configuration of its file
 * @param labels the placeholder that was added; null if the graph had a loss
 * @param frozen whether its weights were constants
 */
record LinearizeTraining(
    SameDiff graph,
    List<String> outputs,
    Set<String> results,
    LinearizeModel.Shapes shapes,
    @Nullable TrainingConfig config,
    @Nullable String labels,
    boolean frozen) {
  private static final int EXAMPLES = 2;

  /**
   * A graph that can be trained; the given one is not changed.
   *
   * @param named outputs, beginning with the one that labels are compared with; empty for what no
   *     operator reads
   * @throws CommandFailure if the graph does not say what is compared with what, or ND4J cannot
   *     train it
   */
  static LinearizeTraining of(Path path, SameDiff original, List<String> named) {
    SameDiff graph = original.dup();
    Set<String> results = results(graph, named);
    if (named.isEmpty() && results.size() != 1) {
      throw CommandFailure.usage(
          "%s: it ends in %s. Say with --output which of them labels are compared with."
              .formatted(path, results.isEmpty() ? "a loss" : String.join(", ", results)));
    }
    String result = results.iterator().next();
    SDVariable feature = feature(path, graph, result);
    boolean frozen = LinearizeWeights.isFrozen(graph, result);
    if (frozen && !LinearizeWeights.release(graph, result, GraphOutputs.of(graph, results))) {
      throw CommandFailure.refused(
          "%s: it has no weights that can be trained. Make variables of its constants (SameDiff.convertConstantsToVariables) and save it again."
              .formatted(path));
    }
    long[] shape = example(path, feature);
    LinearizeLoss loss =
        LinearizeLoss.of(path, graph, feature.name(), result, zeros(feature, shape));
    Set<String> outputs = new LinkedHashSet<>(List.of(loss.compared()));
    outputs.addAll(results);
    LinearizeTraining training =
        new LinearizeTraining(
            graph,
            List.copyOf(outputs),
            results,
            new LinearizeModel.Shapes(shape, loss.outputs()),
            original.getTrainingConfig(),
            loss.isAdded() ? loss.labels() : null,
            frozen);
    training.requireTrainable(path, feature, loss);
    return training;
  }

  /** What a user wants of a graph: not its losses. */
  static Set<String> results(SameDiff graph, List<String> named) {
    Set<String> results = new LinkedHashSet<>(named);
    if (named.isEmpty()) {
      List<String> declared = graph.outputs();
      results.addAll(
          declared == null || declared.isEmpty() ? GraphOutputs.unread(graph) : declared);
      results.removeAll(LinearizeLoss.losses(graph));
    }
    return results;
  }

  /**
   * The activations that results depend on: not those of a loss alone, and not those that write a
   * result.
   */
  static Set<String> gated(SameDiff graph, Collection<String> results) {
    Set<String> last = new LinkedHashSet<>(results);
    List<Op> ops = new ArrayList<>(OpOrder.of(graph, results));
    Collections.reverse(ops);
    Set<String> gated = new TreeSet<>();
    for (Op op : ops) {
      boolean writes = op.outputs().stream().anyMatch(last::contains);
      if (writes && LinearizeLoss.isRenaming(op)) {
        last.add(op.input(0));
      } else if (!writes) {
        gated.addAll(op.outputs());
      }
    }
    gated.removeAll(last);
    return gated;
  }

  private static SDVariable feature(Path path, SameDiff graph, String result) {
    Set<String> fed = LinearizeLoss.inputs(graph, List.of(result));
    if (fed.size() != 1) {
      throw CommandFailure.refused(
          "%s: '%s' depends on %s. Graphs with one input can be trained here."
              .formatted(
                  path,
                  result,
                  fed.isEmpty() ? "no input" : "the inputs " + String.join(", ", fed)));
    }
    return graph.getVariable(fed.iterator().next());
  }

  /** The shape of one example. */
  private static long[] example(Path path, SDVariable feature) {
    long[] declared = feature.placeholderShape();
    if (declared == null
        || declared.length == 0
        || Arrays.stream(declared).skip(1).anyMatch(size -> size < 1)) {
      throw CommandFailure.usage(
          "%s: the input '%s' does not declare its sizes. State them: --shape %s=2,3,224,224, for instance."
              .formatted(path, feature.name(), feature.name()));
    } else if (declared.length < 2 || declared[0] > 0) {
      throw CommandFailure.refused(
          "%s: the input '%s' has the shape %s, which is no batch of any size. Export the graph with an open batch size, -1, to train it."
              .formatted(path, feature.name(), Arrays.toString(declared)));
    }
    return Arrays.copyOfRange(declared, 1, declared.length);
  }

  private static INDArray zeros(SDVariable feature, long... shape) {
    long[] all = new long[shape.length + 1];
    all[0] = EXAMPLES;
    System.arraycopy(shape, 0, all, 1, shape.length);
    return Nd4j.zeros(feature.dataType(), all);
  }

  /** One step of a copy: some operators have no gradient. */
  private void requireTrainable(Path path, SDVariable feature, LinearizeLoss loss) {
    INDArray labels = Nd4j.zeros(EXAMPLES, shapes.outputs());
    labels.getColumn(0).assign(1);
    MultiDataSet batch = new MultiDataSet(zeros(feature, shapes.input()), labels);
    GraphTrainee trainee = GraphTrainee.of(graph, outputs);
    try {
      trainee.restarted(new Sgd(0)).fit(batch);
    } catch (RuntimeException e) {
      throw CommandFailure.refused(
          "%s: ND4J cannot train this graph with the loss %s (%s)."
              .formatted(
                  path,
                  loss.names(),
                  String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
  }

  /** The names of what may get gates. */
  Set<String> gated() {
    return gated(graph, results);
  }

  /**
   * A trained graph as the original was: with its inputs, outputs and kinds of arrays.
   *
   * @param trained this graph with other weights and fewer operators; it is changed
   */
  SameDiff without(SameDiff trained) {
    if (frozen) {
      trained.convertToConstants(
          trained.variables().stream()
              .filter(variable -> variable.getVariableType() == VariableType.VARIABLE)
              .toList());
    }
    if (labels != null) {
      trained.setLossVariables(new String[0]);
    }
    Set<String> kept = new LinkedHashSet<>(results);
    kept.addAll(LinearizeLoss.losses(trained));
    new GraphEditor(trained, kept).sweep();
    if (labels != null) {
      trained.getVariables().remove(labels);
    }
    if (labels != null || config == null) {
      trained.setTrainingConfig(config);
    }
    return trained;
  }
}
