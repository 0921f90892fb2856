package io.github.dl4jbnfold.network.normalizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.Normalizers;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerStandardize;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A normalizer and layers behind it, with random parameters, before and after a fold, in float64
 * and in float32. The default activation is the identity.
 *
 * <pre>{@code
 * Pipeline.of(standardize(3, 1), InputType.feedForward(3), dense, norm).folds();
 * }</pre>
 */
final class Pipeline {
  private static final int EXAMPLES = 5;

  private final DataNormalization normalizer;
  private final InputType input;
  private final List<Layer> layers;
  private boolean shifts = true;
  private @Nullable NormalizerStandardize around;
  private UnaryOperator<FoldingOptions> settings = options -> options;

  private Pipeline(DataNormalization normalizer, InputType input, Layer... layers) {
    this.normalizer = normalizer;
    this.input = input;
    this.layers = List.of(layers);
  }

  static Pipeline of(DataNormalization normalizer, InputType input, Layer... layers) {
    return new Pipeline(normalizer, input, layers);
  }

  Pipeline with(UnaryOperator<FoldingOptions> other) {
    settings = other;
    return this;
  }

  /** The same with norms that only scale. */
  Pipeline withoutShifts() {
    shifts = false;
    return this;
  }

  /** The same on inputs of which the normalizer makes numbers near 1. */
  Pipeline around(NormalizerStandardize other) {
    around = other;
    return this;
  }

  /** The normalizer goes, and the folded network answers to raw inputs as the pipeline did. */
  NetworkFold folds() {
    fold(DataType.FLOAT);
    return fold(DataType.DOUBLE);
  }

  private NetworkFold fold(DataType type) {
    NetworkFold fold = NetworkFold.of(network(type), options());
    assertThat(fold.report().rawInputs()).containsExactly("input");
    return fold.equalOutputs(
        inputs -> new INDArray[] {Normalizers.transformed(normalizer, inputs[0])}, raw());
  }

  private INDArray raw() {
    INDArray raw = Nd4j.randn(DataType.DOUBLE, shape()).muli(3);
    if (around != null) {
      around.revertFeatures(raw);
    }
    return raw;
  }

  /** The fold throws, says why, and leaves the network as it was. */
  void refused(String... says) {
    MultiLayerNetwork network = network(DataType.DOUBLE);
    INDArray parameters = network.params().dup();
    FoldingException refusal =
        catchThrowableOfType(FoldingException.class, () -> NetworkFold.of(network, options()));
    assertThat(refusal).hasMessageContainingAll(says);
    assertThat(network.params()).isEqualTo(parameters);
  }

  private FoldingOptions options() {
    return settings.apply(
        FoldingOptions.defaults().inputShape("input", shape()).foldNormalizer(normalizer));
  }

  private MultiLayerNetwork network(DataType type) {
    NeuralNetConfiguration.ListBuilder list =
        new NeuralNetConfiguration.Builder().dataType(type).activation(Activation.IDENTITY).list();
    layers.forEach(layer -> list.layer(layer.clone()));
    MultiLayerNetwork network = new MultiLayerNetwork(list.setInputType(input).build());
    network.init();
    RandomParameters.in(network, 3);
    network.paramTable().entrySet().stream()
        .filter(e -> !shifts && (e.getKey().endsWith("_mean") || e.getKey().endsWith("_beta")))
        .forEach(e -> e.getValue().assign(0));
    return network;
  }

  private long[] shape() {
    long[] example =
        input instanceof InputType.InputTypeConvolutionalFlat
            ? new long[] {input.arrayElementsPerExample()}
            : input.getShape();
    return LongStream.concat(LongStream.of(EXAMPLES), LongStream.of(example)).toArray();
  }
}
