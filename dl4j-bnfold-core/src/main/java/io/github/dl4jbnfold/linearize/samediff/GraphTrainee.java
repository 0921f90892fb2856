package io.github.dl4jbnfold.linearize.samediff;

import io.github.dl4jbnfold.layers.GatePenalty;
import io.github.dl4jbnfold.linearize.train.Fingerprint;
import io.github.dl4jbnfold.linearize.train.GatePlan;
import io.github.dl4jbnfold.linearize.train.LabelKind;
import io.github.dl4jbnfold.linearize.train.Trainee;
import io.github.dl4jbnfold.linearize.train.TrainingException;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.verify.FoldingException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.listeners.Listener;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * A SameDiff graph in training. Its {@link TrainingConfig} says which placeholders are features and
 * labels, and how variables are regularized; its loss variables are what is minimized.
 */
public final class GraphTrainee implements Trainee<SameDiff> {
  private final SameDiff graph;
  private final List<String> outputs;
  private final GraphInputs inputs;
  private final SortedMap<String, String> alphas = new TreeMap<>();

  /** Made when it is first needed: a teacher has no moments. */
  private @Nullable GraphSteps steps;

  private GraphTrainee(SameDiff graph, List<String> outputs) {
    this.graph = graph;
    this.outputs = List.copyOf(outputs);
    inputs = new GraphInputs(graph);
    GateReader.gates(graph).forEach((name, gate) -> alphas.put(name, gate.alpha()));
  }

  /**
   * A graph in training; it is trained itself.
   *
   * @param outputs the variables that labels are compared with, one for each label of the training
   *     configuration, in its order: probabilities, if a teacher's are to be mixed in
   * @throws FoldingException if the graph has no training configuration, no loss, nothing to train,
   *     or no such variables
   */
  public static GraphTrainee of(SameDiff graph, List<String> outputs) {
    List<String> labels = new GraphInputs(graph).labels();
    if (outputs.size() < labels.size() || outputs.isEmpty()) {
      throw new TrainingException(
          "The labels %s are compared with as many outputs, but these are %s. Maybe state the outputs."
              .formatted(labels, outputs));
    }
    for (String output : outputs) {
      if (!graph.hasVariable(output)) {
        throw new TrainingException("The graph has no output '%s'.".formatted(output));
      }
    }
    if (GraphSteps.variables(graph).isEmpty()) {
      throw new TrainingException(
          "The graph has constants only. Maybe make variables of them"
              + " (SameDiff.convertConstantsToVariables).");
    }
    SameDiffGates.losses(graph);
    return new GraphTrainee(graph, outputs.subList(0, Math.max(1, labels.size())));
  }

  @Override
  public SameDiff network() {
    return graph;
  }

  @Override
  public String kind() {
    return "SameDiff";
  }

  @Override
  public Trainee<SameDiff> with(SameDiff other) {
    return of(other, outputs);
  }

  @Override
  public String fingerprint() {
    StringBuilder structure = new StringBuilder(kind()).append(outputs);
    structure.append(inputs.features()).append(inputs.labels());
    for (SameDiffOp source : graph.getOps().values()) {
      Op op = Op.of(source);
      structure.append(op.type()).append(op.inputs()).append(op.outputs());
      structure.append(Arrays.toString(op.integers())).append(Arrays.toString(op.reals()));
    }
    List<INDArray> arrays = new ArrayList<>();
    for (SDVariable variable : graph.variables()) {
      VariableType type = variable.getVariableType();
      boolean stored = type == VariableType.VARIABLE || type == VariableType.CONSTANT;
      if (stored && variable.dataType() != DataType.UTF8) {
        structure.append(variable.name());
        arrays.add(variable.getArr());
      }
    }
    return Fingerprint.of(structure.toString(), arrays);
  }

  @Override
  public List<INDArray> outputs(List<INDArray> features, @Nullable List<@Nullable INDArray> masks) {
    Map<String, INDArray> results = graph.output(inputs.of(features, masks), outputs);
    return outputs.stream().map(name -> Objects.requireNonNull(results.get(name))).toList();
  }

  @Override
  public double loss(MultiDataSet batch) {
    return graph.output(inputs.of(batch), losses()).values().stream()
        .mapToDouble(loss -> loss.sumNumber().doubleValue())
        .sum();
  }

  /** What is minimized, but for what gates pay. */
  private List<String> losses() {
    List<String> losses = new ArrayList<>(SameDiffGates.losses(graph));
    losses.removeAll(SameDiffConversion.penalties(graph));
    return losses;
  }

  @Override
  public List<LabelKind> labels() {
    GraphLosses losses = new GraphLosses(graph, losses());
    return inputs.labels().stream().map(losses::kind).toList();
  }

  @Override
  public void requireAffineLosses() {
    List<String> labels = inputs.labels();
    new GraphLosses(graph, losses())
        .bent(labels)
        .ifPresent(
            op -> {
              throw new TrainingException(
                  ("What the loss makes of labels (%s, '%s') is no cross-entropy and no squared"
                       + " error, so labels of a teacher cannot be mixed in. Maybe train without.")
                      .formatted(op.type(), op.label()));
            });
  }

  @Override
  public GraphTrainee restarted(IUpdater updater) {
    SameDiff copy = copy(bytes());
    TrainingConfig own = Objects.requireNonNull(copy.getTrainingConfig());
    own.setUpdater(updater.clone());
    own.setIterationCount(0);
    own.setEpochCount(0);
    copy.setLossVariables(SameDiffGates.losses(copy).toArray(String[]::new));
    GateTraining training = GateTraining.of(graph);
    SameDiffGates.of(copy, training == null ? 1 : training.rate());
    GraphTrainee restarted = new GraphTrainee(copy, outputs);
    restarted.listenAs(this);
    return restarted;
  }

  @Override
  public Trainee<SameDiff> restarted(IUpdater updater, GatePlan plan) {
    if (!inputs.config().isMinimize()) {
      throw new TrainingException(
          "The graph maximizes its loss, and what gates pay with it. Maybe negate the loss.");
    }
    SameDiff copy = restarted(updater).graph;
    SameDiffGates gates = SameDiffGates.of(copy, plan.rateFactor());
    Map<String, GatePenalty> penalties = new TreeMap<>();
    gates.gates().keySet().stream()
        .filter(gates::isTrained)
        .forEach(name -> penalties.put(name, plan.penalty(name)));
    plan.require(penalties.keySet());
    gates.start(plan.start());
    SameDiffGates.penalize(copy, penalties);
    return new GraphTrainee(copy, outputs);
  }

  @Override
  public void listenAs(Trainee<SameDiff> other) {
    List<Listener> listeners = new ArrayList<>(graph.getListeners());
    listeners.removeIf(listener -> !(listener instanceof GateTraining));
    other.network().getListeners().stream()
        .filter(listener -> !(listener instanceof GateTraining))
        .forEach(listeners::add);
    graph.setListeners(listeners);
  }

  private GraphSteps steps() {
    GraphSteps known = steps;
    if (known == null) {
      known = new GraphSteps(graph);
      steps = known;
    }
    return known;
  }

  @Override
  public void startEpoch() {
    steps().startEpoch();
  }

  @Override
  public void endEpoch() {
    steps().endEpoch();
  }

  @Override
  public double fit(MultiDataSet batch) {
    return steps().step(batch, inputs.of(batch));
  }

  @Override
  public SortedMap<String, Double> alphas() {
    SortedMap<String, Double> values = new TreeMap<>();
    alphas.forEach(
        (name, alpha) -> values.put(name, graph.getVariable(alpha).getArr().getDouble(0)));
    return Collections.unmodifiableSortedMap(values);
  }

  @Override
  public INDArray parameters() {
    List<INDArray> arrays = arrays();
    DataType type =
        arrays.stream().anyMatch(array -> array.dataType() == DataType.DOUBLE)
            ? DataType.DOUBLE
            : DataType.FLOAT;
    INDArray all =
        Nd4j.createUninitialized(type, arrays.stream().mapToLong(INDArray::length).sum());
    long start = 0;
    for (INDArray array : arrays) {
      part(all, start, array.length()).assign(array.reshape('c', new long[] {array.length()}));
      start += array.length();
    }
    return all;
  }

  @Override
  public void assign(INDArray parameters) {
    long start = 0;
    for (INDArray array : arrays()) {
      array.assign(part(parameters, start, array.length()).reshape('c', array.shape()));
      start += array.length();
    }
  }

  private List<INDArray> arrays() {
    return GraphSteps.variables(graph).values().stream().map(SDVariable::getArr).toList();
  }

  private static INDArray part(INDArray all, long start, long length) {
    return all.get(NDArrayIndex.interval(start, start + length));
  }

  private byte[] bytes() {
    ByteBuffer buffer = graph.asFlatBuffers(false);
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static SameDiff copy(byte[] bytes) {
    try {
      return SameDiff.fromFlatBuffers(ByteBuffer.wrap(bytes), false);
    } catch (IOException e) {
      throw new TrainingException("The graph cannot be copied: " + e.getMessage(), e);
    }
  }

  @Override
  public void write(OutputStream stream) throws IOException {
    byte[] bytes = bytes();
    GateTraining training = GateTraining.of(graph);
    DataOutputStream data = new DataOutputStream(stream);
    data.writeInt(bytes.length);
    data.write(bytes);
    data.writeDouble(training == null ? 1 : training.rate());
    steps().write(data);
    data.flush();
  }

  @Override
  public Trainee<SameDiff> read(InputStream stream) throws IOException {
    DataInputStream data = new DataInputStream(stream);
    byte[] bytes = data.readNBytes(data.readInt());
    SameDiff read = copy(bytes);
    SameDiffGates.of(read, data.readDouble());
    GraphTrainee trainee = new GraphTrainee(read, outputs);
    trainee.steps().read(data);
    return trainee;
  }
}
