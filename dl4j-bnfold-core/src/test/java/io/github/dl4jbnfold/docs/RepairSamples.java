package io.github.dl4jbnfold.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.docs.OperatorSamples.Form;
import io.github.dl4jbnfold.graph.BatchNorm;
import io.github.dl4jbnfold.graph.Bound;
import io.github.dl4jbnfold.graph.Clip;
import io.github.dl4jbnfold.graph.Combination;
import io.github.dl4jbnfold.graph.Demands;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Linear;
import io.github.dl4jbnfold.graph.Linear.Ability;
import io.github.dl4jbnfold.graph.Linear.BiasSlot;
import io.github.dl4jbnfold.graph.Linear.Border;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Rectifier;
import io.github.dl4jbnfold.graph.Repairable;
import io.github.dl4jbnfold.graph.Tensor;
import io.github.dl4jbnfold.graph.ZeroPadding;
import io.github.dl4jbnfold.plan.Limits;
import io.github.dl4jbnfold.plan.Objective;
import io.github.dl4jbnfold.plan.Plan;
import io.github.dl4jbnfold.plan.Planner;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.report.FoldReport.RepairedOperator;
import io.github.dl4jbnfold.report.FoldReport.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Networks that lose their batch normalizations only if the operator between "in" and "out" is
 * repaired. The name of the repair is what the report of the plan says.
 */
final class RepairSamples {
  private RepairSamples() {}

  /** The forms by name of the repair. */
  record Repaired(String repair, Form form) {}

  static List<Repaired> all() {
    return List.of(
        alone(
            "the sizes of positions are known",
            (x, y) -> linear(x, y, Border.ZERO_PADDED, Ability.BIAS_MAP)),
        twice(
            "a dense kernel that a channel of ones reaches",
            (x, y) -> linear(x, y, Border.ZERO_PADDED, Ability.DENSE_KERNEL)),
        takenOver(Linear.class, "takes over a batch normalization beside it"),
        takenOver(BatchNorm.class, "beside a convolution"),
        merged("a 1×1 convolution that one beside it takes over"),
        alone("slopes per channel", (x, y) -> new Rectifier("repaired", "ReLU", x, y)),
        alone("known bounds", (x, y) -> new Clip("repaired", "ReLU6", x, y, 0, 6)),
        alone("", (x, y) -> new Bound("repaired", x, y, true, new double[SampleNetwork.CHANNELS])),
        alone(
            "the sizes of positions are known",
            (x, y) -> new ZeroPadding("repaired", "zero padding", x, y, true)),
        twice(
            "a channel of ones reaches it",
            (x, y) -> new ZeroPadding("repaired", "zero padding", x, y)));
  }

  /** The names of all repairs. */
  static Set<String> names() {
    Set<String> names = new TreeSet<>();
    all().forEach(repaired -> names.add(repaired.repair()));
    return names;
  }

  /** A normalization of the input stands before the operator. */
  private static Repaired alone(String when, BiFunction<Tensor, Tensor, Repairable> operator) {
    SampleNetwork net = new SampleNetwork();
    Repairable repairable = between(net, net.norm(net.input(), "in"), operator);
    return repaired(net.graph(), repairable.getClass(), when, repairable::demandRepaired);
  }

  /** Two normalizations of one tensor ask for different shifts of it. */
  private static Repaired twice(String when, BiFunction<Tensor, Tensor, Repairable> operator) {
    SampleNetwork net = new SampleNetwork();
    Tensor x = net.dense(net.input(), "x");
    Repairable repairable = between(net, net.norm(x, "in"), operator);
    between(net, net.norm(x, "in2"), operator);
    return repaired(net.graph(), repairable.getClass(), when, repairable::demandRepaired);
  }

  private static Repairable between(
      SampleNetwork net, Tensor x, BiFunction<Tensor, Tensor, Repairable> operator) {
    Tensor y = net.tensor("out");
    Repairable repairable = operator.apply(x, y);
    net.add(repairable);
    net.output(net.dense(y, "end"));
    return repairable;
  }

  private static Repaired takenOver(Class<? extends Operator> row, String when) {
    SampleNetwork net = new SampleNetwork();
    Tensor x = net.input();
    Tensor norm = net.norm(x, "in");
    Tensor conv = net.tensor("conv");
    net.add(linear(x, conv, Border.ZERO_PADDED, Ability.IDENTITY_TAP));
    Tensor sum = net.tensor("sum");
    net.add(new Combination("sum", "add", List.of(conv, norm), List.of(1.0, 1.0), sum));
    net.output(sum);
    return repaired(net.graph(), row, when, demands -> {});
  }

  private static Repaired merged(String when) {
    SampleNetwork net = new SampleNetwork();
    Tensor x = net.input();
    List<Tensor> addends = new ArrayList<>();
    for (Set<Ability> abilities : List.of(Set.of(Ability.POINT_KERNEL), Set.<Ability>of())) {
      Border border = abilities.isEmpty() ? Border.ZERO_PADDED : Border.NONE;
      Tensor y = net.tensor("conv" + addends.size());
      net.add(
          new Linear(y.name(), "convolution", x, y, border, BiasSlot.OPEN, abilities, "stride 1"));
      addends.add(net.norm(y, "addend" + addends.size()));
    }
    Tensor sum = net.tensor("sum");
    net.add(new Combination("sum", "add", addends, List.of(1.0, 1.0), sum));
    net.output(sum);
    return repaired(net.graph(), Linear.class, when, demands -> {});
  }

  private static Linear linear(Tensor x, Tensor y, Border border, Ability ability) {
    return new Linear("repaired", "convolution", x, y, border, BiasSlot.OPEN, Set.of(ability));
  }

  private static Repaired repaired(
      Graph graph, Class<? extends Operator> row, String when, Consumer<Demands> demand) {
    Plan plan = Planner.plan(graph, Limits.FLOAT64, name -> false, Objective.FEWEST_BATCH_NORMS);
    FoldReport report = FoldReport.planned(plan, List.of(), new Size(0, 0), 0);
    assertThat(report.kept()).as("kept, %s", when).isEmpty();
    List<String> repairs =
        report.repairs().stream().map(RepairedOperator::repair).distinct().toList();
    assertThat(repairs).as("repairs of %s, %s", row.getSimpleName(), when).hasSize(1);
    return new Repaired(repairs.get(0), new Form(row, when, demand));
  }
}
