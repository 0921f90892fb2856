package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Combination;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Removable;
import java.util.List;
import java.util.Optional;

/**
 * A batch normalization beside a convolution: BN(x) + conv(x). The BN is an identity kernel that
 * the convolution takes over, whatever its scale, 0 included. Theory, section 5.
 *
 * @param branch where the convolution stands
 */
public record IdentityTap(ParallelBranch branch) {

  /** The convolution that could take over a batch normalization, if there is one. */
  static Optional<IdentityTap> find(Graph graph, BatchNorm norm) {
    return ParallelBranch.find(
            graph,
            norm.output(),
            norm.input(),
            linear -> linear.abilities().contains(Linear.Ability.IDENTITY_TAP))
        .map(IdentityTap::new);
  }

  /** The addition that reads the batch normalization. */
  public Combination sum() {
    return branch.sum();
  }

  public Linear convolution() {
    return branch.operator();
  }

  List<Removable> between() {
    return branch.between();
  }

  /** How often the convolution takes the batch normalization. */
  public double factor() {
    return branch.factor();
  }
}
