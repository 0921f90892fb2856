package io.github.dl4jbnfold.examples.command.linearize;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.layers.convolution.config.Conv2DConfig;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** Small SameDiff graphs with random parameters, for {@code bnfold linearize}. */
final class LinearizeGraphs {
  final SameDiff graph = SameDiff.create();
  private final Random random = new Random(7);
  private final DataType type;

  private LinearizeGraphs(DataType type) {
    this.type = type;
  }

  /** "in", 4 numbers → ReLU "a0" of 8 → tanh "a1" of 8 → some "scores". */
  static LinearizeGraphs dense(DataType type, int scores) {
    LinearizeGraphs net = new LinearizeGraphs(type);
    SDVariable in = net.graph.placeHolder("in", type, -1, 4);
    SDVariable first = net.graph.nn().relu("a0", net.product(in, "d0", 4, 8), 0);
    SDVariable second = net.graph.math().tanh("a1", net.product(first, "d1", 8, 8));
    net.product(second, "scores", 8, scores);
    return net;
  }

  /** Three classes, whose "probabilities" it ends in. */
  static LinearizeGraphs classes() {
    return dense(DataType.FLOAT, 3).softmax();
  }

  /** 4 numbers → ReLU of 8 → three classes, without a word on the shape of the input. */
  static LinearizeGraphs undeclared() {
    LinearizeGraphs net = new LinearizeGraphs(DataType.FLOAT);
    SDVariable first = net.product(net.graph.placeHolder("in", DataType.FLOAT), "d0", 4, 8);
    net.product(net.graph.nn().relu("a0", first, 0), "scores", 8, 3);
    return net.softmax();
  }

  /** No weights: tanh and a constant factor before a softmax of three classes. */
  static LinearizeGraphs scaled() {
    LinearizeGraphs net = new LinearizeGraphs(DataType.FLOAT);
    SDVariable in = net.graph.placeHolder("in", DataType.FLOAT, -1, 3);
    net.graph.math().tanh(in).mul("scores", net.graph.constant("c", net.gaussian(1, 3)));
    return net.softmax();
  }

  /**
   * "image", channels first or last → convolution, batch normalization, ReLU "a0" → convolution,
   * ReLU "a1" → convolution → mean → "probabilities" of two classes.
   */
  static LinearizeGraphs images(boolean channelsFirst, long... batchAndSizes) {
    LinearizeGraphs net = new LinearizeGraphs(DataType.FLOAT);
    SDVariable image = net.graph.placeHolder("image", DataType.FLOAT, batchAndSizes);
    int axis = channelsFirst ? 1 : 3;
    SDVariable first = net.norm(net.convolution(image, "c0", 3, 4, channelsFirst), "n0", 4, axis);
    SDVariable a0 = net.graph.nn().relu("a0", first, 0);
    SDVariable a1 = net.graph.nn().relu("a1", net.convolution(a0, "c1", 4, 4, channelsFirst), 0);
    SDVariable last = net.convolution(a1, "c2", 4, 4, channelsFirst);
    SDVariable mean = channelsFirst ? last.mean(2, 3) : last.mean(1, 2);
    net.product(mean, "scores", 4, 2);
    return net.softmax();
  }

  /**
   * "image" → convolution, ReLU "a0" → convolution → mean → "scores" of two classes, as the ONNX
   * importer writes it: all numbers are constants, kernels have another layout, channels are last
   * in between.
   */
  static LinearizeGraphs imported() {
    LinearizeGraphs net = new LinearizeGraphs(DataType.FLOAT);
    SDVariable image = net.graph.placeHolder("image", DataType.FLOAT, -1, 3, 8, 7);
    SDVariable a0 = net.graph.nn().relu("a0", net.importedConvolution(image, "c0", 3, 4), 0);
    SDVariable last = net.importedConvolution(a0, "c1", 4, 4);
    net.product(last.mean(2, 3), "scores", 4, 2);
    return net.frozen();
  }

  private SDVariable importedConvolution(SDVariable in, String name, int inputs, int outputs) {
    INDArray kernel = gaussian(Math.sqrt(2.0 / (9 * inputs)), outputs, inputs, 3, 3);
    SDVariable turned = graph.constant(name + "_W", kernel).permute(2, 3, 1, 0);
    SDVariable widths =
        graph.constant(Nd4j.createFromArray(new int[][] {{0, 0}, {0, 0}, {1, 1}, {1, 1}}));
    SDVariable last = graph.nn().pad(in, widths, 0).permute(0, 2, 3, 1);
    Conv2DConfig config = Conv2DConfig.builder().kH(3).kW(3).dataFormat("NHWC").build();
    SDVariable convolved = graph.concat(3, graph.cnn().conv2d(last, turned, config));
    return convolved.add(graph.constant(name + "_b", gaussian(0.1, outputs))).permute(0, 3, 1, 2);
  }

  SDVariable variable(String name) {
    return graph.getVariable(name);
  }

  INDArray gaussian(double scale, long... shape) {
    INDArray array = Nd4j.create(DataType.DOUBLE, shape);
    for (long i = 0; i < array.length(); i++) {
      array.putScalar(i, scale * random.nextGaussian());
    }
    return array.castTo(type);
  }

  private SDVariable product(SDVariable in, String name, int inputs, int outputs) {
    SDVariable weights = graph.var(name + "_W", gaussian(Math.sqrt(2.0 / inputs), inputs, outputs));
    return in.mmul(weights).add(name, graph.var(name + "_b", gaussian(0.1, outputs)));
  }

  private SDVariable convolution(
      SDVariable in, String name, int inputs, int outputs, boolean channelsFirst) {
    INDArray weights = gaussian(Math.sqrt(2.0 / (9 * inputs)), 3, 3, inputs, outputs);
    Conv2DConfig config =
        Conv2DConfig.builder()
            .kH(3)
            .kW(3)
            .pH(1)
            .pW(1)
            .dataFormat(channelsFirst ? "NCHW" : "NHWC")
            .build();
    return graph
        .cnn()
        .conv2d(
            name,
            in,
            graph.var(name + "_W", weights),
            graph.var(name + "_b", gaussian(0.1, outputs)),
            config);
  }

  private SDVariable norm(SDVariable in, String name, int channels, int axis) {
    return graph
        .nn()
        .batchNorm(
            name,
            in,
            graph.constant(name + "_mean", gaussian(0.2, channels)),
            graph.constant(name + "_var", gaussian(1, channels).muli(0.1).addi(1)),
            graph.constant(name + "_gamma", gaussian(0.1, channels).addi(1)),
            graph.constant(name + "_beta", gaussian(0.1, channels)),
            1e-5,
            axis);
  }

  LinearizeGraphs softmax() {
    graph.nn().softmax("probabilities", variable("scores"), 1);
    return this;
  }

  LinearizeGraphs then(UnaryOperator<SDVariable> last) {
    last.apply(variable("scores"));
    return this;
  }

  /** With the loss, the placeholder "label" and the configuration of a training. */
  LinearizeGraphs trained(int classes) {
    SDVariable label = graph.placeHolder("label", type, -1, classes);
    graph.loss().softmaxCrossEntropy("loss", label, variable("scores"), null);
    graph.setLossVariables("loss");
    graph.setTrainingConfig(
        new TrainingConfig.Builder()
            .updater(new Adam(0.01))
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("label")
            .build());
    return this;
  }

  /** With constants for weights, as importers make them. */
  LinearizeGraphs frozen() {
    graph.convertToConstants(variables(graph, VariableType.VARIABLE));
    return this;
  }

  static List<SDVariable> variables(SameDiff graph, VariableType kind) {
    return graph.variables().stream().filter(v -> v.getVariableType() == kind).toList();
  }

  Path save(Path folder) {
    Path file = folder.resolve("model.fb");
    graph.save(file.toFile(), false);
    return file;
  }

  static SameDiff load(Path file) {
    return SameDiff.load(file.toFile(), true);
  }

  static List<String> names(SameDiff graph, VariableType kind) {
    return variables(graph, kind).stream().map(SDVariable::name).sorted().toList();
  }

  static List<String> types(SameDiff graph) {
    return graph.getOps().values().stream().map(op -> op.getOp().opName()).toList();
  }

  /** All trained and constant numbers, by the names. */
  static List<String> numbers(SameDiff graph) {
    return graph.variables().stream()
        .filter(
            v ->
                v.getVariableType() == VariableType.VARIABLE
                    || v.getVariableType() == VariableType.CONSTANT)
        .map(v -> v.name() + Arrays.toString(v.getArr().dup('c').data().asBytes()))
        .sorted()
        .toList();
  }
}
