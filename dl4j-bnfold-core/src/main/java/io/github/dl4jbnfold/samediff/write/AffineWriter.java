package io.github.dl4jbnfold.samediff.write;

import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.graph.Bound;
import io.github.dl4jbnfold.graph.Freedom;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.rewrite.AffineRewrite;
import io.github.dl4jbnfold.samediff.read.Binding.ArithmeticBinding;
import io.github.dl4jbnfold.samediff.read.Binding.BatchNormBinding;
import io.github.dl4jbnfold.samediff.read.Binding.BoundBinding;
import io.github.dl4jbnfold.samediff.read.Binding.ChannelConstant;
import io.github.dl4jbnfold.samediff.read.Binding.FieldBinding;
import io.github.dl4jbnfold.samediff.read.Binding.TableBinding;
import io.github.dl4jbnfold.samediff.read.Carriers;
import io.github.dl4jbnfold.samediff.read.Op;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Rewrites the affine operators that stay: batch normalizations, arithmetic with constants. */
final class AffineWriter {
  private final Parameters parameters;
  private final GraphEditor editor;

  AffineWriter(Parameters parameters, GraphEditor editor) {
    this.parameters = parameters;
    this.editor = editor;
  }

  /** γ̃ = s̃·√(σ² + ε), β̃ = t̃ + s̃·μ. */
  void rewrite(BatchNormBinding binding, Removable norm, Gauge in, Gauge out) {
    AffineRewrite affine = AffineRewrite.of(norm, in, out);
    Op op = binding.op();
    double[] mean = Parameters.vector(parameters.array(op, binding.mean()));
    double[] variance = Parameters.vector(parameters.array(op, binding.variance()));
    double[] gamma = new double[mean.length];
    double[] beta = new double[mean.length];
    for (int i = 0; i < gamma.length; i++) {
      gamma[i] = affine.scale()[i] * Math.sqrt(variance[i] + binding.epsilon());
      beta[i] = affine.shift()[i] + affine.scale()[i] * mean[i];
    }
    INDArray like = parameters.array(op, binding.mean());
    if (binding.gamma() >= 0 && binding.beta() >= 0) {
      parameters.write(
          op, binding.gamma(), Parameters.like(parameters.array(op, binding.gamma()), gamma));
      parameters.write(
          op, binding.beta(), Parameters.like(parameters.array(op, binding.beta()), beta));
      return;
    }
    String meanName = op.input(binding.mean());
    editor.replaceByBatchNorm(
        op.name(),
        List.of(
            op.input(0),
            meanName,
            op.input(binding.variance()),
            editor.addLike(meanName, op.name() + "_gamma", Parameters.like(like, gamma)),
            editor.addLike(meanName, op.name() + "_beta", Parameters.like(like, beta))),
        binding.epsilon(),
        (int) op.integer(2, 1));
  }

  /**
   * A kept run y = s̃·x + t̃: two of its operators carry the whole.
   *
   * @return the operators of the run that have become the identity
   */
  List<ChannelConstant> rewrite(ArithmeticBinding binding, Removable norm, Gauge in, Gauge out) {
    AffineRewrite affine = AffineRewrite.of(norm, in, out);
    if (parameters.keepsOperators() && norm.freedom() == Freedom.NONE) {
      return List.of();
    }
    if (parameters.keepsOperators() && norm.freedom() == Freedom.SHIFT) {
      return rewriteShift(binding, affine.shift());
    }
    Carriers carriers = binding.carriers();
    boolean divides = carriers.addsFirst();
    double[] shift = affine.shift().clone();
    boolean needsOwn = carriers.addition() < 0 && Arrays.stream(shift).anyMatch(t -> t != 0);
    for (int i = 0; divides && i < shift.length; i++) {
      needsOwn |= affine.scale()[i] == 0 && shift[i] != 0;
    }
    boolean inserts = needsOwn && !parameters.keepsOperators();
    for (int i = 0; divides && !inserts && i < shift.length; i++) {
      // The addition comes first: s̃·(x + t̃/s̃).
      shift[i] = affine.scale()[i] == 0 ? 0 : shift[i] / affine.scale()[i];
    }
    List<ChannelConstant> superfluous = new ArrayList<>();
    for (int i = 0; i < binding.run().size(); i++) {
      ChannelConstant part = binding.run().get(i);
      if (i == carriers.multiplication()) {
        parameters.write(part, affine.scale());
      } else if (i == carriers.addition() && !inserts) {
        parameters.write(part, shift);
      } else {
        superfluous.add(part);
      }
    }
    if (inserts) {
      insertShift(binding.run().get(carriers.multiplication()), shift);
    }
    return superfluous;
  }

  private void insertShift(ChannelConstant multiplication, double[] shift) {
    Op op = multiplication.op();
    INDArray values = parameters.vector(multiplication, shift);
    String like = multiplication.isNumber() ? "" : op.input(multiplication.input());
    editor.insertAddition(op.output(), parameters.newConstant(like, op.name() + "_shift", values));
  }

  /** The factors of the run are numbers that stay; those behind the addition multiply it, too. */
  private List<ChannelConstant> rewriteShift(ArithmeticBinding binding, double[] shift) {
    int addition = binding.carriers().addition();
    double factor = 1;
    List<ChannelConstant> superfluous = new ArrayList<>();
    for (int i = 0; i < binding.run().size(); i++) {
      ChannelConstant part = binding.run().get(i);
      if (part.isAddition() && i != addition) {
        superfluous.add(part);
      } else if (!part.isAddition() && i > addition) {
        factor *= part.effect()[0];
      }
    }
    double behind = factor;
    parameters.write(
        binding.run().get(addition), Arrays.stream(shift).map(t -> t / behind).toArray());
    return superfluous;
  }

  /** Leaves the addition y = x + t̃ of a batch normalization whose scale has gone. */
  void reduce(BatchNormBinding binding, Removable norm, Gauge in, Gauge out) {
    Op op = binding.op();
    long[] shape = binding.channelShape().stream().mapToLong(Long::longValue).toArray();
    INDArray shift =
        Nd4j.createFromArray(AffineRewrite.of(norm, in, out).shift())
            .reshape(shape)
            .castTo(parameters.outputType(op));
    String like = binding.beta() < 0 ? "" : op.input(binding.beta());
    editor.replaceByArithmetic(
        op.name(), op.input(0), parameters.newConstant(like, op.name() + "_shift", shift), false);
  }

  /**
   * Leaves the last addition of a run whose scale has gone.
   *
   * @return the operators of the run that have become the identity
   */
  List<ChannelConstant> reduce(ArithmeticBinding binding, Removable norm, Gauge in, Gauge out) {
    ChannelConstant addition = binding.run().get(binding.carriers().addition());
    parameters.write(addition, AffineRewrite.of(norm, in, out).shift());
    return binding.run().stream().filter(part -> !part.equals(addition)).toList();
  }

  /** K̃ = a·K + c_out − c_in, with the signs that the operator gives its operands. */
  void rewrite(FieldBinding binding, Gauge in, Gauge out) {
    if (in.isIdentity() && out.isIdentity()) {
      return;
    }
    INDArray field = parameters.array(binding.op(), binding.input());
    long[] shape = binding.channelShape().stream().mapToLong(Long::longValue).toArray();
    double[] added = new double[out.channels()];
    for (int i = 0; i < added.length; i++) {
      added[i] = binding.constantSign() * (out.shift()[i] - binding.operandSign() * in.shift()[i]);
    }
    parameters.write(binding.op(), binding.input(), affine(field, out.scale(), added, shape));
  }

  /** b̃ = a·b + c. */
  void rewrite(BoundBinding binding, Bound bound, Gauge out) {
    double[] carried = bound.bound().clone();
    for (int i = 0; i < carried.length; i++) {
      carried[i] = out.scale()[i] * carried[i] + out.shift()[i];
    }
    INDArray old = parameters.array(binding.op(), binding.input());
    long[] shape = binding.channelShape().stream().mapToLong(Long::longValue).toArray();
    INDArray values = Nd4j.createFromArray(carried).castTo(old.dataType());
    parameters.write(
        binding.op(),
        binding.input(),
        values.reshape(old.length() == carried.length ? old.shape() : shape));
  }

  /** Ẽ = a·E + c; the last axis of the table is the channel axis. */
  void rewrite(TableBinding binding, Gauge out) {
    INDArray table = parameters.array(binding.op(), binding.input());
    parameters.write(
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
}
