package io.github.dl4jbnfold.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** What can be measured; how long it takes decides nothing here. */
class SessionMeterTest {
  private static final long[] X = {2, 3, 6, 5};
  private static final long[] CHANNELS = {1, 3, 1, 1};
  private static final long[] VECTOR = {3};

  private final Machine machine = Machine.current();
  @TempDir Path folder;

  private static Work work(String type, long[]... inputs) {
    return Work.of(type, DataType.FLOAT, inputs);
  }

  @Test
  void every_type_of_work_can_be_measured() {
    List<Work> works =
        List.of(
            work("add", X, CHANNELS),
            work("batchnorm", X, VECTOR, VECTOR, VECTOR, VECTOR).withIntegers(1, 1, 1),
            work("biasadd", X, VECTOR).withIntegers(1),
            work("conv1d", new long[] {2, 3, 7}, new long[] {3, 3, 4})
                .withIntegers(3, 1, 0, 1, 0, 0, 0),
            work("conv2d", X, new long[] {3, 3, 3, 4}, new long[] {4})
                .withIntegers(3, 3, 2, 1, 0, 0, 1, 1, 1, 0, 0),
            work("conv3dnew", new long[] {1, 3, 4, 5, 6}, new long[] {3, 3, 3, 3, 2})
                .withIntegers(3, 3, 3, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 0),
            work("deconv2d", X, new long[] {2, 2, 4, 3})
                .withIntegers(2, 2, 2, 2, 0, 0, 1, 1, 0, 0, 0),
            work("depthwise_conv2d", X, new long[] {3, 3, 3, 2})
                .withIntegers(3, 3, 1, 1, 0, 0, 1, 1, 1, 0, 0),
            work("identity", X),
            work("leakyrelu", X).withReals(0.2),
            work("matmul", new long[] {2, 6}, new long[] {6, 4}),
            work("maximum", X, CHANNELS),
            work("minimum", X, CHANNELS),
            work("multiply", X, CHANNELS),
            work("pad", X).withIntegers(0, 0, 0, 0, 1, 2, 3, 4),
            work("relu", X),
            work("relu6", X),
            work("subtract", X, X),
            work("xw_plus_b", new long[] {2, 6}, new long[] {6, 4}, new long[] {4}));
    assertThat(works.stream().map(Work::type)).containsExactlyElementsOf(Work.types());
    SessionMeter meter = new SessionMeter(machine.threads());
    for (Work work : works) {
      assertThat(meter.applyAsDouble(work)).as("%s", work).isFinite().isNotNegative();
    }
  }

  @Test
  void both_clocks_measure_all_floating_point_types() {
    for (int threads : new int[] {1, 2}) {
      SessionMeter meter = new SessionMeter(threads);
      for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16)) {
        assertThat(meter.applyAsDouble(Work.of("maximum", type, X, CHANNELS)))
            .isFinite()
            .isNotNegative();
      }
    }
  }

  @Test
  void measuring_leaves_the_random_numbers_of_nd4j_alone() {
    Nd4j.getRandom().setSeed(5);
    double expected = Nd4j.rand(1).getDouble(0);
    Nd4j.getRandom().setSeed(5);
    CostTable.open(folder.resolve("costs.json")).seconds(work("relu", X));
    assertThat(Nd4j.rand(1).getDouble(0)).isEqualTo(expected);
  }

  @Test
  void what_cannot_be_run_is_refused_by_name() {
    SessionMeter meter = new SessionMeter(machine.threads());
    for (Work work :
        List.of(
            work("gather", X, VECTOR),
            Work.of("relu", DataType.INT32, X),
            work("pad", X).withIntegers(1, 1),
            work("add", X, new long[] {1, 4, 1, 1}),
            work("maximum", X),
            work("conv2d", X, new long[] {3, 3, 5, 4})
                .withIntegers(3, 3, 1, 1, 0, 0, 1, 1, 1, 0, 0),
            work("batchnorm", X, VECTOR, new long[] {4}).withIntegers(0, 0, 1))) {
      assertThatThrownBy(() -> meter.applyAsDouble(work))
          .as("%s", work)
          .isInstanceOf(UnmeasurableWorkException.class)
          .hasMessageContaining(work.key());
    }
  }

  @Test
  void the_machine_is_known_by_backend_version_threads_and_processor() {
    assertThat(machine.backend()).isEqualTo("CpuBackend");
    assertThat(machine.version()).matches("\\d+\\.\\d+.*");
    assertThat(machine.threads()).isPositive();
    assertThat(machine.processor()).isNotBlank();
    assertThat(Machine.current()).isEqualTo(machine);
  }
}
