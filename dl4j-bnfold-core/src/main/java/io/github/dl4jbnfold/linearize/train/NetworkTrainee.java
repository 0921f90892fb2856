package io.github.dl4jbnfold.linearize.train;

import io.github.dl4jbnfold.layers.GateLayer;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.IUpdater;

/** A MultiLayerNetwork or ComputationGraph in training. */
final class NetworkTrainee<M extends Model> implements Trainee<M> {
  private final M network;
  private final SourceNetwork source;
  private final SortedMap<String, INDArray> gates;

  /**
   * A network in training.
   *
   * @throws TrainingException if it is neither of the two
   */
  NetworkTrainee(M network) {
    this.network = network;
    source = Networks.source(network);
    gates = gates(source);
  }

  /**
   * A network of a class that the compiler does not know.
   *
   * @throws TrainingException if it is no network of DL4J
   */
  @SuppressWarnings("unchecked") // M is the class of an instance of Model.
  static <M> Trainee<M> of(M network) {
    if (network instanceof Model model) {
      return (Trainee<M>) new NetworkTrainee<>(model);
    }
    throw Networks.neither(network);
  }

  /** Where the α of the gates are, by the names of their steps. */
  private static SortedMap<String, INDArray> gates(SourceNetwork network) {
    SortedMap<String, INDArray> views = new TreeMap<>();
    for (Step step : network.structure().steps()) {
      if (step.layer() instanceof GateLayer) {
        views.put(step.name(), network.parameters(step.name()).get(GateLayer.ALPHA));
      }
    }
    return views;
  }

  @Override
  public M network() {
    return network;
  }

  @Override
  public String kind() {
    return network.getClass().getSimpleName();
  }

  @Override
  public Trainee<M> with(M other) {
    return new NetworkTrainee<>(other);
  }

  @Override
  public String fingerprint() {
    INDArray parameters = network.params();
    return Fingerprint.of(kind(), parameters == null ? List.of() : List.of(parameters));
  }

  @Override
  public List<INDArray> outputs(List<INDArray> features, @Nullable List<@Nullable INDArray> masks) {
    boolean masked = masks != null && masks.stream().anyMatch(mask -> mask != null);
    return source.outputs(features, masked ? masks : null);
  }

  @Override
  public double loss(MultiDataSet batch) {
    return Networks.loss(network, batch);
  }

  @Override
  public List<LabelKind> labels() {
    return Losses.of(network).values().stream()
        .map(loss -> Losses.isOfClasses(loss) ? LabelKind.ONE_HOT : LabelKind.NUMBERS)
        .toList();
  }

  @Override
  public void requireAffineLosses() {
    Losses.of(network)
        .forEach(
            (output, loss) -> {
              if (!Losses.isAffine(loss)) {
                throw new TrainingException(
                    ("The loss of the output '%s' is no cross-entropy and no squared error, so"
                            + " labels of a teacher cannot be mixed in. Maybe train without.")
                        .formatted(output));
              }
            });
  }

  @Override
  public Trainee<M> restarted(IUpdater updater) {
    return new NetworkTrainee<>(Updaters.restarted(network, updater, (name, layer) -> {}));
  }

  @Override
  public Trainee<M> restarted(IUpdater updater, GatePlan plan) {
    IUpdater ofGates = Updaters.scaled(updater, plan.rateFactor());
    SortedSet<String> trained = new TreeSet<>();
    M copy =
        Updaters.restarted(
            network,
            updater,
            (name, configuration) -> {
              if (configuration.getLayer() instanceof GateLayer gate && !gate.frozen()) {
                configuration.setLayer(gate(gate, name, plan, ofGates));
                trained.add(name);
              }
            });
    plan.require(trained);
    NetworkTrainee<M> gated = new NetworkTrainee<>(copy);
    trained.forEach(name -> Objects.requireNonNull(gated.gates.get(name)).assign(plan.start()));
    return gated;
  }

  private static GateLayer gate(GateLayer gate, String name, GatePlan plan, IUpdater updater) {
    GateLayer other =
        new GateLayer.Builder()
            .activation(gate.activation())
            .start(plan.start())
            .line(gate.channelAxis(), gate.slope(), gate.shift())
            .penalty(plan.penalty(name).weight(), plan.power())
            .updater(updater)
            .build();
    other.setLayerName(gate.getLayerName());
    return other;
  }

  @Override
  public void listenAs(Trainee<M> other) {
    network.setListeners(Networks.listeners(other.network()));
  }

  @Override
  public void startEpoch() {
    Networks.startEpoch(network);
  }

  @Override
  public void endEpoch() {
    Networks.endEpoch(network);
  }

  @Override
  public double fit(MultiDataSet batch) {
    Networks.fit(network, batch);
    return network.score();
  }

  @Override
  public SortedMap<String, Double> alphas() {
    SortedMap<String, Double> alphas = new TreeMap<>();
    gates.forEach((name, alpha) -> alphas.put(name, alpha.getDouble(0)));
    return Collections.unmodifiableSortedMap(alphas);
  }

  @Override
  public INDArray parameters() {
    return network.params();
  }

  @Override
  public void assign(INDArray parameters) {
    network.params().assign(parameters);
  }

  @Override
  public void write(OutputStream stream) throws IOException {
    ModelSerializer.writeModel(network, stream, true);
  }

  @Override
  @SuppressWarnings("unchecked") // A network of the class of this one.
  public Trainee<M> read(InputStream stream) throws IOException {
    Model read =
        network instanceof ComputationGraph
            ? ModelSerializer.restoreComputationGraph(stream, true)
            : ModelSerializer.restoreMultiLayerNetwork(stream, true);
    return new NetworkTrainee<>((M) read);
  }
}
