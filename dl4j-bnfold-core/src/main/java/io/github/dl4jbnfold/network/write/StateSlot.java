package io.github.dl4jbnfold.network.write;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * What an updater remembers of each parameter, and what becomes of it where the parameter is
 * multiplied by f: its gradients are divided by f.
 */
enum StateSlot {
  /** An average of gradients: divided by f. */
  GRADIENT,
  /** The largest magnitude of gradients: divided by |f|. */
  MAGNITUDE,
  /** An average or a sum of squared gradients: divided by f². */
  SQUARE,
  /** An average of squared steps: multiplied by f². */
  STEP;

  /** In the order in which each updater lays out its slots. */
  private static final Map<Class<? extends IUpdater>, List<StateSlot>> OF =
      Map.of(
          Adam.class, List.of(GRADIENT, SQUARE),
          AMSGrad.class, List.of(GRADIENT, SQUARE, SQUARE),
          Nadam.class, List.of(GRADIENT, SQUARE),
          AdaMax.class, List.of(GRADIENT, MAGNITUDE),
          AdaBelief.class, List.of(GRADIENT, SQUARE),
          AdaDelta.class, List.of(SQUARE, STEP),
          AdaGrad.class, List.of(SQUARE),
          RmsProp.class, List.of(SQUARE),
          Nesterovs.class, List.of(GRADIENT));

  /** The slots of a class of updaters; none if it is unknown. */
  static List<StateSlot> of(Class<?> updater) {
    return OF.getOrDefault(updater, List.of());
  }

  /**
   * The state of parameters that were multiplied.
   *
   * @param state is overwritten, and given back
   * @param factor f, nowhere 0
   */
  INDArray carried(INDArray state, INDArray factor) {
    return switch (this) {
      case GRADIENT -> state.divi(factor);
      case MAGNITUDE -> Transforms.abs(state.divi(factor), false);
      case SQUARE -> state.divi(factor).divi(factor);
      case STEP -> state.muli(factor).muli(factor);
    };
  }

  /**
   * The same where the factor may be 0.
   *
   * @param start what an updater starts with, and starts with again where the factor is 0: the past
   *     says nothing there
   */
  INDArray carried(INDArray state, INDArray factor, INDArray start) {
    INDArray dead = factor.eq(0).castTo(DataType.DOUBLE);
    return carried(state, factor.add(dead)).muli(dead.rsub(1)).addi(dead.mul(start));
  }
}
