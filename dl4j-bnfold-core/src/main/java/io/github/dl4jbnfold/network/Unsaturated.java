package io.github.dl4jbnfold.network;

import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.network.structure.Structure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationTanH;

/** A network without the activations at its end that saturate; it shares the parameters. */
public final class Unsaturated {
  private Unsaturated() {}

  /** Empty where nothing at the end saturates. */
  public static Optional<SourceNetwork> of(SourceNetwork network) {
    Structure structure = network.structure();
    // This layer overwrites the parameters that it is given when it is made.
    if (structure.steps().stream().anyMatch(step -> step.layer() instanceof OCNNOutputLayer)) {
      return Optional.empty();
    }
    List<Step> steps = new ArrayList<>();
    boolean changed = false;
    for (Step step : structure.steps()) {
      boolean saturates = structure.outputs().contains(step.name()) && saturates(step);
      changed |= saturates;
      steps.add(saturates ? plain(step) : step);
    }
    return changed
        ? Optional.of(
            network.sharing(new Structure(structure.inputs(), steps, structure.outputs())))
        : Optional.empty();
  }

  private static boolean saturates(Step step) {
    if (!(step.layer() instanceof BaseOutputLayer) && !(step.layer() instanceof LossLayer)) {
      return false;
    }
    IActivation activation = ((BaseLayer) step.layer()).getActivationFn();
    return activation instanceof ActivationSoftmax
        || activation instanceof ActivationSigmoid
        || activation instanceof ActivationTanH;
  }

  private static Step plain(Step step) {
    Step copy = step.copy();
    if (copy.layer() instanceof BaseLayer layer) {
      layer.setActivationFn(new ActivationIdentity());
    }
    return copy;
  }
}
