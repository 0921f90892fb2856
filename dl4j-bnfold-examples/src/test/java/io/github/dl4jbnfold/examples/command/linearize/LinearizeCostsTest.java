package io.github.dl4jbnfold.examples.command.linearize;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.merge.Form;
import io.github.dl4jbnfold.linearize.run.Costs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run remembers of measured times. */
class LinearizeCostsTest {
  @TempDir Path folder;
  private int measured;

  /** Another time at each measurement. */
  private final Costs clock =
      new Costs() {
        @Override
        public double convolution(Form form, long... sizes) {
          return ++measured / 7.0;
        }

        @Override
        public double elementwise(int channels, int inputs, long... sizes) {
          return ++measured / 7.0;
        }

        @Override
        public double branches(List<Double> costs) {
          return costs.get(0);
        }
      };

  @Test
  void a_run_that_goes_on_measures_nothing_that_it_knew() throws IOException {
    LinearizeRun run = new LinearizeRun(folder.resolve("run"));
    Form form = new Form(2, 3, 1, List.of(Axis.POINT));
    Costs first = new LinearizeCosts(clock, run);
    double convolution = first.convolution(form, 5);
    double sum = first.elementwise(3, 2, 5);

    Costs second = new LinearizeCosts(clock, run);
    assertThat(second.convolution(form, 5)).isEqualTo(convolution);
    assertThat(second.elementwise(3, 2, 5)).isEqualTo(sum);
    assertThat(measured).isEqualTo(2);
    assertThat(second.convolution(form, 6)).isNotEqualTo(convolution);
    assertThat(second.elementwise(3, 1, 5)).isNotEqualTo(sum);
    assertThat(second.branches(List.of(4.0, 5.0))).isEqualTo(4);

    run.forget();
    assertThat(folder.resolve("run")).doesNotExist();
  }
}
