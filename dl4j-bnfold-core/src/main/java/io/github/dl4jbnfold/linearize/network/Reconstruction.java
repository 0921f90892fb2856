package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.linearize.merge.Flow;
import io.github.dl4jbnfold.linearize.report.Reconstructed;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.network.structure.Structure;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Fits the layers of a merged network, from the first that was merged to the last, to what the same
 * network wrote there while its activations were not linear: min over W of ‖y − W∗x‖² as in channel
 * pruning (He, Zhang, Sun, <i>Channel Pruning for Accelerating Very Deep Neural Networks</i>, ICCV
 * 2017, section 3.1), y from the network as it was and x from the merged one, whose layers before
 * are fitted already. So a merged layer does the best that one linear layer can do in the place of
 * several, and those behind it make up for what it cannot.
 */
public final class Reconstruction {
  private static final int CHUNK = 32;

  private final SourceNetwork reference;
  private final SourceNetwork merged;
  private final List<INDArray> inputs;

  private Reconstruction(SourceNetwork reference, SourceNetwork merged, List<INDArray> inputs) {
    this.reference = reference;
    this.merged = merged;
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
      SourceNetwork reference,
      Conversion.Result converted,
      List<INDArray> inputs,
      Map<String, long[]> inputShapes) {
    SourceNetwork merged = converted.network();
    Reconstruction reconstruction = new Reconstruction(reference, merged, inputs);
    Set<String> names =
        converted.merges().stream().map(m -> m.piece().output()).collect(Collectors.toSet());
    NetworkRuns.Found found =
        NetworkRuns.of(merged, Equality.of(merged, inputShapes).shapes(merged));
    Map<String, LayerRegression> regressions = new LinkedHashMap<>();
    for (Step step : merged.structure().steps()) {
      boolean behind = !regressions.isEmpty() || names.contains(step.name());
      if (behind && reconstruction.isLinear(step.name())) {
        reconstruction.layer(step, found).ifPresent(layer -> regressions.put(step.name(), layer));
      }
    }
    return reconstruction.fit(regressions);
  }

  /** Whether the reference writes what the layer computes before its activation, and leaves it. */
  private boolean isLinear(String name) {
    Structure structure = reference.structure();
    return structure.contains(name)
        && !(structure.step(name).layer() instanceof BaseLayer layer
            && !(layer.getActivationFn() instanceof ActivationIdentity))
        // These write into what they read.
        && structure.steps().stream()
            .filter(step -> step.inputs().contains(name))
            .noneMatch(step -> step.layer() instanceof ActivationLayer);
  }

  private Optional<LayerRegression> layer(Step step, NetworkRuns.Found found) {
    Unit unit = found.units().get(step.name());
    Flow flow = found.flows().get(step.name());
    return unit == null || flow == null || step.layer() == null
        ? Optional.empty()
        : FittedLayer.of(unit, step.layer(), flow.channelAxis(), merged.parameters(step.name()))
            .map(layer -> new LayerRegression(layer, inputs.get(0).size(0)));
  }

  private List<Reconstructed> fit(Map<String, LayerRegression> regressions) {
    List<INDArray> some = chunks().findFirst().orElseThrow();
    Map<String, INDArray> then = reference.activations(copies(some));
    Map<String, INDArray> now = merged.activations(copies(some));
    regressions.keySet().removeIf(name -> !haveEqualShapes(then.get(name), now.get(name)));
    chunks()
        .forEach(
            chunk -> {
              Map<String, INDArray> written = reference.activations(copies(chunk));
              regressions.forEach(
                  (name, layer) -> layer.target(Objects.requireNonNull(written.get(name))));
            });
    List<Reconstructed> fitted = new ArrayList<>();
    regressions.forEach(
        (name, layer) -> {
          Step step = merged.structure().step(name);
          chunks().forEach(chunk -> layer.add(read(step, merged.activations(copies(chunk)))));
          fitted.add(layer.solve());
        });
    return List.copyOf(fitted);
  }

  private static boolean haveEqualShapes(@Nullable INDArray a, @Nullable INDArray b) {
    return a != null && b != null && Arrays.equals(a.shape(), b.shape());
  }

  private Stream<List<INDArray>> chunks() {
    long examples = inputs.get(0).size(0);
    return LongStream.iterate(0, from -> from < examples, from -> from + CHUNK)
        .mapToObj(
            from -> {
              INDArrayIndex chunk = NDArrayIndex.interval(from, Math.min(from + CHUNK, examples));
              return inputs.stream().map(input -> input.get(chunk)).toList();
            });
  }

  private static List<INDArray> copies(List<INDArray> arrays) {
    return arrays.stream().map(INDArray::dup).toList();
  }

  /** What a layer reads, behind its preprocessor. */
  private static INDArray read(Step step, Map<String, INDArray> activations) {
    INDArray input = Objects.requireNonNull(activations.get(step.inputs().get(0))).dup();
    InputPreProcessor preprocessor = step.preprocessor();
    return preprocessor == null
        ? input
        : preprocessor.preProcess(
            input, Math.toIntExact(input.size(0)), LayerWorkspaceMgr.noWorkspacesImmutable());
  }
}
