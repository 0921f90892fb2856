package io.github.dl4jbnfold.graph;

import java.util.ArrayList;
import java.util.List;

/**
 * y = Σ_j k_j·x_j with fixed numbers k_j: add, subtract, average of n, x + x. All scales are equal;
 * the shift of the output may be put on any one addend. Theory, section 1.
 *
 * @param coefficients k_j, in the order of the inputs
 */
public record Combination(
    String name, String kind, List<Tensor> inputs, List<Double> coefficients, Tensor output)
    implements Operator {
  public Combination {
    inputs = List.copyOf(inputs);
    coefficients = List.copyOf(coefficients);
    if (inputs.isEmpty() || inputs.size() != coefficients.size()) {
      throw new IllegalArgumentException(
          "Operator '%s' has %d inputs and %d coefficients."
              .formatted(name, inputs.size(), coefficients.size()));
    }
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(output);
  }

  @Override
  public void demand(Demands demands) {
    List<Demands.Term> terms = new ArrayList<>();
    for (int j = 0; j < inputs.size(); j++) {
      demands.sameScale(inputs.get(j).all(), output.all());
      terms.add(new Demands.Term(coefficients.get(j), inputs.get(j).all()));
    }
    terms.add(new Demands.Term(-1, output.all()));
    demands.shiftEquation(terms);
  }
}
