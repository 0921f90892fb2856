package io.github.dl4jbnfold.graph;

/**
 * What is done to an input before the network sees it, y = scale·x + shift: a normalizer that the
 * user wants in the weights. It is no part of the network, so it never stays: it goes before all
 * else, or there is no plan. Theory, section 1.
 *
 * @param name of the input
 */
public record Normalizer(String name, Tensor input, Tensor output, double[] scale, double[] shift)
    implements Removable {
  @Override
  public String kind() {
    return "normalizer";
  }

  @Override
  public Freedom freedom() {
    return Freedom.NONE;
  }

  @Override
  public void demand(Demands demands) {
    // It does not stay; what its removal demands is all.
  }
}
