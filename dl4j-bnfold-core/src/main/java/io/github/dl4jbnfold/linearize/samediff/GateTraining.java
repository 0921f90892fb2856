package io.github.dl4jbnfold.linearize.samediff;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Loss;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;

/**
 * What training does to α and nothing else: after each step it is back in [0, 1], its learning rate
 * is a multiple of that of the graph, and what the {@link TrainingConfig} says of all variables
 * (L1, L2, weight decay) does not reach it.
 *
 * <p>In version 1.0.0-M2.1 there is one updater configuration and one list of regularizations for
 * all variables, so the regularization is taken back: before the updater from the gradient, behind
 * it from the update. A listener is no part of a saved graph; {@link SameDiffGates#of} hands the
 * graph a new one. Without it α is trained all the same, but may leave its bounds.
 */
public final class GateTraining extends BaseListener {
  private final Set<String> alphas;
  private final double rate;

  /** From the names of gradients to those of the α. */
  private final Map<String, String> gradients = new HashMap<>();

  /** SameDiff.calculateGradients says that it trains, too, and regularizes nothing. */
  private boolean training;

  GateTraining(Collection<String> alphas, double rate) {
    this.alphas = Set.copyOf(alphas);
    this.rate = rate;
  }

  /** The one that a graph has; null if it has none. */
  static @Nullable GateTraining of(SameDiff graph) {
    return graph.getListeners().stream()
        .filter(GateTraining.class::isInstance)
        .map(GateTraining.class::cast)
        .findFirst()
        .orElse(null);
  }

  /** Whether a variable is an α. */
  boolean isAlpha(String variable) {
    return alphas.contains(variable);
  }

  /** What the learning rate of α is multiplied by. */
  public double rate() {
    return rate;
  }

  @Override
  public boolean isActive(Operation operation) {
    return operation == Operation.TRAINING;
  }

  @Override
  public void iterationStart(SameDiff sd, At at, MultiDataSet data, long waited) {
    gradients.clear();
    training = true;
  }

  private Map<String, String> gradients(SameDiff sd) {
    if (gradients.isEmpty()) {
      for (String alpha : alphas) {
        SDVariable gradient = sd.hasVariable(alpha) ? sd.getVariable(alpha).getGradient() : null;
        if (gradient != null) {
          gradients.put(gradient.name(), alpha);
        }
      }
    }
    return gradients;
  }

  @Override
  public void opExecution(
      SameDiff sd,
      At at,
      MultiDataSet batch,
      SameDiffOp op,
      @Nullable OpContext context,
      INDArray[] outputs) {
    if (!training || all(sd.getTrainingConfig()).isEmpty()) {
      return;
    }
    List<String> names = op.getOutputsOfOp();
    for (int i = 0; i < names.size() && i < outputs.length; i++) {
      String alpha = gradients(sd).get(names.get(i));
      if (alpha != null) {
        takeBack(ApplyStep.BEFORE_UPDATER, sd, at, alpha, outputs[i]);
      }
    }
  }

  @Override
  public void preUpdate(SameDiff sd, At at, Variable variable, INDArray update) {
    if (alphas.contains(variable.getName())) {
      takeBack(ApplyStep.POST_UPDATER, sd, at, variable.getName(), update);
      update.muli(rate);
    }
  }

  /** All regularizations add something to what they are given: what they add to 0. */
  private static void takeBack(
      ApplyStep step, SameDiff sd, At at, String alpha, INDArray gradient) {
    TrainingConfig config = sd.getTrainingConfig();
    for (Regularization each : all(config)) {
      if (each.applyStep() == step) {
        boolean scheduled = config.getUpdater().hasLearningRate();
        double learning =
            scheduled ? config.getUpdater().getLearningRate(at.iteration(), at.epoch()) : 1;
        INDArray added = Nd4j.zeros(gradient.dataType(), gradient.shape());
        each.apply(sd.getVariable(alpha).getArr(), added, learning, at.iteration(), at.epoch());
        gradient.subi(added);
      }
    }
  }

  static List<Regularization> all(@Nullable TrainingConfig config) {
    return config == null || config.getRegularization() == null
        ? List.of()
        : config.getRegularization();
  }

  @Override
  public void iterationDone(SameDiff sd, At at, MultiDataSet batch, Loss loss) {
    training = false;
    bound(sd);
  }

  /** Puts each α back into [0, 1]. */
  void bound(SameDiff sd) {
    for (String alpha : alphas) {
      INDArray array = sd.hasVariable(alpha) ? sd.getVariable(alpha).getArr() : null;
      if (array != null) {
        double value = array.getDouble(0);
        if (value < 0 || value > 1) {
          array.putScalar(0, value < 0 ? 0 : 1);
        }
      }
    }
  }
}
