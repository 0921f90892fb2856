package io.github.dl4jbnfold.layers;

import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Keeps the α of a {@link GateLayer} in [0, 1]: after each update, as DL4J applies constraints. */
public final class GateBounds implements LayerConstraint {
  private static final long serialVersionUID = 1;

  @Override
  public void applyConstraint(Layer layer, int iteration, int epoch) {
    INDArray alpha = layer.paramTable().get(GateLayer.ALPHA);
    if (alpha != null) {
      double value = alpha.getDouble(0);
      if (value < 0 || value > 1) {
        alpha.putScalar(0, value < 0 ? 0 : 1);
      }
    }
  }

  /** It concerns α alone. */
  @Override
  public void setParams(Set<String> keys) {
    // They are known.
  }

  @Override
  public Set<String> getParams() {
    return Set.of(GateLayer.ALPHA);
  }

  @Override
  public GateBounds clone() {
    return new GateBounds();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof GateBounds;
  }

  @Override
  public int hashCode() {
    return GateBounds.class.hashCode();
  }
}
