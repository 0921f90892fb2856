package io.github.dl4jbnfold.samediff.write;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.rewrite.AffineRewrite;
import io.github.dl4jbnfold.rewrite.LinearRewrite;
import io.github.dl4jbnfold.samediff.read.Binding.ActivationBinding;
import io.github.dl4jbnfold.samediff.read.Binding.ArithmeticBinding;
import io.github.dl4jbnfold.samediff.read.Binding.BatchNormBinding;
import io.github.dl4jbnfold.samediff.read.Binding.ChannelConstant;
import io.github.dl4jbnfold.samediff.read.Binding.FieldBinding;
import io.github.dl4jbnfold.samediff.read.Binding.Form;
import io.github.dl4jbnfold.samediff.read.Binding.Kernel;
import io.github.dl4jbnfold.samediff.read.Binding.LinearBinding;
import io.github.dl4jbnfold.samediff.read.Binding.PaddingBinding;
import io.github.dl4jbnfold.samediff.read.Binding.TableBinding;
import io.github.dl4jbnfold.samediff.read.Constants;
import io.github.dl4jbnfold.samediff.read.Op;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Writes new values of weights, biases and constants. A variable that several operators read is
 * copied for each rewriting that needs other values, so no operator ever sees another's.
 */
final class Parameters {
  private record Copy(String name, INDArray array) {}

  private final SameDiff graph;
  private final Constants constants;
  private final GraphEditor editor;
  private final Map<String, List<Copy>> copies = new HashMap<>();

  Parameters(SameDiff graph, Constants constants, GraphEditor editor) {
    this.graph = graph;
    this.constants = constants;
    this.editor = editor;
  }

  /** W̃ = a_out·W/a_in and b̃ = a_out·b + c_out − Σ W̃·c_in. */
  void rewrite(LinearBinding binding, Gauge in, Gauge out, @Nullable Contribution taken) {
    double[] answer = in.relativeShift();
    for (Kernel kernel : binding.kernels()) {
      answer = LinearRewrite.response(array(binding.op(), kernel.input()), kernel.layout(), answer);
    }
    double[] bias = LinearRewrite.bias(bias(binding, answer.length), answer, out);
    for (int i = 0; taken != null && i < bias.length; i++) {
      bias[i] += taken.bias()[i];
    }
    writeWeights(binding, in, out, taken);
    writeBias(binding, bias);
  }

  /**
   * The same where zero padding is read: what the operator answers to a shift differs by position.
   */
  void rewriteWithMap(LinearBinding binding, Gauge in, Gauge out, @Nullable Contribution taken) {
    Op op = binding.op();
    List<INDArray> kernels =
        binding.kernels().stream().map(kernel -> array(op, kernel.input())).toList();
    INDArray answer = BorderMap.response(op, kernels, binding.positions(), in.relativeShift());
    double[] bias = bias(binding, out.channels());
    double[] added = out.shift().clone();
    for (int i = 0; i < added.length; i++) {
      added[i] += out.scale()[i] * bias[i] + (taken == null ? 0 : taken.bias()[i]);
    }
    long[] vector = BorderMap.channelShape(answer.rank(), binding.positions(), out.channels());
    INDArray map =
        answer
            .mul(Nd4j.createFromArray(out.scale()).reshape(vector))
            .rsub(Nd4j.createFromArray(added).reshape(vector));
    writeWeights(binding, in, out, taken);
    writeMap(binding, map.castTo(kernels.get(0).dataType()));
  }

  private void writeMap(LinearBinding binding, INDArray map) {
    Op op = binding.op();
    if (binding.addition() != null && binding.addition().input() >= 0) {
      boolean subtracts = binding.addition().form() == Form.SUBTRACT;
      write(binding.addition().op(), binding.addition().input(), subtracts ? map.neg() : map);
      return;
    }
    if (binding.bias() != null) {
      editor.removeInput(op.name(), op.input(binding.bias()));
    }
    String weights = op.input(binding.kernels().get(0).input());
    editor.insertAddition(op.output(), editor.addLike(weights, op.name() + "_map", map));
  }

  private void writeWeights(
      LinearBinding binding, Gauge in, Gauge out, @Nullable Contribution taken) {
    Op op = binding.op();
    List<Kernel> kernels = binding.kernels();
    int middle = middleChannels(kernels.get(0), array(op, kernels.get(0).input()));
    for (int k = 0; k < kernels.size(); k++) {
      Kernel kernel = kernels.get(k);
      INDArray weights = array(op, kernel.input());
      double[] scale = k == kernels.size() - 1 ? out.scale() : ones(middle);
      double[] inverse = k == 0 ? in.inverseScale() : ones(middle);
      List<Integer> tap = binding.identityTap();
      INDArray rewritten =
          taken == null || tap == null
              ? LinearRewrite.weights(weights, kernel.layout(), scale, inverse)
              : LinearRewrite.weights(
                  weights, kernel.layout(), scale, inverse, tap, taken.weights());
      write(op, kernel.input(), rewritten);
    }
  }

  void rewrite(ActivationBinding binding, Clamp clamp) {
    Op op = binding.op();
    ClampWriter writer =
        new ClampWriter(
            graph,
            editor,
            op.name(),
            binding.channelShape(),
            graph.getVariable(op.output()).dataType());
    editor.replaceBy(op.name(), op.input(0), x -> writer.apply(clamp, x));
  }

  /** Adds c·(1 − what the padding makes of ones), so that the padded value is the shift. */
  void rewrite(PaddingBinding binding, Gauge gauge) {
    INDArray map = BorderMap.missing(binding.op(), binding.positions(), gauge.shift(), constants);
    DataType type = graph.getVariable(binding.op().output()).dataType();
    editor.insertAddition(
        binding.op().output(), editor.addConstant(binding.op().name() + "_map", map.castTo(type)));
  }

  private static int middleChannels(Kernel kernel, INDArray weights) {
    return (int)
        kernel.layout().outputAxes().stream().mapToLong(weights::size).reduce(1, (a, b) -> a * b);
  }

  static double[] ones(int length) {
    double[] ones = new double[length];
    Arrays.fill(ones, 1);
    return ones;
  }

  private double[] bias(LinearBinding binding, int channels) {
    if (binding.bias() != null) {
      return vector(array(binding.op(), binding.bias()));
    }
    return binding.addition() != null ? binding.addition().effect() : new double[channels];
  }

  private void writeBias(LinearBinding binding, double[] bias) {
    Op op = binding.op();
    DataType type = array(op, binding.kernels().get(0).input()).dataType();
    if (binding.bias() != null) {
      INDArray old = array(op, binding.bias());
      write(op, binding.bias(), like(old, bias));
    } else if (binding.addition() != null) {
      write(binding.addition(), bias);
    } else if (Arrays.stream(bias).anyMatch(b -> b != 0)) {
      INDArray values = Nd4j.createFromArray(bias).castTo(type);
      String weights = op.input(binding.kernels().get(0).input());
      String name = editor.addLike(weights, op.name() + "_bias", values);
      if (op.type().equals("matmul")) {
        editor.insertAddition(op.output(), name);
      } else {
        editor.setInput(op.name(), 1 + binding.kernels().size(), name);
      }
    }
  }

  /** γ̃ = s̃·√(σ² + ε), β̃ = t̃ + s̃·μ. */
  void rewrite(BatchNormBinding binding, Removable norm, Gauge in, Gauge out) {
    AffineRewrite affine = AffineRewrite.of(norm, in, out);
    Op op = binding.op();
    double[] mean = vector(array(op, binding.mean()));
    double[] variance = vector(array(op, binding.variance()));
    double[] gamma = new double[mean.length];
    double[] beta = new double[mean.length];
    for (int i = 0; i < gamma.length; i++) {
      gamma[i] = affine.scale()[i] * Math.sqrt(variance[i] + binding.epsilon());
      beta[i] = affine.shift()[i] + affine.scale()[i] * mean[i];
    }
    INDArray like = array(op, binding.mean());
    if (binding.gamma() >= 0 && binding.beta() >= 0) {
      write(op, binding.gamma(), like(array(op, binding.gamma()), gamma));
      write(op, binding.beta(), like(array(op, binding.beta()), beta));
      return;
    }
    String meanName = op.input(binding.mean());
    editor.replaceByBatchNorm(
        op.name(),
        List.of(
            op.input(0),
            meanName,
            op.input(binding.variance()),
            editor.addLike(meanName, op.name() + "_gamma", like(like, gamma)),
            editor.addLike(meanName, op.name() + "_beta", like(like, beta))),
        binding.epsilon(),
        (int) op.integer(2, 1));
  }

  /**
   * A kept run y = s̃·x + t̃: its last multiplication and its last addition carry the whole.
   *
   * @return the operators of the run that have become the identity
   */
  List<ChannelConstant> rewrite(ArithmeticBinding binding, Removable norm, Gauge in, Gauge out) {
    AffineRewrite affine = AffineRewrite.of(norm, in, out);
    int multiplication = last(binding, false);
    int addition = last(binding, true);
    double[] shift = affine.shift().clone();
    if (addition >= 0 && addition < multiplication) {
      if (Arrays.stream(affine.scale()).anyMatch(scale -> scale == 0)) {
        addition = -1;
      } else {
        // The addition comes first: s̃·(x + t̃/s̃).
        Arrays.setAll(shift, i -> shift[i] / affine.scale()[i]);
      }
    }
    List<ChannelConstant> superfluous = new ArrayList<>();
    for (int i = 0; i < binding.run().size(); i++) {
      ChannelConstant part = binding.run().get(i);
      if (i == multiplication) {
        write(part, affine.scale());
      } else if (i == addition) {
        write(part, shift);
      } else {
        superfluous.add(part);
      }
    }
    if (addition < 0 && Arrays.stream(shift).anyMatch(t -> t != 0)) {
      ChannelConstant part = binding.run().get(multiplication);
      INDArray values = vector(part, shift);
      String like = part.input() >= 0 ? part.op().input(part.input()) : "";
      editor.insertAddition(
          part.op().output(), newConstant(like, part.op().name() + "_shift", values));
    }
    return superfluous;
  }

  private static int last(ArithmeticBinding binding, boolean addition) {
    int found = -1;
    for (int i = 0; i < binding.run().size(); i++) {
      found = binding.run().get(i).isAddition() == addition ? i : found;
    }
    return found;
  }

  /** K̃ = a·K + c_out − c_in, with the signs that the operator gives its operands. */
  void rewrite(FieldBinding binding, Gauge in, Gauge out) {
    if (in.isIdentity() && out.isIdentity()) {
      return;
    }
    INDArray field = array(binding.op(), binding.input());
    long[] shape = binding.channelShape().stream().mapToLong(Long::longValue).toArray();
    double[] added = new double[out.channels()];
    for (int i = 0; i < added.length; i++) {
      added[i] = binding.constantSign() * (out.shift()[i] - binding.operandSign() * in.shift()[i]);
    }
    write(binding.op(), binding.input(), affine(field, out.scale(), added, shape));
  }

  /** Ẽ = a·E + c; the last axis of the table is the channel axis. */
  void rewrite(TableBinding binding, Gauge out) {
    INDArray table = array(binding.op(), binding.input());
    write(
        binding.op(),
        binding.input(),
        affine(table, out.scale(), out.shift(), new long[] {out.channels()}));
  }

  private static INDArray affine(INDArray array, double[] scale, double[] shift, long[] shape) {
    return array
        .castTo(DataType.DOUBLE)
        .mul(Nd4j.createFromArray(scale).reshape(shape))
        .add(Nd4j.createFromArray(shift).reshape(shape))
        .castTo(array.dataType());
  }

  /** Makes a constant operand multiply by, or add, the given numbers. */
  private void write(ChannelConstant part, double[] effect) {
    double[] stored = effect.clone();
    for (int i = 0; i < stored.length; i++) {
      stored[i] =
          part.form() == Form.SUBTRACT
              ? -effect[i]
              : part.form() == Form.DIVIDE ? 1 / effect[i] : effect[i];
    }
    boolean divisionByInfinity = Arrays.stream(stored).anyMatch(Double::isInfinite);
    if (part.input() >= 0 && !divisionByInfinity) {
      INDArray old = array(part.op(), part.input());
      INDArray values = old.length() == stored.length ? like(old, stored) : vector(part, stored);
      write(part.op(), part.input(), values);
    } else {
      String constant =
          newConstant(
              part.input() >= 0 ? part.op().input(part.input()) : "",
              part.op().name() + "_constant",
              vector(part, effect));
      editor.replaceByArithmetic(
          part.op().name(), part.op().input(part.operand()), constant, !part.isAddition());
    }
  }

  private String newConstant(String like, String base, INDArray values) {
    return like.isEmpty() ? editor.addConstant(base, values) : editor.addLike(like, base, values);
  }

  private INDArray vector(ChannelConstant part, double[] values) {
    long[] shape = part.shape().stream().mapToLong(Long::longValue).toArray();
    DataType type = graph.getVariable(part.op().output()).dataType();
    return Nd4j.createFromArray(values).reshape(shape).castTo(type);
  }

  static INDArray like(INDArray old, double[] values) {
    return Nd4j.createFromArray(values).castTo(old.dataType()).reshape(old.shape());
  }

  static double[] vector(INDArray array) {
    return array.castTo(DataType.DOUBLE).dup('c').reshape(array.length()).toDoubleVector();
  }

  INDArray array(Op op, int input) {
    INDArray array = constants.array(op.input(input));
    if (array == null) {
      throw new IllegalStateException("'" + op.input(input) + "' has no array.");
    }
    return array;
  }

  /** Gives one input of one operator new values, and no other reader, itself included. */
  void write(Op op, int input, INDArray values) {
    String name = op.input(input);
    boolean readOnce = Collections.frequency(op.inputs(), name) == 1;
    if (readOnce && editor.hasOneReader(name) && !copies.containsKey(name)) {
      editor.setArray(name, values);
      return;
    }
    List<Copy> known = copies.computeIfAbsent(name, n -> new ArrayList<>());
    String copy =
        known.stream()
            .filter(c -> c.array().equalsWithEps(values, 0))
            .map(Copy::name)
            .findFirst()
            .orElseGet(
                () -> {
                  String added = editor.addLike(name, name + "_folded", values);
                  known.add(new Copy(added, values));
                  return added;
                });
    editor.setInput(op.name(), input, copy);
  }
}
