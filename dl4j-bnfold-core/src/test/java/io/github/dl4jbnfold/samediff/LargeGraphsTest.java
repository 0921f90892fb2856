package io.github.dl4jbnfold.samediff;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.plan.Limits;
import io.github.dl4jbnfold.plan.Objective;
import io.github.dl4jbnfold.plan.Plan;
import io.github.dl4jbnfold.plan.Planner;
import io.github.dl4jbnfold.samediff.read.SameDiffReader;
import io.github.dl4jbnfold.samediff.read.SameDiffReading;
import io.github.dl4jbnfold.samediff.read.Shapes;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Shapes of graphs that took time or stack beyond all measure to read. The limits are generous:
 * what fails them does not end at all. ND4J does not run the first of them in any time either, so
 * the shapes are stated.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LargeGraphsTest {
  /** Reads and plans a network all of whose variables are [N, 3]. */
  private static Plan plan(Net net, Node output) {
    Map<String, long[]> one = new HashMap<>();
    Map<String, long[]> other = new HashMap<>();
    for (SDVariable variable : net.graph().variables()) {
      one.put(variable.name(), new long[] {2, 3});
      other.put(variable.name(), new long[] {5, 3});
    }
    SameDiffReading reading =
        SameDiffReader.read(net.graph(), Set.of(output.name()), new Shapes(one, other, true));
    return Planner.plan(
        reading.graph(), Limits.FLOAT64, name -> false, Objective.FEWEST_BATCH_NORMS);
  }

  @Test
  void a_sum_that_is_doubled_sixty_times_is_read_once() {
    Net net = Net.nchw(1);
    Node sum = net.placeholder("x", -1, 3).matmul(3).batchNorm().addConstant();
    for (int i = 0; i < 60; i++) {
      sum = sum.add(sum);
    }

    assertThat(plan(net, sum.sigmoid()).removedBatchNorms()).hasSize(1);
  }

  @Test
  void a_stream_of_thousands_of_additions_needs_no_stack() throws Exception {
    Net net = Net.nchw(1);
    Node x = net.placeholder("x", -1, 3);
    SDVariable small = x.sigmoid().variable();
    SDVariable sum = x.matmul(3).batchNorm().addConstant().variable();
    for (int i = 0; i < 2000; i++) {
      sum = sum.add("sum" + i, small);
    }
    Node output = net.node(sum, 3).sigmoid();

    FutureTask<Plan> planned = new FutureTask<>(() -> plan(net, output));
    new Thread(null, planned, "small stack", 1 << 18).start();

    assertThat(planned.get().removedBatchNorms()).hasSize(1);
  }
}
