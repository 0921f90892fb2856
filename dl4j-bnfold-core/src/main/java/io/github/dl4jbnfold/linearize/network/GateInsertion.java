package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.layers.GateLayer;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.network.structure.Structure;
import io.github.dl4jbnfold.network.write.NetworkEdit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * Puts gates in the place of activations: a layer that is an activation becomes a gate, one that
 * hides in another layer gets a gate behind that layer.
 */
final class GateInsertion {
  /** The end of the name of a gate that was the activation of the layer before it. */
  static final String ROLE = "gate";

  private final SourceNetwork network;
  private final Structure structure;
  private final NetworkEdit edit;
  private final GateSettings settings;

  private GateInsertion(SourceNetwork network, GateSettings settings) {
    this.network = network;
    this.structure = network.structure();
    this.edit = new NetworkEdit(network, false);
    this.settings = settings;
  }

  /** A network with gates, and the names of the steps that they are. */
  record Gated(SourceNetwork network, List<String> gates) {}

  /** A network with gates, all α = 0, in the place of activations; the given one is not changed. */
  static Gated into(SourceNetwork network, GateSettings settings) {
    return new GateInsertion(network, settings).insert();
  }

  private Gated insert() {
    List<String> gates = new ArrayList<>();
    for (Step step : structure.steps()) {
      if (!isOutput(step) && settings.wanted().test(step.name())) {
        gate(step).ifPresent(gate -> gates.add(put(step, gate)));
      }
    }
    gates.forEach(name -> edit.set(name, GateLayer.ALPHA, Nd4j.zeros(DataType.DOUBLE, 1, 1)));
    return new Gated(gates.isEmpty() ? network : edit.build(), List.copyOf(gates));
  }

  /** The last activation belongs to the loss. */
  private boolean isOutput(Step step) {
    return structure.outputs().contains(step.name());
  }

  private String put(Step step, GateLayer gate) {
    if (step.layer() instanceof ActivationLayer) {
      edit.replaceLayer(step.name(), gate);
      return step.name();
    }
    edit.configure(step.name(), l -> ((BaseLayer) l).setActivationFn(new ActivationIdentity()));
    return edit.insertBehind(step.name(), ROLE, gate);
  }

  private Optional<GateLayer> gate(Step step) {
    return step.isPlain() ? activation(step.layer()).map(of -> gate(step, of)) : Optional.empty();
  }

  private GateLayer gate(Step step, IActivation activation) {
    return settings.gate(step.name(), activation, updater(step));
  }

  /** What a layer is, or hides, that a gate can take; empty if there is none. */
  private static Optional<IActivation> activation(@Nullable Layer layer) {
    IActivation activation = new ActivationIdentity();
    if (layer instanceof ActivationLayer alone) {
      activation = alone.getActivationFn();
    } else if (layer instanceof BaseLayer host && hides(layer)) {
      activation = host.getActivationFn();
    }
    boolean fits = !(activation instanceof ActivationIdentity) && GateLayer.canReplace(activation);
    return fits ? Optional.of(activation) : Optional.empty();
  }

  /** Layers that compute σ(W·x + b) and can compute W·x + b. */
  private static boolean hides(Layer layer) {
    Class<?> type = layer.getClass();
    return type == ConvolutionLayer.class
        || type == DepthwiseConvolution2D.class
        || type == SeparableConvolution2D.class
        || type == Convolution1DLayer.class
        || type == Convolution3D.class
        || type == DenseLayer.class;
  }

  /** Whether a layer computes its activation last and has none by now. */
  static boolean canHide(@Nullable Layer layer) {
    return layer != null
        && hides(layer)
        && ((BaseLayer) layer).getActivationFn() instanceof ActivationIdentity;
  }

  /** Whether nothing but one step reads another one, which is no output. */
  static boolean isReadOnlyBy(Structure structure, String read, String reader) {
    return !structure.outputs().contains(read)
        && structure.steps().stream()
            .allMatch(step -> step.name().equals(reader) || !step.inputs().contains(read));
  }

  /** The layer with weights that a step reads from, or another one of the network. */
  static BaseLayer trainedBefore(Structure structure, Step step) {
    Step at = step;
    while (at != null) {
      if (trains(at).isPresent()) {
        return (BaseLayer) Objects.requireNonNull(at.layer());
      }
      String before = at.inputs().get(0);
      at = structure.contains(before) ? structure.step(before) : null;
    }
    return structure.steps().stream()
        .filter(other -> trains(other).isPresent())
        .map(other -> (BaseLayer) Objects.requireNonNull(other.layer()))
        .findFirst()
        .orElseThrow();
  }

  /** What trains the weights that a step reads from, or others of the network. */
  private IUpdater updater(Step step) {
    Step at = step;
    while (at != null) {
      Optional<IUpdater> updater = trains(at);
      if (updater.isPresent()) {
        return updater.get();
      }
      String before = at.inputs().get(0);
      at = structure.contains(before) ? structure.step(before) : null;
    }
    return structure.steps().stream()
        .flatMap(other -> trains(other).stream())
        .findFirst()
        .orElseGet(Sgd::new);
  }

  private static Optional<IUpdater> trains(Step step) {
    return step.layer() instanceof BaseLayer layer && !(layer instanceof BatchNormalization)
        ? Optional.ofNullable(layer.getIUpdater())
        : Optional.empty();
  }
}
