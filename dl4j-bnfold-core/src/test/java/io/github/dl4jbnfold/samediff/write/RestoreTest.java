package io.github.dl4jbnfold.samediff.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.dl4jbnfold.BatchNormFolding;
import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.fixture.GraphState;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.verify.CheckFailedException;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** When the check fails, the graph is what it was, bit by bit. */
class RestoreTest {
  /** Rounding makes every fold differ a little: with tolerance 0 the check of float32 fails. */
  private static void failsAndRestores(Consumer<Net> build) {
    Net net = Net.of(5, DataType.FLOAT, false);
    build.accept(net);
    SameDiff graph = net.graph();
    Map<String, INDArray> input = Map.of("x0", net.gaussian(1, 3, 3, 9, 7));
    String[] outputs = net.outputs().toArray(String[]::new);
    Map<String, INDArray> values = graph.output(input, outputs);
    GraphState before = GraphState.of(graph);

    CheckFailedException failure =
        catchThrowableOfType(
            CheckFailedException.class,
            () ->
                BatchNormFolding.fold(
                    graph, FoldingOptions.defaults().outputs(net.outputs()).tolerance(0)));

    assertThat(failure).isNotNull();
    assertThat(failure.operator()).isNotBlank();
    assertThat(failure.relativeError()).isPositive().isLessThan(1e-4);
    GraphState.of(graph).isSameAs(before);
    graph
        .output(input, outputs)
        .forEach((name, array) -> GraphState.areSameBits(name, array, values.get(name)));
    assertThat(graph.summary()).isNotBlank();
  }

  @Test
  void a_graph_of_convolutions_is_restored() {
    failsAndRestores(
        net ->
            net.image(3, 9, 7)
                .conv(8, 3, Padding.SAME)
                .batchNorm()
                .relu()
                .conv(5, 3, Padding.SAME)
                .batchNorm()
                .output());
  }

  @Test
  void a_graph_whose_intermediate_names_change_is_restored() {
    failsAndRestores(
        net -> {
          Node sum = net.image(3, 9, 7).conv(8, 3, Padding.SAME).batchNorm().multiplyConstant();
          sum.addConstant().relu().batchNorm().conv(5, 3, Padding.VALID).output();
          sum.sigmoid().output();
        });
  }

  @Test
  void a_graph_that_gets_new_operators_is_restored() {
    failsAndRestores(
        net ->
            net.image(3, 9, 7)
                .conv(4, 3, Padding.SAME)
                .globalPool()
                .sigmoid()
                .matmul(6)
                .batchNorm()
                .sigmoid()
                .batchNorm()
                .multiplyConstant()
                .sigmoid()
                .output());
  }

  @Test
  void a_graph_with_shared_weights_is_restored() {
    failsAndRestores(
        net -> {
          SDVariable weights = net.weight("W", 3, 3, 3, 3);
          net.image(3, 9, 7)
              .conv(weights, 3, Padding.SAME, 1, 1, false)
              .batchNorm()
              .relu()
              .conv(weights, 3, Padding.SAME, 1, 1, false)
              .batchNorm()
              .output();
        });
  }

  @Test
  void a_graph_with_operators_that_no_output_needs_is_restored() {
    failsAndRestores(
        net -> {
          Node conv = net.image(3, 9, 7).conv(4, 3, Padding.SAME);
          conv.sigmoid();
          conv.batchNorm().output();
        });
  }

  /** Throws in the n-th run of a graph that has lost operators. */
  private static final class Failing extends BaseListener {
    private final int operators;
    private final Throwable failure;
    private int runs;

    Failing(SameDiff graph, int run, Throwable failure) {
      this.operators = graph.getOps().size();
      this.runs = run;
      this.failure = failure;
    }

    @Override
    public boolean isActive(Operation operation) {
      return true;
    }

    @Override
    public void operationStart(SameDiff graph, Operation operation) {
      if (graph.getOps().size() < operators && --runs == 0) {
        throw Failing.<RuntimeException>unchecked(failure);
      }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T unchecked(Throwable failure) throws T {
      throw (T) failure;
    }
  }

  /** Runs 1 to 4 are the check, run 5 looks for the operator that differs. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void a_graph_that_fails_while_it_is_checked_is_restored(int run) {
    for (Throwable failure :
        List.of(new IllegalStateException("no output"), new OutOfMemoryError("no memory"))) {
      Net net = Net.of(5, DataType.FLOAT, false);
      net.image(3, 9, 7).conv(8, 3, Padding.SAME).batchNorm().sigmoid().output();
      SameDiff graph = net.graph();
      GraphState before = GraphState.of(graph);
      graph.addListeners(new Failing(graph, run, failure));

      assertThatThrownBy(() -> BatchNormFolding.fold(graph, FoldingOptions.defaults().tolerance(0)))
          .satisfies(
              thrown ->
                  assertThat(thrown instanceof FoldingException ? thrown.getCause() : thrown)
                      .isSameAs(failure));

      graph.setListeners();
      GraphState.of(graph).isSameAs(before);
      assertThat(BatchNormFolding.fold(graph).removed()).containsExactly("bn");
    }
  }

  @Test
  void a_restored_graph_folds_with_a_wider_tolerance() {
    Net net = Net.of(5, DataType.FLOAT, false);
    net.image(3, 9, 7).conv(8, 3, Padding.SAME).batchNorm().sigmoid().output();
    SameDiff graph = net.graph();
    catchThrowableOfType(
        CheckFailedException.class,
        () -> BatchNormFolding.fold(graph, FoldingOptions.defaults().tolerance(0)));
    assertThat(BatchNormFolding.fold(graph).removed()).containsExactly("bn");
  }

  @Test
  void an_output_that_does_not_exist_leaves_the_graph_alone() {
    Net net = Net.nchw(1);
    net.image(3, 9, 7).conv(8, 3, Padding.SAME).batchNorm();
    GraphState before = GraphState.of(net.graph());
    FoldingException failure =
        catchThrowableOfType(
            FoldingException.class,
            () -> BatchNormFolding.fold(net.graph(), FoldingOptions.defaults().outputs("nothing")));
    assertThat(failure).hasMessageContaining("'nothing'").hasMessageContaining("bn");
    GraphState.of(net.graph()).isSameAs(before);
  }

  @Test
  void planning_changes_nothing() {
    Net net = Net.nchw(1);
    net.image(3, 9, 7).conv(8, 3, Padding.SAME).batchNorm().sigmoid();
    GraphState before = GraphState.of(net.graph());
    var report = BatchNormFolding.plan(net.graph(), FoldingOptions.defaults());
    assertThat(report.applied()).isFalse();
    assertThat(report.removed()).containsExactly("bn");
    GraphState.of(net.graph()).isSameAs(before);
  }

  @Test
  void folding_a_copy_changes_the_copy_alone() {
    Net net = Net.nchw(1);
    net.image(3, 9, 7).conv(8, 3, Padding.SAME).batchNorm().sigmoid();
    GraphState before = GraphState.of(net.graph());
    var folded = BatchNormFolding.foldCopy(net.graph(), FoldingOptions.defaults());
    GraphState.of(net.graph()).isSameAs(before);
    assertThat(folded.network().getOps()).hasSize(2);
    assertThat(folded.report().removed()).containsExactly("bn");
  }
}
