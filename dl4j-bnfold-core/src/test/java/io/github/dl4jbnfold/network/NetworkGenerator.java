package io.github.dl4jbnfold.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex.Op;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Random graphs of layers and vertices on small images: convolutions of all kinds, norms,
 * activations, pools, sums, merges, and dense layers behind a flattening or a global pool.
 */
final class NetworkGenerator {
  static final int HEIGHT = 7;
  static final int WIDTH = 6;
  private static final int CHANNELS = 3;
  private static final Activation[] ACTIVATIONS = {
    Activation.RELU,
    Activation.RELU,
    Activation.LEAKYRELU,
    Activation.RELU6,
    Activation.SIGMOID,
    Activation.TANH,
    Activation.IDENTITY,
  };

  /** An array of the graph; height 0 for vectors. */
  private record Value(String name, int channels, int height, int width) {
    boolean isImage() {
      return height > 0;
    }
  }

  private final Random random;
  private final CNN2DFormat format;
  private final GraphBuilder builder;
  private final List<Value> values = new ArrayList<>();
  private final List<String> read = new ArrayList<>();
  private boolean fixedSize;

  private NetworkGenerator(long seed) {
    this.random = new Random(seed);
    this.format = random.nextBoolean() ? CNN2DFormat.NCHW : CNN2DFormat.NHWC;
    this.builder =
        new NeuralNetConfiguration.Builder()
            .dataType(DataType.DOUBLE)
            .activation(Activation.IDENTITY)
            .convolutionMode(ConvolutionMode.Truncate)
            .graphBuilder()
            .addInputs("x")
            .setInputTypes(InputType.convolutional(HEIGHT, WIDTH, CHANNELS, format));
  }

  /**
   * A random graph.
   *
   * @param fixedSize whether it takes images of one size only
   */
  record Generated(
      ComputationGraphConfiguration configuration, CNN2DFormat format, boolean fixedSize) {

    /** The shape of its input. */
    long[] shape(int examples, int height, int width) {
      return format == CNN2DFormat.NCHW
          ? new long[] {examples, CHANNELS, height, width}
          : new long[] {examples, height, width, CHANNELS};
    }
  }

  /** The graph of a seed; one of fewer steps is the same up to there. */
  static Generated generate(long seed, int steps) {
    NetworkGenerator generator = new NetworkGenerator(seed);
    generator.stem();
    for (int i = 0; i < steps; i++) {
      generator.step();
    }
    return generator.generated();
  }

  private List<Value> ends() {
    return values.stream().filter(value -> !read.contains(value.name)).toList();
  }

  /** Most have one output, because Deeplearning4j does not run all graphs with several. */
  private Generated generated() {
    if (ends().size() > 1 && random.nextInt(4) > 0) {
      for (Value end : ends()) {
        if (end.isImage()) {
          GlobalPoolingLayer pool = new GlobalPoolingLayer(PoolingType.AVG);
          layer("ending", pool, end, end.channels, 0, 0);
        }
      }
      int channels = ends().stream().mapToInt(Value::channels).sum();
      add("ends", channels, 0, 0, new MergeVertex(), ends().toArray(Value[]::new));
    }
    String[] outputs = ends().stream().map(Value::name).toArray(String[]::new);
    return new Generated(builder.setOutputs(outputs).build(), format, fixedSize);
  }

  /** Nothing else reads the input, because activations overwrite it. */
  private void stem() {
    convolution(new Value("x", CHANNELS, HEIGHT, WIDTH));
  }

  private void step() {
    Value value = values.get(values.size() - 1 - skewed(values.size()));
    if (random.nextInt(10) < 2) {
      norm(value);
    } else if (value.isImage()) {
      imageStep(value);
    } else {
      vectorStep(value);
    }
  }

  /** Recent values are likelier. */
  private int skewed(int size) {
    return Math.min(random.nextInt(size), random.nextInt(size));
  }

  private void imageStep(Value value) {
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> {
        convolution(value);
        if (random.nextBoolean()) {
          norm(values.get(values.size() - 1));
        }
      }
      case 3, 4 -> activation(value);
      case 5 -> pool(value);
      case 6, 7 -> combine(value);
      case 8 -> merge(value);
      case 9 -> position(value);
      case 10 -> number(value);
      default -> flatten(value);
    }
  }

  private void vectorStep(Value value) {
    switch (random.nextInt(6)) {
      case 0, 1 -> dense(value);
      case 2 -> activation(value);
      case 3 -> combine(value);
      case 4 -> merge(value);
      default -> number(value);
    }
  }

  private void norm(Value value) {
    layer("norm", new BatchNormalization(), value, value.channels, value.height, value.width);
  }

  private void convolution(Value value) {
    boolean same = random.nextBoolean();
    int kernel = same ? 1 + random.nextInt(3) : 1 + random.nextInt(Math.min(3, smallest(value)));
    int outputs = 2 + random.nextInt(3);
    boolean bias = random.nextBoolean();
    Activation inside = random.nextInt(5) == 0 ? Activation.RELU : Activation.IDENTITY;
    ConvolutionMode mode = same ? ConvolutionMode.Same : ConvolutionMode.Truncate;
    int cut = same ? 0 : kernel - 1;
    switch (random.nextInt(6)) {
      case 0 -> {
        Layer depthwise =
            new DepthwiseConvolution2D.Builder(kernel, kernel)
                .depthMultiplier(1)
                .nOut(value.channels)
                .convolutionMode(mode)
                .hasBias(bias)
                .build();
        layer("depthwise", depthwise, value, value.channels, value.height - cut, value.width - cut);
      }
      case 1 -> {
        Layer separable =
            new SeparableConvolution2D.Builder(kernel, kernel)
                .depthMultiplier(2)
                .nOut(outputs)
                .convolutionMode(mode)
                .hasBias(bias)
                .build();
        layer("separable", separable, value, outputs, value.height - cut, value.width - cut);
      }
      case 2 -> {
        int back = kernel - 1;
        Layer transposed =
            new Deconvolution2D.Builder(kernel, kernel)
                .dataFormat(format)
                .nOut(outputs)
                .convolutionMode(ConvolutionMode.Truncate)
                .hasBias(bias)
                .build();
        layer("transposed", transposed, value, outputs, value.height + back, value.width + back);
      }
      default -> {
        Layer conv =
            new ConvolutionLayer.Builder(kernel, kernel)
                .nOut(outputs)
                .convolutionMode(mode)
                .activation(inside)
                .hasBias(bias)
                .build();
        layer("conv", conv, value, outputs, value.height - cut, value.width - cut);
      }
    }
  }

  private static int smallest(Value value) {
    return Math.min(value.height, value.width);
  }

  private void activation(Value value) {
    Layer layer =
        random.nextInt(6) == 0
            ? new DropoutLayer(0.5)
            : new ActivationLayer(ACTIVATIONS[random.nextInt(ACTIVATIONS.length)]);
    layer("act", layer, value, value.channels, value.height, value.width);
  }

  private void pool(Value value) {
    PoolingType type = random.nextBoolean() ? PoolingType.MAX : PoolingType.AVG;
    if (random.nextInt(3) == 0) {
      layer("global", new GlobalPoolingLayer(type), value, value.channels, 0, 0);
      return;
    }
    boolean same = random.nextBoolean() || smallest(value) < 2;
    SubsamplingLayer pool =
        new SubsamplingLayer.Builder(type)
            .kernelSize(2, 2)
            .stride(1, 1)
            .convolutionMode(same ? ConvolutionMode.Same : ConvolutionMode.Truncate)
            .build();
    int cut = same ? 0 : 1;
    layer("pool", pool, value, value.channels, value.height - cut, value.width - cut);
  }

  private void position(Value value) {
    int kind = random.nextInt(3);
    if (kind == 0) {
      ZeroPaddingLayer padding =
          new ZeroPaddingLayer.Builder(1, 0, 0, 1).dataFormat(format).build();
      layer("pad", padding, value, value.channels, value.height + 1, value.width + 1);
    } else if (kind == 1 && smallest(value) > 2) {
      Cropping2D crop = new Cropping2D(format, 1, 0, 0, 1);
      layer("crop", crop, value, value.channels, value.height - 1, value.width - 1);
    } else if (value.height + value.width < 10) {
      Upsampling2D up = new Upsampling2D.Builder(2).dataFormat(format).build();
      layer("up", up, value, value.channels, 2 * value.height, 2 * value.width);
    }
  }

  private void number(Value value) {
    double number = (random.nextBoolean() ? -1 : 1) * (0.3 + random.nextDouble());
    boolean scales = random.nextBoolean();
    GraphVertex vertex = scales ? new ScaleVertex(number) : new ShiftVertex(number);
    add(scales ? "times" : "plus", value.channels, value.height, value.width, vertex, value);
  }

  private void combine(Value value) {
    List<Value> partners =
        values.stream()
            .filter(v -> v.channels == value.channels && sameSize(v, value) && v != value)
            .toList();
    if (partners.isEmpty()) {
      return;
    }
    Value other = partners.get(random.nextInt(partners.size()));
    Op[] ops = {Op.Add, Op.Add, Op.Add, Op.Subtract, Op.Average, Op.Max, Op.Product};
    GraphVertex vertex = new ElementWiseVertex(ops[random.nextInt(ops.length)]);
    add("sum", value.channels, value.height, value.width, vertex, value, other);
  }

  private static boolean sameSize(Value one, Value other) {
    return one.height == other.height && one.width == other.width;
  }

  private void merge(Value value) {
    List<Value> partners =
        values.stream()
            .filter(v -> sameSize(v, value) && v != value && v.channels + value.channels <= 12)
            .toList();
    if (!partners.isEmpty()) {
      Value other = partners.get(random.nextInt(partners.size()));
      int channels = value.channels + other.channels;
      add("merge", channels, value.height, value.width, new MergeVertex(), value, other);
    }
  }

  private void flatten(Value value) {
    fixedSize = true;
    dense(value);
  }

  private void dense(Value value) {
    int outputs = 2 + random.nextInt(3);
    Layer dense = new DenseLayer.Builder().nOut(outputs).hasBias(random.nextBoolean()).build();
    layer("dense", dense, value, outputs, 0, 0);
  }

  private void layer(String kind, Layer layer, Value input, int channels, int height, int width) {
    String name = kind + values.size();
    builder.addLayer(name, layer, input.name);
    record(name, channels, height, width, input);
  }

  private void add(
      String kind, int channels, int height, int width, GraphVertex vertex, Value... inputs) {
    String name = kind + values.size();
    String[] names = Arrays.stream(inputs).map(Value::name).toArray(String[]::new);
    builder.addVertex(name, vertex, names);
    record(name, channels, height, width, inputs);
  }

  private void record(String name, int channels, int height, int width, Value... inputs) {
    values.add(new Value(name, channels, height, width));
    for (Value input : inputs) {
      read.add(input.name);
    }
  }
}
