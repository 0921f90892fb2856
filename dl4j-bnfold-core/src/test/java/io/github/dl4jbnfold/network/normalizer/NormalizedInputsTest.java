package io.github.dl4jbnfold.network.normalizer;

import static io.github.dl4jbnfold.fixture.Normalizers.minMax;
import static io.github.dl4jbnfold.fixture.Normalizers.standardize;
import static io.github.dl4jbnfold.fixture.Normalizers.transformed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.verify.FoldingException;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.dataset.api.preprocessor.ImagePreProcessingScaler;
import org.nd4j.linalg.factory.Nd4j;

/** Normalizers of the inputs of graphs, and of networks that are folded in place. */
class NormalizedInputsTest {
  private static final DataNormalization NORMALIZER = standardize(3, 21);

  private static GraphBuilder graph(DataType type, String... inputs) {
    return new NeuralNetConfiguration.Builder()
        .dataType(type)
        .activation(Activation.IDENTITY)
        .graphBuilder()
        .addInputs(inputs);
  }

  private static DenseLayer dense() {
    return new DenseLayer.Builder().nOut(4).build();
  }

  private static ActivationLayer wall() {
    return new ActivationLayer(Activation.SIGMOID);
  }

  private static ComputationGraph twoInputs(DataType type) {
    ComputationGraph graph =
        new ComputationGraph(
            graph(type, "sizes", "counts")
                .addLayer("a", dense(), "sizes")
                .addLayer("b", dense(), "counts")
                .addLayer("n", new BatchNormalization(), "b")
                .addVertex("both", new MergeVertex(), "a", "n")
                .addLayer("out", wall(), "both")
                .setOutputs("out")
                .setInputTypes(InputType.feedForward(3), InputType.feedForward(2))
                .build());
    graph.init();
    return RandomParameters.in(graph, 5);
  }

  @Test
  void one_of_two_inputs_is_taken_raw() {
    for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
      NetworkFold fold =
          NetworkFold.of(
              twoInputs(type), FoldingOptions.defaults().foldNormalizer("sizes", NORMALIZER));

      assertThat(fold.report().rawInputs()).containsExactly("sizes");
      fold.removesAll()
          .equalOutputs(
              inputs -> new INDArray[] {transformed(NORMALIZER, inputs[0]), inputs[1]},
              Nd4j.randn(DataType.DOUBLE, 4, 3),
              Nd4j.randn(DataType.DOUBLE, 4, 2));
    }
  }

  @Test
  void each_input_has_its_own_normalizer() {
    DataNormalization other = minMax(2, 22);
    NetworkFold fold =
        NetworkFold.of(
            twoInputs(DataType.DOUBLE),
            FoldingOptions.defaults()
                .foldNormalizer("sizes", NORMALIZER)
                .foldNormalizer("counts", other));

    assertThat(fold.report().rawInputs()).containsExactlyInAnyOrder("sizes", "counts");
    fold.removesAll()
        .equalOutputs(
            in -> new INDArray[] {transformed(NORMALIZER, in[0]), transformed(other, in[1])},
            Nd4j.randn(DataType.DOUBLE, 4, 3),
            Nd4j.randn(DataType.DOUBLE, 4, 2));
  }

  @Test
  void of_several_inputs_one_must_be_named() {
    ComputationGraph graph = twoInputs(DataType.DOUBLE);

    assertThatThrownBy(
            () ->
                BatchNormFolding.plan(graph, FoldingOptions.defaults().foldNormalizer(NORMALIZER)))
        .isInstanceOf(FoldingException.class)
        .hasMessage(
            "The network has the inputs sizes, counts: name the one whose normalizer is to be"
                + " folded.");
    assertThatThrownBy(
            () ->
                BatchNormFolding.plan(
                    graph, FoldingOptions.defaults().foldNormalizer("size", NORMALIZER)))
        .isInstanceOf(FoldingException.class)
        .hasMessage(
            "The network has no input 'size' whose normalizer could be folded: it has sizes,"
                + " counts.");
  }

  private static ComputationGraph images(GraphBuilder builder) {
    ComputationGraph graph =
        new ComputationGraph(
            builder
                .addLayer("out", wall(), "sum")
                .setOutputs("out")
                .setInputTypes(InputType.convolutional(6, 5, 3))
                .build());
    graph.init();
    return RandomParameters.in(graph, 6);
  }

  private static ConvolutionLayer point() {
    return new ConvolutionLayer.Builder(1, 1).nOut(3).build();
  }

  private static ElementWiseVertex sum() {
    return new ElementWiseVertex(ElementWiseVertex.Op.Add);
  }

  private static void equal(NetworkFold fold, DataNormalization normalizer) {
    fold.equalOutputs(
        inputs -> new INDArray[] {transformed(normalizer, inputs[0])},
        Nd4j.randn(DataType.DOUBLE, 4, 3, 6, 5).muli(2));
  }

  @Test
  void every_reader_of_the_input_takes_it() {
    NetworkFold fold =
        NetworkFold.of(
            images(
                graph(DataType.DOUBLE, "image")
                    .addLayer("a", point(), "image")
                    .addLayer("b", point(), "image")
                    .addLayer("n", new BatchNormalization(), "b")
                    .addVertex("sum", sum(), "a", "n")),
            FoldingOptions.defaults().foldNormalizer(NORMALIZER));

    equal(fold.removesAll(), NORMALIZER);
  }

  @Test
  void a_reader_that_cannot_take_it_stops_it() {
    ComputationGraph graph =
        images(
            graph(DataType.DOUBLE, "image")
                .addLayer("a", point(), "image")
                .addLayer("squash", new ActivationLayer(Activation.TANH), "image")
                .addVertex("sum", sum(), "a", "squash"));

    assertThatThrownBy(
            () ->
                BatchNormFolding.foldCopy(
                    graph, FoldingOptions.defaults().foldNormalizer(NORMALIZER)))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("The normalizer of the input 'image' cannot be folded.")
        .hasMessageContaining("stood between it and 'squash'");
  }

  @Test
  void a_sum_with_the_input_itself_hands_it_on() {
    for (DataNormalization normalizer :
        new DataNormalization[] {NORMALIZER, new ImagePreProcessingScaler(-0.7, 1.9, 3)}) {
      NetworkFold fold =
          NetworkFold.of(
              images(
                  graph(DataType.DOUBLE, "image")
                      .addLayer("a", point(), "image")
                      .addVertex("x", sum(), "image", "a")
                      .addLayer("n", new BatchNormalization(), "x")
                      .addLayer("sum", point(), "n")),
              FoldingOptions.defaults().foldNormalizer(normalizer));

      equal(fold.removesAll(), normalizer);
    }
  }

  @Test
  void a_convolution_takes_over_the_norm_beside_it_as_well() {
    NetworkFold fold =
        NetworkFold.of(
            images(
                graph(DataType.DOUBLE, "image")
                    .addLayer("a", point(), "image")
                    .addLayer("n", new BatchNormalization(), "image")
                    .addVertex("sum", sum(), "a", "n")),
            FoldingOptions.defaults().foldNormalizer(NORMALIZER));

    assertThat(fold.report().rawInputs()).containsExactly("image");
    equal(fold.removesAll(), NORMALIZER);
  }

  private static MultiLayerNetwork layers() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .activation(Activation.IDENTITY)
                .list()
                .layer(dense())
                .layer(wall())
                .setInputType(InputType.feedForward(3))
                .build());
    network.init();
    return RandomParameters.in(network, 7);
  }

  @Test
  void a_network_without_norms_is_folded_in_place() {
    MultiLayerNetwork network = layers();
    INDArray raw = Nd4j.randn(DataType.DOUBLE, 4, 3);
    INDArray expected = network.output(transformed(NORMALIZER, raw)).dup();

    FoldReport report =
        BatchNormFolding.fold(network, FoldingOptions.defaults().foldNormalizer(NORMALIZER));

    assertThat(network.output(raw.dup()).sub(expected).amaxNumber().doubleValue())
        .isLessThan(1e-9 * expected.amaxNumber().doubleValue());
    assertThat(report.toText()).contains("takes without their normalizers: input");
  }

  @Test
  void a_plan_says_that_it_goes_and_changes_nothing() {
    MultiLayerNetwork network = layers();
    INDArray parameters = network.params().dup();

    FoldReport report =
        BatchNormFolding.plan(network, FoldingOptions.defaults().foldNormalizer(NORMALIZER));

    assertThat(report.rawInputs()).containsExactly("input");
    assertThat(report.toMarkdown())
        .contains("## Inputs that it takes without their normalizers\n\n- `input`\n");
    assertThat(report.toJson()).contains("\"rawInputs\" : [ \"input\" ]");
    assertThat(network.params()).isEqualTo(parameters);
  }

  @Test
  void nothing_is_taken_raw_that_was_not_asked_for() {
    FoldReport report = BatchNormFolding.plan(layers(), FoldingOptions.defaults());

    assertThat(report.rawInputs()).isEmpty();
    assertThat(report.toText() + report.toMarkdown()).doesNotContain("normalizer");
  }

  @Test
  void a_SameDiff_graph_takes_none() {
    SameDiff graph = SameDiff.create();

    assertThatThrownBy(
            () ->
                BatchNormFolding.fold(graph, FoldingOptions.defaults().foldNormalizer(NORMALIZER)))
        .isInstanceOf(FoldingException.class)
        .hasMessageContaining("into a network of layers only");
  }
}
