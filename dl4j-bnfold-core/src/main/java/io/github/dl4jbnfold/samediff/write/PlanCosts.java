package io.github.dl4jbnfold.samediff.write;

import io.github.dl4jbnfold.cost.UnmeasurableWorkException;
import io.github.dl4jbnfold.cost.Work;
import io.github.dl4jbnfold.gauge.Gauge;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.ConstantMultiply;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Repairable;
import io.github.dl4jbnfold.plan.Costs;
import io.github.dl4jbnfold.plan.OnesChannel;
import io.github.dl4jbnfold.plan.Plan;
import io.github.dl4jbnfold.plan.PointMerge;
import io.github.dl4jbnfold.rewrite.Clamp;
import io.github.dl4jbnfold.samediff.read.Binding.ActivationBinding;
import io.github.dl4jbnfold.samediff.read.Binding.ArithmeticBinding;
import io.github.dl4jbnfold.samediff.read.Binding.BatchNormBinding;
import io.github.dl4jbnfold.samediff.read.Binding.BoundBinding;
import io.github.dl4jbnfold.samediff.read.Binding.ChannelConstant;
import io.github.dl4jbnfold.samediff.read.Binding.LinearBinding;
import io.github.dl4jbnfold.samediff.read.Binding.PaddingBinding;
import io.github.dl4jbnfold.samediff.read.Op;
import io.github.dl4jbnfold.samediff.read.SameDiffReading;
import io.github.dl4jbnfold.samediff.read.Shapes;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * What the rewriting of a SameDiff graph adds to the time of a run, from the times of the single
 * operators that go and come. Where the batch size is free, for a batch of one.
 */
public final class PlanCosts implements Costs {
  /**
   * One channel more than a power of two costs more than its share: 3 to 7 % of 64 were measured.
   */
  private static final double LEAST_SHARE = 0.03;

  private final SameDiff graph;
  private final SameDiffReading reading;
  private final Shapes shapes;
  private final ToDoubleFunction<Work> seconds;

  /**
   * @param shapes of the variables of the graph before the rewriting
   * @param seconds the time of one operator
   */
  public PlanCosts(
      SameDiff graph, SameDiffReading reading, Shapes shapes, ToDoubleFunction<Work> seconds) {
    this.graph = graph;
    this.reading = reading;
    this.shapes = shapes;
    this.seconds = seconds;
  }

  @Override
  public double added(Plan plan) {
    double added = 0;
    for (Removable gone : plan.removed()) {
      added -= ofAffine(gone);
      if (plan.identityTaps().containsKey(gone)) {
        added -= ofAddition(gone);
      }
    }
    for (BatchNorm norm : plan.reduced()) {
      added -= savedByReduction(norm);
    }
    for (ConstantMultiply multiply : plan.widened()) {
      added += ofAddition(multiply);
    }
    for (Repairable operator : plan.repaired()) {
      added += ofRepair(operator, plan);
    }
    for (OnesChannel ones : plan.onesChannels()) {
      added += ofOnes(ones);
    }
    for (PointMerge merge : plan.merges()) {
      added -= ofConvolution(merge.point());
      added -= reading.binding(merge.point()) instanceof LinearBinding b ? ofMap(b.op()) : 0;
    }
    return added;
  }

  @Override
  public double savedByReduction(BatchNorm norm) {
    return ofAffine(norm) - ofAddition(norm);
  }

  private double ofAffine(Removable affine) {
    if (reading.binding(affine) instanceof BatchNormBinding binding) {
      long[] shape = shape(binding.op().output());
      long channels = affine.input().channels();
      int axis = shape.length - binding.channelShape().size();
      long[] vector = {channels};
      return time(
          Work.of("batchnorm", type(binding.op()), shape, vector, vector, vector, vector)
              .withIntegers(1, 1, axis));
    }
    double sum = 0;
    if (reading.binding(affine) instanceof ArithmeticBinding binding) {
      for (ChannelConstant part : binding.run()) {
        sum += ofConstant(part.isAddition() ? "add" : "multiply", part.op(), part.shape());
      }
    }
    return sum;
  }

  /** The addition that could stand in the place of an affine operator. */
  private double ofAddition(Removable affine) {
    return reading.binding(affine) instanceof BatchNormBinding binding
        ? ofConstant("add", binding.op(), binding.channelShape())
        : reading.binding(affine) instanceof ArithmeticBinding binding
            ? ofConstant("add", binding.run().get(0).op(), binding.run().get(0).shape())
            : 0;
  }

  private double ofConstant(String operator, Op like, List<Long> constant) {
    return time(Work.of(operator, type(like), shape(like.output()), array(constant)));
  }

  private double ofRepair(Repairable operator, Plan plan) {
    boolean readsOnes = plan.onesChannel(operator.inputs().get(0)).isPresent();
    if (reading.binding(operator) instanceof ActivationBinding binding) {
      return ofClamp(binding.op(), binding.channelShape(), operator, plan)
          - time(activation(binding.op()));
    }
    if (reading.binding(operator) instanceof BoundBinding binding) {
      return ofClamp(binding.op(), binding.channelShape(), operator, plan)
          - ofConstant(binding.op().type(), binding.op(), binding.channelShape());
    }
    if (readsOnes) {
      return 0; // counted once for all that read it
    }
    if (reading.binding(operator) instanceof LinearBinding binding) {
      return binding.addition() == null ? ofMap(binding.op()) : 0;
    }
    Gauge gauge = plan.gauges().of(operator.outputs().get(0));
    boolean uniform = Arrays.stream(gauge.shift()).distinct().count() == 1;
    return reading.binding(operator) instanceof PaddingBinding binding && !uniform
        ? ofMap(binding.op())
        : 0;
  }

  private double ofMap(Op op) {
    long[] shape = shape(op.output());
    return time(Work.of("add", type(op), shape, shape));
  }

  private double ofClamp(Op op, List<Long> channelShape, Repairable operator, Plan plan) {
    Gauge in = plan.gauges().of(operator.inputs().get(0));
    Gauge out = plan.gauges().of(operator.outputs().get(0));
    Clamp clamp = Clamp.of(operator, in, out);
    double sum = 0;
    for (Clamp.Bound bound : Arrays.asList(clamp.lower(), clamp.upper())) {
      if (bound == null) {
        continue;
      }
      String bounding = bound.equals(clamp.lower()) ? "maximum" : "minimum";
      if (bound.slope() == null) {
        sum += ofConstant(bounding, op, channelShape);
      } else {
        long[] shape = shape(op.output());
        sum += time(Work.of(bounding, type(op), shape, shape));
        sum += ofConstant("multiply", op, channelShape);
        sum += ofConstant("add", op, channelShape);
      }
    }
    return sum;
  }

  private Work activation(Op op) {
    String like =
        switch (op.type()) {
          case "relu", "leakyrelu" -> op.type();
          default -> "relu6";
        };
    return Work.of(like, type(op), shape(op.output()));
  }

  private double ofOnes(OnesChannel ones) {
    double added = share(ones.writer().output().channels()) * ofConvolution(ones.writer());
    for (Linear reader : ones.readers()) {
      added += share(reader.input().channels()) * ofConvolution(reader);
    }
    return added;
  }

  private static double share(int channels) {
    return Math.max(1.0 / channels, LEAST_SHARE);
  }

  /**
   * One more channel takes its share of the time: the difference of two measured convolutions would
   * be noise.
   */
  private double ofConvolution(Linear operator) {
    if (!(reading.binding(operator) instanceof LinearBinding binding)) {
      return 0;
    }
    Op op = binding.op();
    long[][] inputs = op.inputs().stream().map(this::shape).toArray(long[][]::new);
    return time(Work.of(op.type(), type(op), inputs).withIntegers(op.integers()));
  }

  /** An operator whose time is not known is left out of the balance. */
  private double time(Work work) {
    try {
      return seconds.applyAsDouble(work);
    } catch (UnmeasurableWorkException e) {
      return 0;
    }
  }

  private DataType type(Op op) {
    return graph.getVariable(op.output()).dataType();
  }

  private long[] shape(String variable) {
    var constant =
        reading.constants().isKnown(variable) ? reading.constants().array(variable) : null;
    if (constant != null) {
      return constant.shape();
    }
    return shapes.ofBatchOne(variable);
  }

  private static long[] array(List<Long> list) {
    return list.stream().mapToLong(Long::longValue).toArray();
  }
}
