package io.github.dl4jbnfold.examples.command.fold;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.examples.command.Bnfold;
import io.github.dl4jbnfold.examples.command.model.KerasModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.modelimport.keras.KerasModelImport;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The command on the files of networks of layers and of Keras. */
class NetworkFilesTest {
  @TempDir Path folder;

  private static ConvolutionLayer convolution(int in) {
    return new ConvolutionLayer.Builder(3, 3)
        .nIn(in)
        .nOut(4)
        .activation(Activation.IDENTITY)
        .build();
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build();
  }

  private static void randomize(INDArray parameters) {
    Random random = new Random(2);
    for (int i = 0; i < parameters.length(); i++) {
      parameters.putScalar(i, 0.1 + random.nextDouble());
    }
  }

  private Path layers() throws IOException {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list()
                .layer(convolution(2))
                .layer(new BatchNormalization.Builder().name("norm").build())
                .layer(new ActivationLayer(Activation.RELU))
                .layer(output())
                .setInputType(InputType.convolutional(8, 6, 2))
                .build());
    network.init();
    randomize(network.params());
    Path path = folder.resolve("layers.zip");
    ModelSerializer.writeModel(network, path.toFile(), true);
    return path;
  }

  private Path graph() throws IOException {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("image")
                .addLayer("conv", convolution(2), "image")
                .addLayer("norm", new BatchNormalization(), "conv")
                .addLayer("gate", new ActivationLayer(Activation.SIGMOID), "image")
                .addLayer("other", new BatchNormalization(), "gate")
                .addLayer("squash", new ActivationLayer(Activation.TANH), "other")
                .addLayer("classes", output(), "norm")
                .setOutputs("classes", "squash")
                .setInputTypes(InputType.convolutional(8, 6, 2))
                .build());
    network.init();
    randomize(network.params());
    Path path = folder.resolve("graph.zip");
    ModelSerializer.writeModel(network, path.toFile(), false);
    return path;
  }

  private static void equal(INDArray expected, INDArray actual) {
    assertThat(actual.sub(expected).amaxNumber().doubleValue())
        .isLessThan(1e-5 * expected.amaxNumber().doubleValue());
  }

  @Test
  void a_MultiLayerNetwork_is_folded_beside_its_file() throws IOException {
    Path model = layers();
    Bnfold run = Bnfold.run("fold", model).succeeds();

    assertThat(run.out()).contains("1 of 1 batch normalizations removed");
    MultiLayerNetwork before = ModelSerializer.restoreMultiLayerNetwork(model.toFile());
    MultiLayerNetwork after =
        ModelSerializer.restoreMultiLayerNetwork(folder.resolve("layers-folded.zip").toFile());
    INDArray image = Nd4j.randn(DataType.FLOAT, 3, 2, 8, 6);
    assertThat(after.getnLayers()).isEqualTo(3);
    assertThat(after.params())
        .as("what the library gives")
        .isEqualTo(BatchNormFolding.foldCopy(before, FoldingOptions.defaults()).network().params());
    equal(before.output(image.dup()), after.output(image.dup()));
  }

  @Test
  void a_ComputationGraph_is_folded_and_what_stays_has_a_reason() throws IOException {
    Path model = graph();
    Path report = folder.resolve("report.json");
    Path out = folder.resolve("out.zip");
    Bnfold.run("fold", model, "-o", out, "--report", report).succeeds();

    JsonNode json = new ObjectMapper().readTree(report.toFile());
    assertThat(json.get("removed").get(0).asText()).isEqualTo("norm");
    assertThat(json.get("kept").get(0).get("name").asText()).isEqualTo("other");
    ComputationGraph before = ModelSerializer.restoreComputationGraph(model.toFile());
    ComputationGraph after = ModelSerializer.restoreComputationGraph(out.toFile());
    INDArray image = Nd4j.randn(DataType.FLOAT, 3, 2, 8, 6);
    equal(before.output(image.dup())[0], after.output(image.dup())[0]);
    equal(before.output(image.dup())[1], after.output(image.dup())[1]);
  }

  @Test
  void inspect_says_what_a_network_is_made_of() throws IOException {
    Bnfold run = Bnfold.run("inspect", graph()).succeeds();
    assertThat(run.out())
        .contains("inputs      image")
        .contains("outputs     classes, squash")
        .contains("2 BatchNormalization")
        .contains("removable   norm");
  }

  @Test
  void a_layer_is_kept_by_its_name() throws IOException {
    Bnfold run = Bnfold.run("fold", layers(), "--keep", "norm").succeeds();
    assertThat(run.out()).contains("0 of 1 batch normalizations removed");
    Bnfold.run("fold", layers(), "--overwrite", "--keep", "none").fails(2, "'none'", "norm");
  }

  @Test
  void layers_of_this_library_are_used_only_if_they_may_be() throws IOException {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("image")
                .addLayer("conv", convolution(2), "image")
                .addLayer("norm", new BatchNormalization(), "conv")
                .addLayer("clip", new ActivationLayer(Activation.RELU6), "norm")
                .addLayer("gate", new ActivationLayer(Activation.SIGMOID), "conv")
                .addLayer("classes", output(), "clip")
                .addLayer("others", output(), "gate")
                .setOutputs("classes", "others")
                .setInputTypes(InputType.convolutional(8, 6, 2))
                .build());
    network.init();
    randomize(network.params());
    Path model = folder.resolve("clip.zip");
    ModelSerializer.writeModel(network, model.toFile(), false);
    Path out = folder.resolve("own.zip");

    assertThat(Bnfold.run("inspect", model).succeeds().out())
        .contains("0 of 1", "--own-layers removes it")
        .doesNotContain("FoldingOptions");
    Bnfold run = Bnfold.run("fold", model, "--own-layers", "-o", out).succeeds();
    assertThat(run.out()).contains("1 of 1").contains("ClampLayer");
    assertThat(Bnfold.run("inspect", out).succeeds().out()).contains("1 ClampLayer");
  }

  @Test
  void the_content_decides_and_not_the_name() throws IOException {
    Path misnamed = Files.copy(layers(), folder.resolve("model.fb"));
    Bnfold.run("fold", misnamed).succeeds();
    assertThat(folder.resolve("model-folded.zip")).exists();
  }

  @Test
  void models_of_Keras_become_folded_networks() throws Exception {
    Path sequential = KerasModels.sequential(folder.resolve("sequential.h5"), true);
    Bnfold.run("fold", sequential).succeeds();
    MultiLayerNetwork before =
        KerasModelImport.importKerasSequentialModelAndWeights(sequential.toString(), false);
    MultiLayerNetwork after =
        ModelSerializer.restoreMultiLayerNetwork(folder.resolve("sequential-folded.zip").toFile());
    INDArray image = Nd4j.randn(DataType.FLOAT, 3, 8, 6, 3);
    assertThat(after.getnLayers()).isEqualTo(before.getnLayers() - 1);
    equal(before.output(image.dup()), after.output(image.dup()));

    Path functional = KerasModels.functional(folder.resolve("functional.h5"));
    Bnfold run = Bnfold.run("fold", functional).succeeds();
    assertThat(run.out()).contains("1 of 1 batch normalizations removed");
    assertThat(folder.resolve("functional-folded.zip")).exists();
  }

  @Test
  void a_batch_normalization_of_Keras_without_beta_is_a_known_fault_of_the_import() {
    Path model = KerasModels.sequential(folder.resolve("model.h5"), false);
    Bnfold.run("fold", model).fails(2, "center=False", "beta of zeros");
  }
}
