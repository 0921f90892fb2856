package io.github.dl4jbnfold.linearize.run;

import io.github.dl4jbnfold.linearize.merge.Form;
import java.util.List;

/** What parts of a network cost, in a unit of its own: seconds, multiplications, depth. */
public interface Costs {
  /**
   * The cost of one convolution.
   *
   * @param form kernel, strides, channels and groups
   * @param sizes of its input, one for each spatial axis
   * @return in the unit of these costs; infinite for what cannot be
   */
  double convolution(Form form, long... sizes);

  /**
   * The cost of an activation, or of a sum of several inputs.
   *
   * @param channels of its output
   * @param inputs 1 for an activation
   * @param sizes one for each spatial axis
   * @return in the unit of these costs
   */
  double elementwise(int channels, int inputs, long... sizes);

  /**
   * The cost of branches from their costs.
   *
   * @param costs one for each branch
   * @return their sum, or the largest of them, where branches count by the longest path
   */
  double branches(List<Double> costs);

  /** Multiplications, of one example. */
  Costs MULTIPLY_ADDS =
      new Costs() {
        @Override
        public double convolution(Form form, long... sizes) {
          return form.multiplyAdds(sizes);
        }

        @Override
        public double elementwise(int channels, int inputs, long... sizes) {
          return 0;
        }

        @Override
        public double branches(List<Double> costs) {
          return costs.stream().mapToDouble(Double::doubleValue).sum();
        }
      };

  /** Convolutions and dense layers, normalizations included, on the longest path. */
  Costs DEPTH =
      new Costs() {
        @Override
        public double convolution(Form form, long... sizes) {
          return 1;
        }

        @Override
        public double elementwise(int channels, int inputs, long... sizes) {
          return 0;
        }

        @Override
        public double branches(List<Double> costs) {
          return costs.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        }
      };
}
