package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.linearize.report.Reconstructed;
import io.github.dl4jbnfold.linearize.run.Merge;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Fits merged layers to what the layers in them computed while their activations were not linear:
 * min over W of ‖y − W∗x‖² as in channel pruning (He, Zhang, Sun, <i>Channel Pruning for
 * Accelerating Very Deep Neural Networks</i>, ICCV 2017, section 3.1), y from the network as it was
 * and x from the merged one, whose layers before are fitted already.
 */
public final class Reconstruction {
  private static final int CHUNK = 32;

  private final SourceNetwork reference;
  private final Conversion.Result converted;
  private final List<INDArray> inputs;

  private Reconstruction(
      SourceNetwork reference, Conversion.Result converted, List<INDArray> inputs) {
    this.reference = reference;
    this.converted = converted;
    this.inputs = inputs;
  }

  /**
   * Fits the layers of a converted network, whose parameters are changed.
   *
   * @param reference the network with its activations, whose steps bear the names that those of the
   *     converted one have
   * @param inputs one array for each input of the networks: a few hundred examples
   * @return what came of it, for those layers that could be fitted
   */
  public static List<Reconstructed> fit(
      SourceNetwork reference, Conversion.Result converted, List<INDArray> inputs) {
    Reconstruction reconstruction = new Reconstruction(reference, converted, inputs);
    Map<String, Merge> merges =
        converted.merges().stream()
            .collect(Collectors.toMap(merge -> merge.piece().output(), Function.identity()));
    List<Reconstructed> fitted = new ArrayList<>();
    for (Step step : converted.network().structure().steps()) {
      Merge merge = merges.get(step.name());
      if (merge != null && reconstruction.isLinear(step.name())) {
        fitted.add(reconstruction.fit(step, merge));
      }
    }
    return List.copyOf(fitted);
  }

  /** Whether the reference writes what the layer computes before its activation. */
  private boolean isLinear(String name) {
    return reference.structure().contains(name)
        && !(reference.structure().step(name).layer() instanceof BaseLayer layer
            && !(layer.getActivationFn() instanceof ActivationIdentity));
  }

  private Reconstructed fit(Step step, Merge merge) {
    FittedLayer layer =
        FittedLayer.of(
            merge,
            converted.channelAxis(merge),
            !(step.layer() instanceof ConvolutionLayer),
            converted.network().parameters(step.name()));
    LayerRegression regression = new LayerRegression(layer, inputs.get(0).size(0));
    for (long from = 0; from < inputs.get(0).size(0); from += CHUNK) {
      List<INDArray> chunk = chunk(from);
      INDArray x = read(step, converted.network().activations(copies(chunk)));
      INDArray y = reference.activations(copies(chunk)).get(step.name());
      regression.add(layer.channelsFirst(x), layer.channelsFirst(Objects.requireNonNull(y)));
    }
    return regression.solve(step.name());
  }

  private List<INDArray> chunk(long from) {
    long to = Math.min(from + CHUNK, inputs.get(0).size(0));
    return inputs.stream().map(input -> input.get(NDArrayIndex.interval(from, to))).toList();
  }

  private static List<INDArray> copies(List<INDArray> arrays) {
    return arrays.stream().map(INDArray::dup).toList();
  }

  /** What a layer reads, behind its preprocessor. */
  private static INDArray read(Step step, Map<String, INDArray> activations) {
    INDArray input = Objects.requireNonNull(activations.get(step.inputs().get(0)));
    InputPreProcessor preprocessor = step.preprocessor();
    return preprocessor == null
        ? input.dup()
        : preprocessor
            .preProcess(
                input.dup(),
                Math.toIntExact(input.size(0)),
                LayerWorkspaceMgr.noWorkspacesImmutable())
            .dup();
  }
}
