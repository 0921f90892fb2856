package io.github.dl4jbnfold.rewrite;

import io.github.dl4jbnfold.rewrite.LinearChange.Shift;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The weights of a linear operator as they are, and what a {@link LinearChange} makes of them. No
 * array is changed; results are in float64.
 *
 * @param kernels one, or two for a separable convolution: depthwise, then pointwise
 * @param bias b, one number per output channel; zeros where there is none
 * @param tap the index on each spatial kernel axis that reads the position that is written, or null
 */
public record LinearWeights(List<Kernel> kernels, double[] bias, @Nullable List<Integer> tap) {
  public LinearWeights {
    kernels = List.copyOf(kernels);
  }

  /** One weight array and its axes. */
  public record Kernel(INDArray array, KernelLayout layout) {
    /** How many output channels it has. */
    public int outputs() {
      return (int) layout.outputAxes().stream().mapToLong(array::size).reduce(1, (a, b) -> a * b);
    }
  }

  /** a_out·b + c_out − Σ W̃·c_in, the sum only where it is to be a part of the bias. */
  public double[] bias(LinearChange change) {
    double[] answer = new double[change.out().channels()];
    if (change.shift() == Shift.BIAS) {
      answer = change.in().relativeShift();
      for (Kernel kernel : kernels) {
        answer = LinearRewrite.response(kernel.array(), kernel.layout(), answer);
      }
    }
    double[] result = LinearRewrite.bias(bias, answer, change.out());
    for (int i = 0; change.taken() != null && i < result.length; i++) {
      result[i] += change.taken().bias()[i];
    }
    return result;
  }

  /** The same with the 1 that a channel of ones needs, where the operator writes one. */
  public double[] biasWithOnes(LinearChange change) {
    double[] result = bias(change);
    if (!change.writesOnes()) {
      return result;
    }
    double[] longer = Arrays.copyOf(result, result.length + 1);
    longer[result.length] = 1;
    return longer;
  }

  /** The new kernels, in the order of the old ones. */
  public List<INDArray> kernels(LinearChange change) {
    List<INDArray> result = new ArrayList<>();
    for (int k = 0; k < kernels.size(); k++) {
      result.add(kernel(k, change));
    }
    return result;
  }

  /** The new kernel in the place of an old one. */
  public INDArray kernel(int k, LinearChange change) {
    Kernel kernel = kernels.get(k);
    double[] middle = ones(kernels.get(0).outputs());
    double[] scale = k == kernels.size() - 1 ? change.out().scale() : middle;
    double[] inverse = k == 0 ? change.in().inverseScale() : middle;
    KernelLayout layout = kernel.layout();
    INDArray wide = LinearRewrite.scaled(kernel.array(), layout, scale, inverse);
    if (change.taken() != null) {
      takeOver(wide, layout, change.taken());
    }
    if (change.shift() == Shift.ONES_CHANNEL) {
      double[] shift = change.in().relativeShift();
      INDArray row = LinearRewrite.onesKernel(kernel.array(), layout, scale, shift);
      wide = LinearRewrite.withInput(wide, layout, row);
    }
    return change.writesOnes() ? LinearRewrite.withSilentOutput(wide, layout) : wide;
  }

  /**
   * What an operator with one kernel, which reads no zeros, leaves to the one that takes it over.
   *
   * @param factor how often it is taken
   */
  public Contribution contribution(LinearChange change, double factor) {
    Kernel kernel = kernels.get(0);
    INDArray wide =
        LinearRewrite.scaled(
            kernel.array(), kernel.layout(), change.out().scale(), change.in().inverseScale());
    if (change.taken() != null) {
      takeOver(wide, kernel.layout(), change.taken());
    }
    double[] scaled = Arrays.stream(bias(change)).map(b -> factor * b).toArray();
    return new Contribution(new double[0], scaled, List.of(wide.mul(factor)));
  }

  private void takeOver(INDArray wide, KernelLayout layout, Contribution taken) {
    List<Integer> at = Objects.requireNonNull(tap);
    LinearRewrite.addIdentity(wide, layout, at, taken.diagonal());
    taken.points().forEach(point -> LinearRewrite.addPoint(wide, layout, at, point));
  }

  private static double[] ones(int length) {
    return IntStream.range(0, length).mapToDouble(i -> 1).toArray();
  }
}
