package io.github.dl4jbnfold.examples.command.linearize;

import io.github.dl4jbnfold.examples.command.console.CommandFailure;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.OpOrder;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * What a graph minimizes: its own losses, or else the cross-entropy of the classes that it tells
 * apart, with a placeholder for labels.
 *
 * @param names of the loss variables
 * @param labels the placeholder
 * @param compared the variable that labels are compared with: probabilities
 * @param outputs its columns
 * @param isAdded whether the graph had no loss before
 */
record LinearizeLoss(
    List<String> names, String labels, String compared, int outputs, boolean isAdded) {
  /** Operators that only call something by another name or shape. */
  private static final Set<String> RENAMING =
      Set.of("identity", "reshape", "squeeze", "flatten", "flatten_2d");

  /** Operators after which numbers may be scores of classes, which a softmax makes probable. */
  private static final Set<String> SCORES =
      Set.of("matmul", "xw_plus_b", "add", "biasadd", "conv2d", "reduce_mean", "log_softmax");

  private static final Set<String> OF_SCORES =
      Set.of("softmax_cross_entropy_loss", "softmax_cross_entropy_loss_with_logits");

  static boolean isRenaming(Op op) {
    return RENAMING.contains(op.type());
  }

  /** The loss variables that a graph or its training configuration names. */
  static List<String> losses(SameDiff graph) {
    TrainingConfig config = graph.getTrainingConfig();
    List<String> named =
        config == null || config.getLossVariables() == null ? List.of() : config.getLossVariables();
    return graph.getLossVariables().isEmpty() ? named : List.copyOf(graph.getLossVariables());
  }

  /** The placeholders that variables depend on. */
  static Set<String> inputs(SameDiff graph, Collection<String> variables) {
    Set<String> inputs = new TreeSet<>();
    for (Op op : OpOrder.of(graph, variables)) {
      op.inputs().stream()
          .filter(name -> graph.getVariable(name).isPlaceHolder())
          .forEach(inputs::add);
    }
    return inputs;
  }

  /**
   * The loss of a graph, which is added where there is none; so is a training configuration.
   *
   * @param result the variable that labels are compared with, or the scores behind it
   * @param features some, to see what shape the result has
   * @throws CommandFailure if nothing says how labels are compared with it
   */
  static LinearizeLoss of(
      Path path, SameDiff graph, String feature, String result, INDArray features) {
    int columns = columns(path, graph, result, Map.of(feature, features));
    List<String> own = losses(graph);
    return own.isEmpty()
        ? added(path, graph, feature, result, columns)
        : known(path, graph, feature, result, columns, own);
  }

  private static int columns(
      Path path, SameDiff graph, String result, Map<String, INDArray> features) {
    INDArray output;
    try {
      output = Objects.requireNonNull(graph.output(features, result).get(result));
    } catch (RuntimeException e) {
      throw CommandFailure.refused(
          "%s: it does not run on an input of its shape (%s). State another one with --shape."
              .formatted(path, String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
    long examples = features.values().iterator().next().size(0);
    if (output.rank() != 2 || output.size(0) != examples) {
      throw unknown(path, result, "not a row for each example");
    }
    return Math.toIntExact(output.size(1));
  }

  private static CommandFailure unknown(Path path, String result, String what) {
    return CommandFailure.refused(
        "%s: labels of classes cannot be compared with '%s', which is %s. Name a softmax, the scores before it, or a single sigmoid with --output."
            .formatted(path, result, what));
  }

  private static LinearizeLoss known(
      Path path, SameDiff graph, String feature, String result, int columns, List<String> own) {
    Set<String> fed = inputs(graph, own);
    fed.remove(feature);
    if (fed.size() != 1) {
      throw CommandFailure.refused(
          "%s: its loss %s compares with %s. Graphs with one placeholder for labels can be trained here."
              .formatted(path, own, fed.isEmpty() ? "no labels" : String.join(", ", fed)));
    }
    String labels = fed.iterator().next();
    DataType type = graph.getVariable(labels).dataType();
    if (!type.isFPType()) {
      throw CommandFailure.refused(
          "%s: its labels '%s' are %s, which cannot hold the probabilities of a teacher. Make a placeholder of floating-point numbers of it, one for each class."
              .formatted(path, labels, type));
    }
    if (graph.getTrainingConfig() == null) {
      graph.setTrainingConfig(config(feature, labels));
    }
    graph.setLossVariables(own.toArray(String[]::new));
    boolean scores =
        OpOrder.of(graph, own).stream()
            .anyMatch(op -> OF_SCORES.contains(op.type()) && op.input(0).equals(result));
    String compared = scores ? softmax(graph, graph.getVariable(result)) : result;
    return new LinearizeLoss(own, labels, compared, columns, false);
  }

  private static LinearizeLoss added(
      Path path, SameDiff graph, String feature, String result, int columns) {
    Op last = producer(graph, result);
    boolean softmax = last != null && last.type().equals("softmax") && isAlongClasses(last);
    boolean sigmoid = last != null && last.type().equals("sigmoid") && columns == 1;
    Op source = last == null ? null : source(graph, last);
    boolean scores = source != null && SCORES.contains(source.type()) && columns > 1;
    if (last == null || !(softmax || sigmoid || scores)) {
      throw unknown(
          path,
          result,
          last == null
              ? "an input"
              : columns == 1 ? "one number, no sigmoid" : "the result of " + last.type());
    }
    SDVariable numbers = graph.getVariable(softmax || sigmoid ? last.input(0) : result);
    String compared = scores ? softmax(graph, numbers) : result;
    SDVariable labels = graph.placeHolder(free(graph, "labels"), numbers.dataType(), -1, columns);
    String name = free(graph, "labels_loss");
    if (sigmoid) {
      graph.loss().sigmoidCrossEntropy(name, labels, numbers, null);
    } else {
      graph.loss().softmaxCrossEntropy(name, labels, numbers, null);
    }
    graph.setLossVariables(name);
    graph.setTrainingConfig(config(feature, labels.name()));
    return new LinearizeLoss(List.of(name), labels.name(), compared, columns, true);
  }

  /** What writes a variable, under whatever name. */
  private static @Nullable Op producer(SameDiff graph, String variable) {
    List<Op> ops = OpOrder.of(graph, List.of(variable));
    Op found = writer(ops, variable);
    while (found != null && found.type().equals("identity")) {
      found = writer(ops, found.input(0));
    }
    return found;
  }

  /** What wrote the numbers that an operator only shapes. */
  private static @Nullable Op source(SameDiff graph, Op last) {
    List<Op> ops = OpOrder.of(graph, last.outputs());
    Op found = last;
    while (found != null && isRenaming(found)) {
      found = writer(ops, found.input(0));
    }
    return found;
  }

  private static @Nullable Op writer(List<Op> ops, String variable) {
    return ops.stream().filter(op -> op.outputs().contains(variable)).findFirst().orElse(null);
  }

  private static boolean isAlongClasses(Op softmax) {
    long axis = softmax.integer(0, -1);
    return axis == 1 || axis == -1;
  }

  private static String softmax(SameDiff graph, SDVariable scores) {
    return graph.nn().softmax(free(graph, scores.name() + "_probabilities"), scores, 1).name();
  }

  private static TrainingConfig config(String feature, String labels) {
    return new TrainingConfig.Builder()
        .updater(new Sgd())
        .dataSetFeatureMapping(feature)
        .dataSetLabelMapping(labels)
        .build();
  }

  private static String free(SameDiff graph, String base) {
    String name = base;
    for (int i = 1; graph.hasVariable(name) || graph.getOps().containsKey(name); i++) {
      name = base + "_" + i;
    }
    return name;
  }
}
