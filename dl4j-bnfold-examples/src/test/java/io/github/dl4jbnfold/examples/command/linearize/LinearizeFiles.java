package io.github.dl4jbnfold.examples.command.linearize;

import java.awt.Color;
import java.awt.image.BufferedImage;
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
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Small networks and labelled examples in files, for {@code bnfold linearize}. */
record LinearizeFiles(Path folder) {
  /** 4 numbers → 8 → 8 → 3 classes. */
  Path layers() throws IOException {
    return layers("layers.zip", 3, Activation.SOFTMAX, LossFunction.MCXENT);
  }

  /** 4 numbers → 8 → 8 → some outputs. */
  Path layers(String name, int outputs, Activation last, LossFunction loss) throws IOException {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .list()
                .layer(dense(Activation.RELU))
                .layer(dense(Activation.TANH))
                .layer(output(outputs, last, loss))
                .setInputType(InputType.feedForward(4))
                .build());
    network.init();
    Path file = folder.resolve(name);
    network.save(file.toFile(), true);
    return file;
  }

  private static DenseLayer dense(Activation activation) {
    return new DenseLayer.Builder().nOut(8).activation(activation).build();
  }

  private static OutputLayer output(int outputs, Activation activation, LossFunction loss) {
    return new OutputLayer.Builder(loss).nOut(outputs).activation(activation).build();
  }

  private static ConvolutionLayer conv(Activation activation, CNN2DFormat format) {
    ConvolutionLayer layer =
        new ConvolutionLayer.Builder(3, 3)
            .nOut(4)
            .convolutionMode(ConvolutionMode.Same)
            .activation(activation)
            .build();
    layer.setCnn2dDataFormat(format);
    return layer;
  }

  private static ConvolutionLayer conv(Activation activation) {
    return conv(activation, CNN2DFormat.NCHW);
  }

  private static OutputLayer twoClasses() {
    return output(2, Activation.SOFTMAX, LossFunction.MCXENT);
  }

  /** A small residual network for images of 3 × 8 × 8 and two classes. */
  Path graph() throws IOException {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(8, 8, 3))
                .addLayer("stem", conv(Activation.IDENTITY), "image")
                .addLayer("norm", new BatchNormalization(), "stem")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "norm")
                .addLayer("a", conv(Activation.RELU), "relu")
                .addLayer("b", conv(Activation.IDENTITY), "a")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "b", "relu")
                .addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "sum")
                .addLayer("out", twoClasses(), "pool")
                .setOutputs("out")
                .build());
    network.init();
    Path file = folder.resolve("graph.zip");
    network.save(file.toFile(), true);
    return file;
  }

  /** Two convolutions of images of 8 × 7 × 3. */
  Path channelsLast() throws IOException {
    GlobalPoolingLayer pool =
        new GlobalPoolingLayer.Builder(PoolingType.AVG).poolingDimensions(1, 2).build();
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(8, 7, 3, CNN2DFormat.NHWC))
                .addLayer("a", conv(Activation.RELU, CNN2DFormat.NHWC), "image")
                .addLayer("b", conv(Activation.IDENTITY, CNN2DFormat.NHWC), "a")
                .addLayer("pool", pool, "b")
                .addLayer("out", twoClasses(), "pool")
                .setOutputs("out")
                .build());
    network.init();
    Path file = folder.resolve("last.zip");
    network.save(file.toFile(), true);
    return file;
  }

  /** Rows of four numbers and one of three classes. */
  Path rows(int count) throws IOException {
    return rows(count, 3);
  }

  /** Rows of four numbers and one of two or three classes. */
  Path rows(int count, int classes) throws IOException {
    Random random = new Random(5);
    StringBuilder text = new StringBuilder("a,b,c,d,class\n");
    for (int i = 0; i < count; i++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      int label = Math.min(classes - 1, a > 0.4 ? 0 : b > 0 ? 1 : 2);
      text.append(String.format(Locale.ROOT, "%f,%f,%f,0,%d%n", a, b, a * b, label));
    }
    return Files.writeString(folder.resolve("rows.csv"), text);
  }

  /** Rows of given classes. */
  Path rows(INDArray numbers, int... classes) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < classes.length; i++) {
      for (int j = 0; j < numbers.columns(); j++) {
        text.append(numbers.getDouble(i, j)).append(',');
      }
      text.append(classes[i]).append('\n');
    }
    return Files.writeString(folder.resolve("rows.csv"), text);
  }

  /** Bright and dark images of another size than the networks'. */
  Path images() throws IOException {
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
}
