package io.github.dl4jbnfold.linearize.samediff;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.Listener;
import org.nd4j.autodiff.listeners.Loss;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.listeners.records.LossCurve;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.Variable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;

/**
 * The steps of {@code SameDiff.fit}, with three differences: the loss is known, and it is that
 * before the step; all gradients are there before the first variable moves; the moments lie in
 * arrays that a file can hold as they are.
 */
final class GraphSteps {
  private final SameDiff graph;
  private final @Nullable GateTraining gates;
  private final Map<String, SDVariable> variables;

  /** The moments: one row of numbers for each variable whose updater has some. */
  private final Map<String, INDArray> moments = new LinkedHashMap<>();

  private final Map<String, GradientUpdater<?>> updaters = new LinkedHashMap<>();

  /** The sum of the losses since the epoch began, and of how many steps: for listeners only. */
  private @Nullable Loss ofEpoch;

  private int done;

  /** The steps of a graph; all moments are 0. */
  GraphSteps(SameDiff graph) {
    this.graph = graph;
    gates = GateTraining.of(graph);
    variables = variables(graph);
    variables.forEach((name, variable) -> updaters.put(name, updater(name, variable.getArr())));
  }

  /** What is trained, by the names, in their order. */
  static Map<String, SDVariable> variables(SameDiff graph) {
    Map<String, SDVariable> variables = new LinkedHashMap<>();
    graph.variables().stream()
        .filter(v -> v.getVariableType() == VariableType.VARIABLE && v.dataType().isFPType())
        .sorted((one, other) -> one.name().compareTo(other.name()))
        .forEach(variable -> variables.put(variable.name(), variable));
    return variables;
  }

  private GradientUpdater<?> updater(String name, INDArray array) {
    long size = config().getUpdater().stateSize(array.length());
    INDArray view = size == 0 ? null : Nd4j.zeros(array.dataType(), 1, size);
    GradientUpdater<?> updater = config().getUpdater().instantiate(view, false);
    if (view != null) {
      updater.setStateViewArray(view, array.shape(), 'c', true);
      moments.put(name, view);
    }
    return updater;
  }

  private TrainingConfig config() {
    return Objects.requireNonNull(graph.getTrainingConfig());
  }

  private At at() {
    return At.builder()
        .epoch(config().getEpochCount())
        .iteration(config().getIterationCount())
        .javaThreadNum(Thread.currentThread().getId())
        .operation(Operation.TRAINING)
        .build();
  }

  /** What listens, but for the gates' own listener, which has nothing to take back here. */
  private List<Listener> listeners() {
    return graph.getListeners().stream()
        .filter(l -> l.isActive(Operation.TRAINING) && !(l instanceof GateTraining))
        .toList();
  }

  void startEpoch() {
    listeners().forEach(listener -> listener.epochStart(graph, at()));
  }

  void endEpoch() {
    Loss loss = ofEpoch;
    LossCurve curve = new LossCurve(loss == null ? List.of() : List.of(loss.div(done)));
    listeners().forEach(listener -> listener.epochEnd(graph, at(), curve, 0));
    ofEpoch = null;
    done = 0;
    config().incrementEpochCount();
  }

  /**
   * One step.
   *
   * @return the loss before it, with all penalties
   */
  double step(MultiDataSet batch, Map<String, INDArray> placeholders) {
    At at = at();
    List<Listener> listeners = listeners();
    listeners.forEach(listener -> listener.iterationStart(graph, at, batch, 0));
    List<String> losses = SameDiffGates.losses(graph);
    var result = graph.calculateGradientsAndOutputs(placeholders, losses, variables.keySet());
    double[] values = new double[losses.size()];
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      INDArray loss = Objects.requireNonNull(result.getOutputs().get(losses.get(i)));
      values[i] = loss.sumNumber().doubleValue();
      sum += values[i];
    }
    for (Map.Entry<String, SDVariable> variable : variables.entrySet()) {
      INDArray gradient = result.getGradients().get(variable.getKey());
      if (gradient != null) {
        sum += update(variable.getKey(), variable.getValue().getArr(), gradient, at, listeners);
      }
    }
    if (gates != null) {
      gates.bound(graph);
    }
    Loss loss = new Loss(losses, values);
    ofEpoch = ofEpoch == null ? loss : Loss.add(ofEpoch, loss);
    done++;
    listeners.forEach(listener -> listener.iterationDone(graph, at, batch, loss));
    config().incrementIterationCount();
    return sum;
  }

  /** Moves a variable; what its regularization adds to the loss. */
  private double update(
      String name, INDArray array, INDArray gradient, At at, List<Listener> listeners) {
    boolean alpha = gates != null && gates.isAlpha(name);
    INDArray update = gradient.dup('c'); // An updater would write into a copy of another order.
    double penalty = alpha ? 0 : regularize(ApplyStep.BEFORE_UPDATER, array, update, at);
    Objects.requireNonNull(updaters.get(name)).applyUpdater(update, at.iteration(), at.epoch());
    penalty += alpha ? 0 : regularize(ApplyStep.POST_UPDATER, array, update, at);
    if (gates != null && alpha) {
      update.muli(gates.rate());
    }
    Variable variable = Objects.requireNonNull(graph.getVariables().get(name));
    listeners.forEach(listener -> listener.preUpdate(graph, at, variable, update));
    if (config().isMinimize()) {
      array.subi(update);
    } else {
      array.addi(update);
    }
    return penalty;
  }

  private double regularize(ApplyStep step, INDArray array, INDArray update, At at) {
    double score = 0;
    TrainingConfig config = config();
    for (Regularization each : GateTraining.all(config)) {
      if (each.applyStep() == step) {
        double rate =
            config.getUpdater().hasLearningRate()
                ? config.getUpdater().getLearningRate(at.iteration(), at.epoch())
                : 1;
        score += each.score(array, at.iteration(), at.epoch());
        each.apply(array, update, rate, at.iteration(), at.epoch());
      }
    }
    return score;
  }

  void write(DataOutputStream stream) throws IOException {
    stream.writeInt(moments.size());
    for (Map.Entry<String, INDArray> moment : moments.entrySet()) {
      stream.writeUTF(moment.getKey());
      Nd4j.write(moment.getValue(), stream);
    }
  }

  /** Takes the moments that were written. */
  void read(DataInputStream stream) throws IOException {
    int count = stream.readInt();
    for (int i = 0; i < count; i++) {
      String name = stream.readUTF();
      INDArray moment = moments.get(name);
      INDArray read = Nd4j.read(stream);
      if (moment == null || moment.length() != read.length()) {
        throw new IOException("there are moments of '%s', which has none".formatted(name));
      }
      moment.assign(read);
    }
  }
}
