package io.github.dl4jbnfold.plan;

import io.github.dl4jbnfold.gauge.Gauges;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.ConstantMultiply;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Normalizer;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Repairable;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be done to a network: which affine operators go, and how every tensor is carried then.
 *
 * @param removed the operators to remove
 * @param reduced the batch normalizations that become an addition: their scale goes
 * @param widened the constant multiplications that become a multiplication and an addition; none
 *     where operators are kept
 * @param repaired the operators that are replaced by the form that demands less
 * @param onesChannels the channels of ones that serve repaired operators
 * @param identityTaps the batch normalizations, all among the removed, that become identity taps of
 *     a convolution beside them, with that convolution
 * @param merges the 1×1 convolutions that a convolution beside them takes over
 * @param kept the batch normalizations that stay, in graph order
 * @param most no plan for this network, within the same limits and with the same objective, removes
 *     more than so many
 * @param keepsOperators whether no operator may be added or become another one: those that stay
 *     hold their gauges by their own weights and constants
 * @param gauges the gauge of every tensor
 */
public record Plan(
    Graph graph,
    Set<Removable> removed,
    Set<BatchNorm> reduced,
    Set<ConstantMultiply> widened,
    Set<Repairable> repaired,
    Set<OnesChannel> onesChannels,
    Map<BatchNorm, IdentityTap> identityTaps,
    List<PointMerge> merges,
    List<Kept> kept,
    int most,
    boolean keepsOperators,
    Gauges gauges) {

  /** The batch normalizations to remove, in graph order. */
  public List<BatchNorm> removedBatchNorms() {
    return graph.operators().stream()
        .filter(BatchNorm.class::isInstance)
        .map(BatchNorm.class::cast)
        .filter(removed::contains)
        .toList();
  }

  /** The inputs whose normalizers go: the network takes them as they are before these. */
  public List<String> rawInputs() {
    return graph.removables().stream()
        .filter(Normalizer.class::isInstance)
        .map(Removable::name)
        .toList();
  }

  /** Whether a batch normalization stays that other repairs might let go. */
  public boolean mayGainByRepairs() {
    return kept.stream().anyMatch(k -> !k.proof().isEmpty() || k.reason() == Reason.ZERO_SCALE);
  }

  /**
   * The same plan, in which a batch normalization that stays says what would lift it, if it goes in
   * another plan for the same network.
   *
   * @param remedy one sentence
   */
  public Plan comparedWith(Plan other, String remedy) {
    Set<String> gone = new HashSet<>();
    other.removedBatchNorms().forEach(norm -> gone.add(norm.name()));
    return withKept(
        kept.stream()
            .map(k -> gone.contains(k.name()) ? k.withRemedy(k.remedy() + " " + remedy) : k)
            .toList(),
        most);
  }

  /** The same plan with other words. */
  Plan withKept(List<Kept> other, int bound) {
    return new Plan(
        graph,
        removed,
        reduced,
        widened,
        repaired,
        onesChannels,
        identityTaps,
        merges,
        other,
        bound,
        keepsOperators,
        gauges);
  }

  /** The channel of ones that a tensor carries, if it carries one. */
  public Optional<OnesChannel> onesChannel(Tensor tensor) {
    return onesChannels.stream().filter(ones -> ones.tensors().contains(tensor)).findFirst();
  }

  /** The operators whose scale goes: the removed and the reduced ones. */
  Set<Removable> changed() {
    Set<Removable> changed = new LinkedHashSet<>(removed);
    changed.addAll(reduced);
    return changed;
  }

  /** Whether it is proved that no plan removes more batch normalizations. */
  public boolean isMaximum() {
    return removedBatchNorms().size() == most;
  }

  /** How many batch normalizations the network has. */
  public int batchNorms() {
    return removedBatchNorms().size() + reduced.size() + kept.size();
  }

  /**
   * The removed batch normalizations that are absorbed by a batch normalization that stays next to
   * them, in graph order.
   */
  public List<BatchNorm> merged() {
    Set<Tensor> meetsKept = new HashSet<>();
    List<Operator> forward = graph.operators();
    forward.forEach(operator -> carry(operator, operator.inputs(), operator.outputs(), meetsKept));
    Set<Tensor> upstream = Set.copyOf(meetsKept);
    meetsKept.clear();
    for (int i = forward.size() - 1; i >= 0; i--) {
      Operator operator = forward.get(i);
      carry(operator, operator.outputs(), operator.inputs(), meetsKept);
    }
    return removedBatchNorms().stream()
        .filter(norm -> upstream.contains(norm.input()) || meetsKept.contains(norm.output()))
        .toList();
  }

  /** Marks what lies behind a kept batch normalization, with only removed operators between. */
  private void carry(
      Operator operator, List<Tensor> near, List<Tensor> far, Set<Tensor> meetsKept) {
    boolean gone = operator instanceof Removable affine && removed.contains(affine);
    boolean meets =
        gone
            ? near.stream().anyMatch(meetsKept::contains)
            : operator instanceof BatchNorm norm && !reduced.contains(norm);
    if (meets) {
      meetsKept.addAll(far);
    }
  }
}
