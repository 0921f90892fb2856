package io.github.dl4jbnfold.linearize.train;

import io.github.dl4jbnfold.network.structure.Structure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossKLD;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;

/** The losses of a network. */
final class Losses {
  private static final Set<Class<?>> AFFINE =
      Set.of(
          LossMCXENT.class,
          LossNegativeLogLikelihood.class,
          LossBinaryXENT.class,
          LossKLD.class,
          LossL2.class,
          LossMSE.class);

  private Losses() {}

  /** The loss of each output, in order; null for one that is not known. */
  static Map<String, @Nullable ILossFunction> of(Model network) {
    Structure structure = Networks.source(network).structure();
    Map<String, @Nullable ILossFunction> losses = new LinkedHashMap<>();
    for (String output : structure.outputs()) {
      losses.put(output, loss(structure.step(output).layer()));
    }
    return losses;
  }

  private static @Nullable ILossFunction loss(@Nullable Layer layer) {
    if (layer instanceof CenterLossOutputLayer) {
      return null; // It has a second one, which asks for the class.
    } else if (layer instanceof BaseOutputLayer output) {
      return output.getLossFn();
    } else if (layer instanceof LossLayer loss) {
      return loss.getLossFn();
    } else if (layer instanceof RnnLossLayer loss) {
      return loss.getLossFn();
    } else if (layer instanceof CnnLossLayer loss) {
      return loss.getLossFn();
    }
    return layer instanceof Cnn3DLossLayer loss ? loss.getLossFn() : null;
  }

  /** Whether the gradient is an affine function of the label. */
  static boolean isAffine(@Nullable ILossFunction loss) {
    return loss != null && AFFINE.contains(loss.getClass());
  }

  /** Whether the labels are classes. */
  static boolean isOfClasses(@Nullable ILossFunction loss) {
    return loss instanceof LossMCXENT;
  }
}
