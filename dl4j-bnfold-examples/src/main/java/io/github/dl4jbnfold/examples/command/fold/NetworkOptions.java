package io.github.dl4jbnfold.examples.command.fold;

import io.github.dl4jbnfold.examples.command.model.InputShape;
import io.github.dl4jbnfold.plan.Objective;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * What is to be preserved and kept: the options that folding and inspecting share. {@link
 * NetworkNames} gives them their meaning; this class names none of ND4J's, which would have to be
 * loaded before the arguments are parsed.
 */
final class NetworkOptions {
  @Option(
      names = "--output",
      paramLabel = "NAME",
      description =
          "A variable whose value and name to preserve; repeatable. Default: what no operator"
              + " reads. Operators that no output needs are removed.")
  private List<String> outputs = new ArrayList<>();

  @Option(
      names = "--keep",
      paramLabel = "NAME",
      description = "A batch normalization that must stay; repeatable.")
  private List<String> keep = new ArrayList<>();

  @Option(
      names = "--shape",
      paramLabel = "NAME=SIZES",
      converter = InputShape.Converter.class,
      description =
          "The shape of an input that the model does not declare, batch size included, such as"
              + " image=2,3,224,224; repeatable.")
  private List<InputShape> shapes = new ArrayList<>();

  @Option(
      names = "--objective",
      paramLabel = "OBJECTIVE",
      converter = ObjectiveName.Converter.class,
      completionCandidates = ObjectiveName.All.class,
      description =
          "What to aim at: ${COMPLETION-CANDIDATES}. Default: fewest-batch-norms. fastest measures"
              + " what operators cost on this machine and remembers it (see bnfold costs).")
  private @Nullable Objective objective;

  @Option(
      names = "--weights-only",
      description =
          "The same as --objective no-new-operators: change weights, biases and constants only; no"
              + " operator is added, no activation becomes a clamp.")
  private boolean weightsOnly;

  @Option(
      names = "--own-layers",
      description =
          "Of a network of layers, let activations and paddings become layers of this library"
              + " where that lets more batch normalizations go. The result needs it to be loaded.")
  private boolean ownLayers;

  @Option(
      names = "--fold-normalizer",
      description =
          "Fold the normalizer in the file of a network of layers into its weights, too. The result"
              + " takes raw inputs and has no normalizer in its file.")
  private boolean foldNormalizer;

  /**
   * Demands options that do not contradict each other.
   *
   * @throws ParameterException if they do
   */
  void check(CommandSpec command) {
    if (weightsOnly && objective != null) {
      throw new ParameterException(
          command.commandLine(),
          "--weights-only means --objective no-new-operators: give only one of the two.");
    }
  }

  Objective objective() {
    return weightsOnly
        ? Objective.NO_NEW_OPERATORS
        : objective == null ? Objective.FEWEST_BATCH_NORMS : objective;
  }

  boolean ownLayers() {
    return ownLayers;
  }

  boolean foldsNormalizer() {
    return foldNormalizer;
  }

  List<String> outputs() {
    return outputs;
  }

  List<String> keep() {
    return keep;
  }

  List<InputShape> shapes() {
    return shapes;
  }
}
