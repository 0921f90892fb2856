package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.Constraint;
import io.github.dl4jbnfold.graph.Reason;
import java.util.List;

/**
 * A batch normalization that stays.
 *
 * @param name its name in the source network
 * @param detail the constraint that forbids its removal: operators, tensors, channels, values
 * @param remedy what would lift it
 * @param proof a minimal set of constraints that cannot hold together; empty where the reason is
 *     not a conflict
 */
public record Kept(
    String name, Reason reason, String detail, String remedy, List<Constraint> proof) {
  public Kept {
    proof = List.copyOf(proof);
  }

  Kept withRemedy(String other) {
    return new Kept(name, reason, detail, other, proof);
  }
}
