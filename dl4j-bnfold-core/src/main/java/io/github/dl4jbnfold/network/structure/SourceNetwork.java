package io.github.dl4jbnfold.network.structure;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network of one of DL4J's two classes. */
public sealed interface SourceNetwork permits GraphNetwork, LayerNetwork {
  Structure structure();

  DataType dataType();

  /** The parameters of a step by their keys ("W", "b"): views, to be read only. */
  Map<String, INDArray> parameters(String step);

  /**
   * What each step and each input is at inference. The arrays may be overwritten by the next run.
   *
   * @param inputs in the order of {@link Structure#inputs()}
   */
  Map<String, INDArray> activations(List<INDArray> inputs);

  /**
   * The outputs at inference, in the order of {@link Structure#outputs()}.
   *
   * @param masks one for each input, null for none; null for none at all
   */
  List<INDArray> outputs(List<INDArray> inputs, @Nullable List<@Nullable INDArray> masks);

  /**
   * A network of the same class and training configuration with another structure, its parameters
   * still 0.
   */
  SourceNetwork rebuilt(Structure other);

  /** The same network with another structure that needs the same parameters, which both share. */
  SourceNetwork sharing(Structure other);

  /**
   * Whether a layer that writes into the array that it reads, as activations do at inference,
   * changes what other steps read of it: with workspaces it gets a copy.
   */
  boolean sharesArrays();

  /** Whether its outputs are known by the names of their steps. */
  boolean namesOutputs();

  /** The step that a layer or vertex is. */
  String nameOf(Trainable part);

  /**
   * What holds the state of the training.
   *
   * @param create whether it is made if there is none yet
   */
  @Nullable BaseMultiLayerUpdater<?> updater(boolean create);

  /** The network itself. */
  Model model();
}
