package io.github.dl4jbnfold.graph;

/**
 * Multiplication (or division) by a constant channel vector. Kept, it absorbs any scale; a shift
 * turns it into a multiplication and an addition. Theory, section 1.
 *
 * @param isNumber whether the factor is a number inside the operator, not a constant that it reads
 */
public record ConstantMultiply(
    String name, Tensor input, Tensor output, double[] scale, boolean isNumber)
    implements Removable {
  /** One with a constant that it reads. */
  public ConstantMultiply(String name, Tensor input, Tensor output, double[] scale) {
    this(name, input, output, scale, false);
  }

  @Override
  public String kind() {
    return "multiplication by a constant";
  }

  @Override
  public double[] shift() {
    return new double[scale.length];
  }

  @Override
  public Freedom freedom() {
    return isNumber ? Freedom.NONE : Freedom.SCALE;
  }

  @Override
  public void demand(Demands demands) {
    // m̃ = a_out·m/a_in exists for every scale; see demandWithoutAddition for the shift.
  }

  /** What it demands if it is to stay one multiplication: no shift on either side. */
  public void demandWithoutAddition(Demands demands) {
    demands.noShift(input.all());
    demands.noShift(output.all());
  }
}
