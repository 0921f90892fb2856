package io.github.dl4jbnfold.linearize.train;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * What is trained, as the phases of a training see it: one step, outputs, gates, and all that a
 * checkpoint has to hold. Deeplearning4j's networks and SameDiff graphs have an implementation
 * each; what a training does with them is written once.
 *
 * @param <M> the class of the networks
 */
public interface Trainee<M> {
  /** The network itself. */
  M network();

  /** The name of its class, by which checkpoints tell what they hold. */
  String kind();

  /** Another network with the same inputs and outputs. */
  Trainee<M> with(M other);

  /** What tells it apart from other networks: of its structure and parameters, as digits. */
  String fingerprint();

  /**
   * The outputs at inference that labels are compared with, in their order.
   *
   * @param features one array for each input
   * @param masks one for each input, null for none; null for none at all
   */
  List<INDArray> outputs(List<INDArray> features, @Nullable List<@Nullable INDArray> masks);

  /** The loss of a batch at inference, penalties left out. */
  double loss(MultiDataSet batch);

  /** What its losses ask the labels to be, one for each output. */
  List<LabelKind> labels();

  /**
   * Refuses losses for which mixed labels are not mixed losses.
   *
   * @throws TrainingException if the gradient of a loss is not affine in the label
   */
  void requireAffineLosses();

  /**
   * A copy at the beginning of a training: no moments yet, counts of 0.
   *
   * @param updater of all weights
   */
  Trainee<M> restarted(IUpdater updater);

  /**
   * A copy at the beginning of a training with gates, which it has.
   *
   * @param updater of the weights
   * @throws TrainingException if it has no gates that are trained, or not those that have costs
   */
  Trainee<M> restarted(IUpdater updater, GatePlan gates);

  /** Has the listeners of another one from now on. */
  void listenAs(Trainee<M> other);

  /** An epoch begins. */
  void startEpoch();

  /** An epoch has ended. */
  void endEpoch();

  /**
   * One step.
   *
   * @return the loss before it, with penalties
   */
  double fit(MultiDataSet batch);

  /** The α of the gates by their names. */
  SortedMap<String, Double> alphas();

  /** All that is trained, in one array, which may be a view. */
  INDArray parameters();

  /** Goes back to such parameters. */
  void assign(INDArray parameters);

  /** Writes the network with its moments and counts; the stream stays open. */
  void write(OutputStream stream) throws IOException;

  /** Reads a network of this kind as it was written. */
  Trainee<M> read(InputStream stream) throws IOException;
}
