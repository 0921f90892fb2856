package io.github.dl4jbnfold.network.write;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.layers.ClampLayer;
import io.github.dl4jbnfold.layers.MapLayer;
import io.github.dl4jbnfold.layers.PadValueLayer;
import io.github.dl4jbnfold.network.read.Binding.ActivationBinding;
import io.github.dl4jbnfold.network.read.Binding.PaddingBinding;
import io.github.dl4jbnfold.network.read.Binding.Positions;
import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.rewrite.Clamp;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPadding3DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Puts layers of this project where plain ones demand too much. Theory, sections 3 and 4. */
final class RepairLayers {
  private final NetworkEdit edit;

  /** The steps that have become the activations of others, by the names of those. */
  private final Map<String, String> activations = new HashMap<>();

  RepairLayers(NetworkEdit edit) {
    this.edit = edit;
  }

  /** An activation becomes a clamp. */
  void clamp(ActivationBinding binding, Clamp clamp) {
    String name = binding.step().name();
    edit.replaceLayer(
        binding.inside() ? activation(name) : name, layer(clamp, binding.channelAxis()));
  }

  private static ClampLayer layer(Clamp clamp, int channelAxis) {
    ClampLayer.Builder builder = new ClampLayer.Builder().channelAxis(channelAxis);
    Clamp.Bound lower = clamp.lower();
    Clamp.Bound upper = clamp.upper();
    if (lower != null && lower.slope() != null) {
      builder.lower(lower.slope(), lower.offset());
    } else if (lower != null) {
      builder.lower(lower.offset());
    }
    if (upper != null && upper.slope() != null) {
      builder.upper(upper.slope(), upper.offset());
    } else if (upper != null) {
      builder.upper(upper.offset());
    }
    return builder.build();
  }

  /**
   * A map is added to what a layer computes, before its activation.
   *
   * @param map [1, …], in float64
   */
  void add(String name, INDArray map) {
    if (!(InnerActivation.of(edit.layer(name)) instanceof ActivationIdentity)) {
      activation(name);
    }
    long[] shape = Arrays.copyOfRange(map.shape(), 1, map.rank());
    String step = edit.insertBehind(name, "map", new MapLayer(shape));
    INDArray values = map.dup('c').reshape(map.length());
    edit.set(step, MapLayer.MAP, new NewParameter(values, null));
  }

  /** Makes the activation inside a layer a step of its own. */
  private String activation(String name) {
    return activations.computeIfAbsent(
        name,
        n -> {
          IActivation inner = InnerActivation.of(edit.layer(n));
          edit.configure(n, InnerActivation::remove);
          return edit.insertBehind(n, "activation", new ActivationLayer(inner));
        });
  }

  /** Pads with the shift; where an average counts zeros, c·(1 − its answer to 1) is added. */
  void pad(PaddingBinding binding, Gauge gauge) {
    Step step = binding.step();
    Positions pooled = binding.pooled();
    if (pooled == null) {
      int[] padding = padding(Objects.requireNonNull(step.layer()));
      edit.replaceLayer(
          step.name(), new PadValueLayer(binding.channelAxis(), padding, gauge.shift()));
      return;
    }
    double[] ones = new double[gauge.channels()];
    Arrays.fill(ones, 1);
    INDArray counted = LayerResponse.of(step, Map.of(), List.of(), pooled, ones);
    long[] vector = LayerResponse.channelShape(counted.rank(), pooled, ones.length);
    add(step.name(), counted.rsub(1).mul(Nd4j.createFromArray(gauge.shift()).reshape(vector)));
  }

  private static int[] padding(Layer layer) {
    if (layer instanceof ZeroPaddingLayer image) {
      return image.getPadding();
    } else if (layer instanceof ZeroPadding1DLayer sequence) {
      return sequence.getPadding();
    }
    return ((ZeroPadding3DLayer) layer).getPadding();
  }
}
