package io.github.dl4jbnfold.graph;

/**
 * Batch normalization at inference: y = s·x + t with s = γ/√(σ² + ε) and t = β − s·μ, or the same
 * written as multiplications and additions of constants. Kept, it absorbs any gauge on either side.
 * Theory, section 1.
 *
 * @param freedom BOTH unless it is written as arithmetic
 */
public record BatchNorm(
    String name, Tensor input, Tensor output, double[] scale, double[] shift, Freedom freedom)
    implements Removable {
  /** One whose parameters can take any values. */
  public BatchNorm(String name, Tensor input, Tensor output, double[] scale, double[] shift) {
    this(name, input, output, scale, shift, Freedom.BOTH);
  }

  @Override
  public String kind() {
    return "batch normalization";
  }

  @Override
  public void demand(Demands demands) {
    // s̃ = a_out·s/a_in and t̃ = a_out·t + c_out − s̃·c_in exist for every gauge.
  }
}
