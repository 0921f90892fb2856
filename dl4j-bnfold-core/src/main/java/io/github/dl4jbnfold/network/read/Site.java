package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.graph.Linear.BiasSlot;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.graph.Refusal;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.ZeroPadding;
import io.github.dl4jbnfold.network.read.Binding.ActivationBinding;
import io.github.dl4jbnfold.network.read.Binding.Positions;
import io.github.dl4jbnfold.network.structure.Step;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer that is being read: what it reads, what it writes. What it computes in several stages
 * (linear part, activation, mask) becomes several operators.
 *
 * @param input the array that the layer reads, behind its preprocessor
 */
record Site(Step step, Layer layer, String input, Reading reading) {
  private static final String BEFORE_ACTIVATION = " before activation";
  private static final String BEFORE_MASK = " before mask";

  String name() {
    return step.name();
  }

  long[] in() {
    return reading.shape(input);
  }

  long[] out() {
    return reading.shape(name());
  }

  Map<String, INDArray> parameters() {
    return reading.network().parameters(name());
  }

  INDArray parameter(String key) {
    return Objects.requireNonNull(parameters().get(key));
  }

  /** Where a bias is, or could be. */
  BiasSlot biasSlot(String key) {
    return parameters().containsKey(key) ? BiasSlot.PRESENT : BiasSlot.OPEN;
  }

  /** What the layer reads, with an axis as its channels. */
  Tensor read(int axis) {
    return reading.draft().input(input, Layout.ofAxis(in(), axis));
  }

  /** What the layer writes, where it is one operator, with an axis as its channels. */
  Tensor write(int axis) {
    return reading.draft().output(name(), Layout.ofAxis(out(), axis));
  }

  /** What the layer writes in the first of its stages. */
  Tensor write(int axis, IActivation activation, boolean masks) {
    String target = isIdentity(activation) ? beforeMask(masks) : name() + BEFORE_ACTIVATION;
    return reading.draft().output(target, Layout.ofAxis(out(), axis));
  }

  /**
   * Reads the stages behind the first.
   *
   * @param masks whether the layer sets to 0 what a mask of its input names
   */
  void finish(int axis, IActivation activation, boolean masks) {
    Layout layout = Layout.ofAxis(out(), axis);
    if (!isIdentity(activation)) {
      activate(name() + BEFORE_ACTIVATION, beforeMask(masks), layout, activation, true);
    }
    if (isMasked(masks)) {
      mask(layout);
    }
  }

  private boolean isMasked(boolean masks) {
    return masks && reading.maskable();
  }

  private String beforeMask(boolean masks) {
    return isMasked(masks) ? name() + BEFORE_MASK : name();
  }

  /** Reads a layer that is an activation and nothing else. */
  void activate(Layout layout, IActivation activation, boolean masks) {
    activate(input, beforeMask(masks), layout, activation, false);
    if (isMasked(masks)) {
      mask(layout);
    }
  }

  /** Reads an activation between two arrays of the shape that the layer writes. */
  private void activate(
      String from, String to, Layout layout, IActivation activation, boolean inside) {
    if (!Activations.isKnown(activation)) {
      reading.draft().fix(from, name(), activation.toString());
      reading.draft().writtenByWall(to, activation.toString());
      return;
    }
    Tensor x = reading.draft().input(from, layout);
    Tensor y = reading.draft().output(to, layout);
    Operator operator = Activations.operator(name(), activation, x, y);
    int axis = layout.axisIn(out());
    if (axis < 0 || isBound(inside, !to.equals(name()))) {
      reading.add(Reading.irreplaceable(operator));
    } else {
      reading.add(reading.offered(operator), new ActivationBinding(step, inside, axis));
    }
  }

  /**
   * Whether nothing else can stand in the place of the activation: it is a part of a loss, or of a
   * layer that does something behind it or whose output is known by its name.
   */
  private boolean isBound(boolean inside, boolean masked) {
    boolean loss =
        layer instanceof BaseOutputLayer
            || layer instanceof LossLayer
            || layer instanceof CnnLossLayer
            || layer instanceof Cnn3DLossLayer
            || layer instanceof RnnLossLayer;
    boolean output = reading.network().structure().outputs().contains(name());
    return loss || (inside && (masked || output));
  }

  /**
   * Whether a map may be added behind the layer; an output that is known by its name is no more.
   */
  boolean mayHaveMapBehind() {
    boolean named =
        reading.network().namesOutputs()
            && reading.network().structure().outputs().contains(name());
    return !reading.portable() && !named;
  }

  /** What the layer reads, with an axis as its channels. */
  Positions positions(int axis) {
    return new Positions(Arrays.stream(in()).boxed().toList(), axis);
  }

  /** Masked positions are 0, whatever the layer computed there. */
  private void mask(Layout layout) {
    Tensor x = reading.draft().input(name() + BEFORE_MASK, layout);
    Tensor y = reading.draft().output(name(), layout);
    reading.add(new ZeroPadding(name(), "mask", x, y));
  }

  /** The layer is a batch normalization that is no candidate. */
  void refuse(Reason reason, String detail, String remedy) {
    reading.draft().refuse(new Refusal(name(), reason, detail, remedy));
    wall();
  }

  /** The layer is an operator that no gauge passes. */
  void wall() {
    String kind = layer.getClass().getSimpleName();
    reading.draft().fix(input, name(), kind);
    reading.draft().writtenByWall(name(), kind);
  }

  private static boolean isIdentity(IActivation activation) {
    return activation instanceof ActivationIdentity;
  }
}
