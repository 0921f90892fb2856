package io.github.dl4jbnfold.gauge;

import org.jspecify.annotations.Nullable;

/** Element-wise arithmetic on channel vectors; null stands for a vector of ones. */
final class Vectors {
  private Vectors() {}

  static double at(double @Nullable [] x, int index) {
    return x == null ? 1 : x[index];
  }

  static double @Nullable [] times(double @Nullable [] x, double @Nullable [] y) {
    if (x == null || y == null) {
      return x == null ? y : x;
    }
    double[] product = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      product[i] = x[i] * y[i];
    }
    return product;
  }

  static double @Nullable [] over(double @Nullable [] x, double @Nullable [] y) {
    if (y == null) {
      return x;
    }
    double[] quotient = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      quotient[i] = at(x, i) / y[i];
    }
    return quotient;
  }

  static double[] copyOfRange(double[] x, int from, int length) {
    double[] part = new double[length];
    System.arraycopy(x, from, part, 0, length);
    return part;
  }
}
