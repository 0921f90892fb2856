package io.github.dl4jbnfold.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.file.NetworkFile;
import io.github.dl4jbnfold.fixture.NetworkFold;
import io.github.dl4jbnfold.fixture.RandomParameters;
import io.github.dl4jbnfold.fixture.Training;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;

/** A network that is saved, loaded, folded, saved and loaded is the folded network. */
class SavedNetworkTest {
  @TempDir private Path directory;

  private static final DataSet DATA = Training.data(3, 5, 4, 3, 6, 5);

  private static List<Layer> layers() {
    return List.of(
        new ConvolutionLayer.Builder(3, 3)
            .nOut(4)
            .hasBias(false)
            .convolutionMode(ConvolutionMode.Same)
            .activation(Activation.IDENTITY)
            .build(),
        new BatchNormalization(),
        new ActivationLayer(Activation.RELU),
        new DepthwiseConvolution2D.Builder(3, 3)
            .depthMultiplier(2)
            .nOut(8)
            .updater(new Nesterovs(1e-2, 0.9))
            .activation(Activation.IDENTITY)
            .build(),
        new BatchNormalization(),
        new ActivationLayer(Activation.TANH),
        new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build());
  }

  private static Model network(String kind) {
    NeuralNetConfiguration.Builder builder =
        new NeuralNetConfiguration.Builder().dataType(DataType.DOUBLE).updater(new Adam(1e-2));
    InputType input = InputType.convolutional(6, 5, 3);
    if (kind.equals("list")) {
      NeuralNetConfiguration.ListBuilder list = builder.list();
      layers().forEach(list::layer);
      MultiLayerNetwork network = new MultiLayerNetwork(list.setInputType(input).build());
      network.init();
      return RandomParameters.in(network, 7);
    }
    var graph = builder.graphBuilder().addInputs("image");
    String last = "image";
    for (int i = 0; i < layers().size(); i++) {
      graph.addLayer("step" + i, layers().get(i), last);
      last = "step" + i;
    }
    ComputationGraph network =
        new ComputationGraph(graph.setOutputs(last).setInputTypes(input).build());
    network.init();
    return RandomParameters.in(network, 7);
  }

  private Model reloaded(Model network, String name) throws IOException {
    Path file = directory.resolve(name);
    ModelSerializer.writeModel(network, file.toFile(), true);
    return NetworkFile.read(file).network();
  }

  private static void checkEqual(Model one, Model other) {
    INDArray x = DATA.getFeatures();
    assertThat(NetworkFold.outputs(other, x)).isEqualTo(NetworkFold.outputs(one, x));
    assertThat(other.params()).isEqualTo(one.params());
    Map<String, INDArray> memory = Training.memory(one);
    assertThat(Training.memory(other).keySet()).isEqualTo(memory.keySet());
    Training.memory(other)
        .forEach((name, numbers) -> assertThat(numbers).as(name).isEqualTo(memory.get(name)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "graph"})
  void saving_before_and_after_a_fold_loses_nothing(String kind) throws IOException {
    Model network = network(kind);
    Training.fit(network, DATA, 3);
    Model loaded = reloaded(network, "before.zip");

    Model direct = NetworkFold.of(network, FoldingOptions.defaults()).removesAll().after();
    Model folded = NetworkFold.of(loaded, FoldingOptions.defaults()).removesAll().after();
    Model again = reloaded(folded, "after.zip");

    checkEqual(direct, folded);
    checkEqual(folded, again);
    List<Double> expected = Training.fit(direct, DATA, 5);
    assertThat(Training.fit(again, DATA, 5)).isEqualTo(expected);
    assertThat(expected.get(4)).isLessThan(expected.get(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "graph"})
  void deeplearning4j_itself_reads_a_folded_network(String kind) throws IOException {
    Model network = network(kind);
    Training.fit(network, DATA, 3);
    Model folded = NetworkFold.of(network, FoldingOptions.defaults()).removesAll().after();
    Path file = directory.resolve("folded.zip");
    try (OutputStream stream = Files.newOutputStream(file)) {
      new NetworkFile(folded, true, Map.of()).write(stream);
    }

    Model read =
        folded instanceof ComputationGraph
            ? ModelSerializer.restoreComputationGraph(file.toFile())
            : ModelSerializer.restoreMultiLayerNetwork(file.toFile());

    checkEqual(folded, read);
  }
}
