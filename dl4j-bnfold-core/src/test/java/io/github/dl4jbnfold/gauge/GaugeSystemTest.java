package io.github.dl4jbnfold.gauge;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Sketch;
import io.github.dl4jbnfold.gauge.Conflict.Kind;
import io.github.dl4jbnfold.graph.Graph;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Removable;
import io.github.dl4jbnfold.graph.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Removals are accepted together or refused with a minimal proof. */
class GaugeSystemTest {
  private Graph graph;
  private GaugeSystem system;
  private final Map<String, Removal> removals = new HashMap<>();

  private void start(Sketch net) {
    graph = net.build();
    graph
        .removables()
        .forEach(
            r ->
                removals.put(
                    r.name(), Removal.of(graph, r, new ConstantChannels(graph), false).get(0)));
    system =
        new GaugeSystem(
            graph,
            demands -> {
              graph.operators().forEach(o -> o.demand(demands));
              removals.values().forEach(r -> r.demand(demands));
            },
            tensor -> 0);
    for (Operator operator : graph.operators()) {
      assertThat(system.add(operator, operator::demand)).isEmpty();
    }
  }

  private Optional<Conflict> remove(String name) {
    Removable norm =
        graph.removables().stream().filter(r -> r.name().equals(name)).findFirst().orElseThrow();
    return system.add(norm, removals.get(name)::demand);
  }

  private Conflict refused(String name) {
    Conflict conflict = remove(name).orElseThrow();
    assertProof(conflict.constraints());
    return conflict;
  }

  /** A proof has no solution, and has one without any single constraint. */
  private static void assertProof(List<Constraint> proof) {
    assertThat(ScalarSystem.feasible(proof)).as("%s", proof).isFalse();
    for (Constraint one : proof) {
      List<Constraint> rest = new ArrayList<>(proof);
      rest.remove(one);
      assertThat(ScalarSystem.feasible(rest)).as("%s without %s", proof, one).isTrue();
    }
  }

  private static List<String> operators(Conflict conflict) {
    return conflict.constraints().stream().map(c -> c.operator().name()).distinct().toList();
  }

  @Test
  void two_norms_on_one_tensor_are_removable_alone_and_not_together() {
    Sketch net = new Sketch();
    Tensor x = net.linear(net.input(3), 4);
    net.output(net.norm(x, 2, 0.5));
    net.output(net.norm(x, 3, 0.5));
    start(net);
    GaugeSystem.Mark mark = system.mark();

    assertThat(remove("bn1")).isEmpty();
    Conflict conflict = refused("bn2");
    assertThat(conflict.kind()).isEqualTo(Kind.SCALE);
    assertThat(operators(conflict)).contains("bn1", "bn2");

    system.rollback(mark);
    assertThat(remove("bn2")).isEmpty();
    assertThat(refused("bn1").kind()).isEqualTo(Kind.SCALE);
  }

  @Test
  void the_channel_of_a_conflict_is_the_one_that_differs() {
    Sketch net = new Sketch();
    Tensor x = net.linear(net.input(3), 4);
    Tensor y = net.norm(x, new double[] {1, 1, -2, 1}, new double[4]);
    net.output(net.linear(net.relu(y), 2));
    net.output(net.linear(net.relu(x), 2));
    start(net);

    Conflict conflict = refused("bn1");

    assertThat(conflict.kind()).isEqualTo(Kind.SIGN);
    assertThat(conflict.channel()).isEqualTo(2);
    assertThat(conflict.constraints())
        .allSatisfy(c -> assertThat(c.channels()).allMatch(channel -> channel.index() == 2));
  }

  @Test
  void a_shift_before_a_padded_convolution_behind_a_relu_is_a_conflict_of_shifts() {
    Sketch net = new Sketch();
    Tensor x = net.relu(net.linear(net.input(3), 4));
    net.output(net.padded(net.norm(x, 2, 0.5), 2));
    start(net);

    Conflict conflict = refused("bn1");

    assertThat(conflict.kind()).isEqualTo(Kind.SHIFT);
    assertThat(operators(conflict)).hasSize(3);
    assertThat(conflict.constraints()).hasSize(3);
  }

  @Test
  void a_conflict_in_one_slice_of_a_concatenation_names_both_tensors() {
    Sketch net = new Sketch();
    Tensor x = net.linear(net.input(3), 2);
    Tensor y = net.input(2);
    Tensor joined = net.concat(x, y);
    net.output(net.norm(joined, 2, 0.5));
    start(net);

    Conflict conflict = refused("bn1");

    assertThat(conflict.kind()).isEqualTo(Kind.SCALE);
    assertThat(conflict.tensor()).isEqualTo(joined.name());
    assertThat(conflict.channel()).isEqualTo(2);
    assertThat(conflict.constraints())
        .flatExtracting(Constraint::channels)
        .extracting(Object::toString)
        .contains(joined + "[2]", y + "[0]")
        .doesNotContain(x + "[0]");
  }

  @Test
  void a_refused_removal_leaves_no_trace() {
    Sketch net = new Sketch();
    Tensor x = net.linear(net.input(3), 4);
    Tensor y = net.norm(x, new double[] {2, 2, 2, -2}, new double[] {1, 1, 1, 1});
    net.output(net.linear(net.relu(y), 2));
    net.output(net.linear(net.relu(x), 2));
    start(net);
    GaugeSystem.Mark before = system.mark();
    int[] classes = system.classes();

    assertThat(remove("bn1")).isPresent();

    assertThat(system.mark()).isEqualTo(before);
    assertThat(system.classes()).isEqualTo(classes);
    for (Tensor tensor : graph.tensors()) {
      assertThat(system.solve(classes).of(tensor).isIdentity()).isTrue();
    }
  }

  @Test
  void the_scale_of_the_part_that_is_read_most_stays() {
    Sketch net = new Sketch();
    Tensor x = net.linear(net.input(3), 4);
    Tensor y = net.norm(x, 2, 0.5);
    net.output(net.linear(y, 1));
    net.output(net.linear(y, 2));
    start(net);
    int[] groups = system.classes();

    assertThat(remove("bn1")).isEmpty();

    Gauges gauges = system.solve(groups);
    assertThat(gauges.of(y).isIdentity()).isTrue();
    assertThat(gauges.of(x).scale()).containsOnly(2);
    assertThat(gauges.of(x).shift()).containsOnly(0.5);
  }

  @Test
  void a_proof_through_a_long_chain_is_found() {
    Sketch net = new Sketch();
    Tensor x = net.input(1);
    Tensor y = net.norm(x, 2, 0.5);
    for (int i = 0; i < 300; i++) {
      y = net.mean(y);
    }
    net.output(y);
    start(net);

    Conflict conflict = refused("bn1");

    assertThat(conflict.constraints()).hasSizeGreaterThan(300);
  }

  @Test
  void constraints_read_like_equations() {
    Sketch net = new Sketch();
    Tensor x = net.relu(net.linear(net.input(3), 1));
    net.output(net.padded(net.norm(x, 2, 0.5), 2));
    start(net);

    assertThat(refused("bn1").constraints())
        .extracting(Object::toString)
        .containsExactlyInAnyOrder(
            "shift of t2[0] − shift of t3[0] = 0.500000 × scale of t3[0]",
            "shift of t2[0] = 0",
            "shift of t3[0] = 0");
  }
}
