package io.github.dl4jbnfold.examples.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dl4jbnfold.LayerFolding;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import javax.imageio.ImageIO;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** {@code bnfold linearize}, as a user runs it. */
class LinearizeCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private static DenseLayer dense(Activation activation) {
    return new DenseLayer.Builder().nOut(8).activation(activation).build();
  }

  /** 4 numbers → 8 → 8 → 3 classes. */
  private Path layers() throws IOException {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .list()
                .layer(dense(Activation.RELU))
                .layer(dense(Activation.TANH))
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(4))
                .build());
    network.init();
    Path file = folder.resolve("layers.zip");
    network.save(file.toFile(), true);
    return file;
  }

  private static ConvolutionLayer conv(int outputs, Activation activation) {
    return new ConvolutionLayer.Builder(3, 3)
        .nOut(outputs)
        .convolutionMode(ConvolutionMode.Same)
        .activation(activation)
        .build();
  }

  /** A small residual network for images of 3 × 8 × 8 and two classes. */
  private Path graph() throws IOException {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(8, 8, 3))
                .addLayer("stem", conv(4, Activation.IDENTITY), "image")
                .addLayer("norm", new BatchNormalization(), "stem")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "norm")
                .addLayer("a", conv(4, Activation.RELU), "relu")
                .addLayer("b", conv(4, Activation.IDENTITY), "a")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "b", "relu")
                .addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "sum")
                .addLayer(
                    "out",
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "pool")
                .setOutputs("out")
                .build());
    network.init();
    Path file = folder.resolve("graph.zip");
    network.save(file.toFile(), true);
    return file;
  }

  private Path rows(int count) throws IOException {
    Random random = new Random(5);
    StringBuilder text = new StringBuilder("a,b,c,d,class\n");
    for (int i = 0; i < count; i++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      int label = a > 0.4 ? 0 : b > 0 ? 1 : 2;
      text.append(String.format(Locale.ROOT, "%f,%f,%f,0,%d%n", a, b, a * b, label));
    }
    return Files.writeString(folder.resolve("rows.csv"), text);
  }

  /** Rows of the classes that a network takes them for. */
  private Path predictedRows(Path model) throws IOException {
    MultiLayerNetwork network = MultiLayerNetwork.load(model.toFile(), false);
    INDArray x = Nd4j.randn(DataType.FLOAT, 200, 4).muli(4);
    int[] classes = network.predict(x);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < classes.length; i++) {
      for (int j = 0; j < 4; j++) {
        text.append(x.getDouble(i, j)).append(',');
      }
      text.append(classes[i]).append('\n');
    }
    return Files.writeString(folder.resolve("rows.csv"), text);
  }

  /** Bright and dark images of another size than the network's. */
  private Path images() throws IOException {
    Path directory = folder.resolve("images");
    Random random = new Random(5);
    for (String name : new String[] {"bright", "dark"}) {
      Files.createDirectories(directory.resolve(name));
      for (int i = 0; i < 20; i++) {
        BufferedImage image = new BufferedImage(10, 12, BufferedImage.TYPE_INT_RGB);
        int level = random.nextInt(100) + ("bright".equals(name) ? 150 : 0);
        image.setRGB(2, 3, new Color(level, level, level).getRGB());
        ImageIO.write(image, "png", directory.resolve(name).resolve(i + ".png").toFile());
      }
    }
    return directory;
  }

  @Test
  void a_budget_makes_a_network_shallower() throws Exception {
    Path out = folder.resolve("out.zip");
    Path report = folder.resolve("report.json");
    Bnfold.run(
            "linearize",
            layers(),
            "--data",
            rows(200),
            "--unit",
            "multiplications",
            "--budget",
            "0.7",
            "--steps",
            "6",
            "--batch",
            "16",
            "-o",
            out,
            "--report",
            report)
        .succeeds();
    MultiLayerNetwork shallow = MultiLayerNetwork.load(out.toFile(), true);
    assertThat(LayerFolding.depth(shallow)).isLessThan(3);
    assertThat(folder.resolve("out.zip.run")).doesNotExist();
    JsonNode json = JSON.readTree(report.toFile());
    assertThat(json.at("/conversion/depthBefore").asInt()).isEqualTo(3);
    assertThat(json.at("/conversion/merged/0/layers")).hasSizeGreaterThan(1);
    assertThat(json.at("/accuracy/afterFineTuning").asDouble()).isBetween(0.0, 1.0);
    assertThat(json.at("/history")).isNotEmpty();
  }

  @Test
  void gates_are_trained_where_a_lambda_is_given() throws Exception {
    Path out = folder.resolve("out.zip");
    Bnfold run =
        Bnfold.run(
                "linearize",
                layers(),
                "--data",
                rows(200),
                "--lambda",
                "50",
                "--pre",
                "40",
                "--steps",
                "4",
                "--batch",
                "16",
                "--learning-rate",
                "0.01",
                "-o",
                out,
                "--unit",
                "depth")
            .succeeds();
    assertThat(run.out()).contains("activations linear", "accuracy", "written to " + out);
    assertThat(out).exists();
  }

  @Test
  void images_in_directories_of_their_classes() throws Exception {
    Path out = folder.resolve("out.zip");
    Bnfold run =
        Bnfold.run(
                "linearize",
                graph(),
                "--data",
                images(),
                "--unit",
                "depth",
                "--budget",
                "0.8",
                "--steps",
                "2",
                "--batch",
                "8",
                "--mean",
                "0.5,0.5,0.5",
                "--end-point",
                "least-squares",
                "-o",
                out)
            .succeeds();
    ComputationGraph shallow = ComputationGraph.load(out.toFile(), true);
    assertThat(LayerFolding.depth(shallow)).as(run.out()).isEqualTo(3);
  }

  @Test
  void a_dry_run_needs_no_data_and_writes_nothing() throws Exception {
    Path model = graph();
    Bnfold run =
        Bnfold.run("linearize", model, "--dry-run", "--unit", "depth", "--json").succeeds();
    JsonNode pieces = JSON.readTree(run.out()).get("pieces");
    assertThat(pieces).isNotEmpty();
    assertThat(pieces.get(0).get("worthIt").asBoolean()).isTrue();
    assertThat(Bnfold.run("linearize", model, "--dry-run").succeeds().out()).contains(" ms");
    assertThat(folder.toFile().list()).containsExactly("graph.zip");
  }

  @Test
  void too_much_accuracy_lost_writes_nothing_and_keeps_the_run() throws Exception {
    Path out = folder.resolve("out.zip");
    Path model = layers();
    Object[] command = {
      "linearize",
      model,
      "--data",
      predictedRows(model),
      "--unit",
      "multiplications",
      "--budget",
      "0.2",
      "--max-accuracy-loss",
      "0",
      "--steps",
      "0",
      "-o",
      out
    };
    Bnfold failed = Bnfold.run(command);
    failed.fails(1, "points of accuracy", "was not written");
    assertThat(out).doesNotExist();
    assertThat(folder.resolve("out.zip.run/choice.json")).exists();
  }

  @Test
  void a_run_goes_on_with_its_own_choice_only() throws Exception {
    Path out = folder.resolve("out.zip");
    Path checkpoints = folder.resolve("run");
    Path model = layers();
    Path rows = rows(200);
    Object[] first = {
      "linearize",
      model,
      "--data",
      rows,
      "--unit",
      "multiplications",
      "--budget",
      "0.7",
      "--steps",
      "3",
      "-o",
      out,
      "--checkpoints",
      checkpoints
    };
    Bnfold.run(first).succeeds();
    assertThat(checkpoints).isNotEmptyDirectory();
    byte[] network = Files.readAllBytes(out);
    Files.delete(out);
    Bnfold.run(first).succeeds();
    assertThat(MultiLayerNetwork.load(out.toFile(), false).params())
        .isEqualTo(load(network).params());

    Object[] other = first.clone();
    other[7] = "0.704";
    other[11] = folder.resolve("other.zip");
    Bnfold.run(other).fails(1, checkpoints, "another --budget (0.7, now 0.704)", "--restart");
    other[7] = "0.7";
    other[3] = rows(150);
    Bnfold.run(other).fails(1, checkpoints, "another --data");
    other[3] = rows(200);
    other[1] = graph();
    Bnfold.run(other).fails(1);
  }

  @Test
  void a_run_that_had_only_chosen_is_not_taken_for_one_of_another_model() throws Exception {
    Path checkpoints = folder.resolve("run");
    Path model = layers();
    Object[] command = {
      "linearize",
      model,
      "--data",
      rows(200),
      "--unit",
      "multiplications",
      "--budget",
      "0.7",
      "--steps",
      "0",
      "-o",
      folder.resolve("out.zip"),
      "--checkpoints",
      checkpoints
    };
    Bnfold.run(command).succeeds();
    for (File file : checkpoints.toFile().listFiles((d, name) -> name.endsWith(".zip"))) {
      Files.delete(file.toPath());
    }
    MultiLayerNetwork other = MultiLayerNetwork.load(model.toFile(), true);
    other.getLayer(0).getParam("W").muli(2);
    other.save(model.toFile(), true);
    command[11] = folder.resolve("other.zip");
    Bnfold.run(command).fails(1, checkpoints, "another model");
  }

  private MultiLayerNetwork load(byte[] network) throws IOException {
    Path file = Files.write(folder.resolve("first.zip"), network);
    return MultiLayerNetwork.load(file.toFile(), false);
  }

  @Test
  void a_value_that_is_no_number_is_named_by_row_and_column() throws Exception {
    Path rows = folder.resolve("bad.csv");
    Files.writeString(rows, "1,2,3,4,0\n1,2,many,4,1\n");
    Bnfold.run("linearize", layers(), "--data", rows).fails(1, rows, "row 2, column 3", "many");
  }

  @Test
  void rows_of_another_length_than_the_input_are_refused() throws Exception {
    Path rows = folder.resolve("bad.csv");
    Files.writeString(rows, "1,2,0\n".repeat(40));
    Bnfold.run("linearize", layers(), "--data", rows).fails(1, rows);
  }

  @Test
  void means_are_one_or_one_for_each_channel() throws Exception {
    Bnfold.run("linearize", graph(), "--data", images(), "--mean", "0.5,0.5")
        .fails(2, "--mean", "3, one for each channel");
  }

  @Test
  void a_network_that_reads_channels_last_gets_them_last() throws Exception {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(8, 7, 3, CNN2DFormat.NHWC))
                .addLayer("a", last(4, Activation.RELU), "image")
                .addLayer("b", last(4, Activation.IDENTITY), "a")
                .addLayer("pool", pool(), "b")
                .addLayer(
                    "out",
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "pool")
                .setOutputs("out")
                .build());
    network.init();
    Path file = folder.resolve("last.zip");
    network.save(file.toFile(), true);
    Path out = folder.resolve("out.zip");
    Bnfold.run(
            "linearize",
            file,
            "--data",
            images(),
            "--unit",
            "depth",
            "--budget",
            "0.7",
            "--steps",
            "1",
            "--batch",
            "8",
            "-o",
            out)
        .succeeds();
    assertThat(LayerFolding.depth(ComputationGraph.load(out.toFile(), true))).isEqualTo(2);
  }

  private static ConvolutionLayer last(int outputs, Activation activation) {
    ConvolutionLayer layer = conv(outputs, activation);
    layer.setCnn2dDataFormat(CNN2DFormat.NHWC);
    return layer;
  }

  private static GlobalPoolingLayer pool() {
    return new GlobalPoolingLayer.Builder(PoolingType.AVG).poolingDimensions(1, 2).build();
  }

  @Test
  void an_image_that_is_none_is_named() throws Exception {
    Path images = images();
    Path broken = images.resolve("dark").resolve("0.png");
    Files.writeString(broken, "no image");
    Bnfold.run(
            "linearize",
            graph(),
            "--data",
            images,
            "--unit",
            "depth",
            "--budget",
            "0.8",
            "--steps",
            "20")
        .fails(1, broken);
  }

  @Test
  void options_that_contradict_each_other() throws Exception {
    Path model = layers();
    Bnfold.run("linearize", model).fails(2, "--data", "--dry-run");
    Bnfold.run("linearize", model, "--dry-run", "--budget", "2").fails(2, "--budget");
    Bnfold.run("linearize", model, "--dry-run", "--budget", "0.5", "--lambda", "1")
        .fails(2, "--budget", "--lambda");
    Bnfold.run("linearize", model, "--dry-run", "--std", "0").fails(2, "--std");
    Bnfold.run("linearize", Bnfold.model(folder), "--dry-run").fails(2, "SameDiff");
    Bnfold.run("linearize", model, "--data", folder.resolve("nothing")).fails(1, "nothing");
  }
}
