package io.github.dl4jbnfold.linearize.network;

import io.github.dl4jbnfold.linearize.report.Reconstructed;
import io.github.dl4jbnfold.network.structure.SourceNetwork;
import io.github.dl4jbnfold.network.structure.Step;
import io.github.dl4jbnfold.verify.Agreement;
import io.github.dl4jbnfold.verify.FoldingException;
import io.github.dl4jbnfold.verify.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Fits the layers of a merged network, those that were merged and those behind them, to what the
 * same network wrote there while its activations were not linear: min over W of ‖y − W∗x‖² as in
 * channel pruning (He, Zhang, Sun, <i>Channel Pruning for Accelerating Very Deep Neural
 * Networks</i>, ICCV 2017, section 3.1), y from the network as it was and x from the merged one,
 * whose layers before are fitted already. So a merged layer does the best that one linear layer can
 * do in the place of several, and those behind it make up for what it cannot. If the outputs are
 * not nearer to what they were then, nothing is changed.
 */
public final class Reconstruction {
  private static final int CHUNK = 32;
  private static final int JUDGES = 5;
  private static final long SEED = 20250104;

  private final SourceNetwork reference;
  private final SourceNetwork merged;
  private final List<INDArray> inputs;
  private final int examples;
  private final Set<Integer> unseen;

  private Reconstruction(SourceNetwork reference, SourceNetwork merged, List<INDArray> inputs) {
    this.reference = reference;
    this.merged = merged;
    this.inputs = inputs;
    this.examples = Math.toIntExact(inputs.get(0).size(0));
    List<Integer> shuffled =
        IntStream.range(0, examples).boxed().collect(Collectors.toCollection(ArrayList::new));
    Collections.shuffle(shuffled, new Random(SEED));
    this.unseen = new HashSet<>(shuffled.subList(0, examples / JUDGES));
  }

  /**
   * Fits the layers of a converted network, whose parameters are changed.
   *
   * @param reference the network with its activations, whose steps bear the names that those of the
   *     converted one have
   * @param inputs one array for each input of the networks: a few hundred examples
   * @param inputShapes shapes of inputs, where the network does not tell them
   * @throws FoldingException if there are not as many arrays as inputs
   */
  public static Reconstructed fit(
      SourceNetwork reference,
      Conversion.Result converted,
      List<INDArray> inputs,
      Map<String, long[]> inputShapes) {
    SourceNetwork merged = converted.network();
    int wanted = merged.structure().inputs().size();
    if (inputs.size() != wanted) {
      throw new FoldingException(
          "The network has %d inputs, and layers are to be fitted to examples of %d: give one array for each."
              .formatted(wanted, inputs.size()));
    }
    NetworkRuns.Found found =
        NetworkRuns.of(merged, Equality.of(merged, inputShapes).shapes(merged));
    Set<String> names =
        converted.merges().stream().map(m -> m.piece().output()).collect(Collectors.toSet());
    List<FittedLayer> layers = FittableLayers.of(reference.structure(), merged, found, names);
    return new Reconstruction(reference, merged, inputs).fit(layers);
  }

  private Reconstructed fit(List<FittedLayer> layers) {
    INDArray parameters = merged.model().params().dup();
    double before = unexplained();
    List<Reconstructed.Layer> fitted = solved(comparable(layers));
    double after = unexplained();
    if (after < before) {
      return new Reconstructed(before, after, fitted);
    }
    merged.model().setParams(parameters);
    return new Reconstructed(before, before, List.of());
  }

  /** Those whose arrays are told truly by both networks and have the same shape in both. */
  private List<LayerRegression> comparable(List<FittedLayer> layers) {
    List<INDArray> some = chunks().findFirst().orElseThrow();
    Map<String, INDArray> then = reference.activations(copies(some));
    Map<String, INDArray> now = merged.activations(copies(some));
    if (!isTrue(reference, then, some) || !isTrue(merged, now, some)) {
      return List.of();
    }
    return layers.stream()
        .filter(layer -> haveEqualShapes(then.get(layer.name()), now.get(layer.name())))
        .map(layer -> new LayerRegression(layer, examples, unseen::contains))
        .toList();
  }

  /** Activations that write into what others read make what a network tells untrue. */
  private static boolean isTrue(
      SourceNetwork network, Map<String, INDArray> told, List<INDArray> given) {
    List<INDArray> outputs = network.outputs(copies(given), null);
    List<String> names = network.structure().outputs();
    double tolerance = Precision.of(network.dataType()).tolerance();
    for (int i = 0; i < names.size(); i++) {
      INDArray output = Objects.requireNonNull(told.get(names.get(i)));
      if (!(Agreement.of(outputs.get(i), output).maxRelativeError() <= tolerance)) {
        return false;
      }
    }
    return true;
  }

  private static boolean haveEqualShapes(@Nullable INDArray a, @Nullable INDArray b) {
    return a != null && b != null && Arrays.equals(a.shape(), b.shape());
  }

  private List<Reconstructed.Layer> solved(List<LayerRegression> regressions) {
    chunks()
        .forEach(
            chunk -> {
              Map<String, INDArray> written = reference.activations(copies(chunk));
              regressions.forEach(
                  layer -> layer.target(Objects.requireNonNull(written.get(layer.name()))));
            });
    List<Reconstructed.Layer> fitted = new ArrayList<>();
    for (LayerRegression layer : regressions) {
      Step step = merged.structure().step(layer.name());
      chunks().forEach(chunk -> layer.add(read(step, merged.activations(copies(chunk)))));
      fitted.add(layer.solve());
    }
    return fitted;
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

  /** The share of the variation of the outputs on unseen examples that is not explained. */
  private double unexplained() {
    double error = 0;
    double variation = 0;
    for (List<INDArray> chunk : chunks(unseen.stream().mapToLong(i -> i).sorted().toArray())) {
      List<INDArray> wanted = reference.outputs(copies(chunk), null);
      List<INDArray> written = merged.outputs(copies(chunk), null);
      for (int i = 0; i < wanted.size(); i++) {
        INDArray y = wanted.get(i).castTo(DataType.DOUBLE);
        error += y.squaredDistance(written.get(i).castTo(DataType.DOUBLE));
        variation += y.squaredDistance(y.mean(true, 0).broadcast(y.shape()));
      }
    }
    return variation > 0 ? error / variation : error;
  }

  private Stream<List<INDArray>> chunks() {
    return LongStream.iterate(0, from -> from < examples, from -> from + CHUNK)
        .mapToObj(
            from -> {
              INDArrayIndex chunk = NDArrayIndex.interval(from, Math.min(from + CHUNK, examples));
              return inputs.stream().map(input -> input.get(chunk)).toList();
            });
  }

  private List<List<INDArray>> chunks(long... indices) {
    List<List<INDArray>> chunks = new ArrayList<>();
    for (int from = 0; from < indices.length; from += CHUNK) {
      long[] part = Arrays.copyOfRange(indices, from, Math.min(from + CHUNK, indices.length));
      chunks.add(
          inputs.stream().map(input -> input.get(NDArrayIndex.indices(part)).dup()).toList());
    }
    return chunks;
  }

  private static List<INDArray> copies(List<INDArray> arrays) {
    return arrays.stream().map(INDArray::dup).toList();
  }
}
