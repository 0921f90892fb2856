package io.github.dl4jbnfold.linearize.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.linearize.merge.Axis;
import io.github.dl4jbnfold.linearize.merge.Border;
import io.github.dl4jbnfold.linearize.merge.Convolution;
import io.github.dl4jbnfold.linearize.run.PaddingInFront.Margin;
import io.github.dl4jbnfold.linearize.run.Part.Block;
import io.github.dl4jbnfold.linearize.run.Part.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs of linear parts and the convolutions in their place, in float64, borders included. */
class MergeRunTest {
  private static final double EXACT = 1e-11;

  private static double error(INDArray expected, INDArray actual) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    double scale = expected.amaxNumber().doubleValue();
    return expected.sub(actual).amaxNumber().doubleValue() / Math.max(scale, 1e-300);
  }

  private static RunPlanner shallowest(Set<Border> borders) {
    return new RunPlanner(Costs.DEPTH, gates -> OptionalDouble.of(0), borders, 1e9);
  }

  /** Volumes take longer. */
  private static int seeds(int spatialAxes) {
    return spatialAxes == 3 ? 30 : 100;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void what_may_merge_as_it_stands_equals_its_parts(int spatialAxes) {
    int merges = 0;
    for (int seed = 0; seed < seeds(spatialAxes); seed++) {
      RandomRun random = new RandomRun(seed);
      Run run = random.next(4, spatialAxes);
      for (Merge merge : shallowest(Set.of(Border.NONE)).choices(run).get(0).merges()) {
        INDArray x = random.input(merge.piece());
        Convolution merged = Merger.merged(merge.piece());
        assertThat(merged.form()).isEqualTo(merge.form());
        assertThat(error(Merger.apart(merge.piece(), x), merged.apply(x)))
            .as("seed %d: %s", seed, merge)
            .isLessThan(EXACT);
        merges++;
      }
    }
    assertThat(merges).isGreaterThan(15);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void with_the_padding_in_front_a_whole_run_equals_one_convolution(int spatialAxes) {
    int moved = 0;
    for (int seed = 0; seed < seeds(spatialAxes); seed++) {
      RandomRun random = new RandomRun(1000 + seed);
      Run run = random.startingLinear(4, spatialAxes);
      PaddingInFront padding = PaddingInFront.of(run);
      Run front = new Run(run.input(), padded(run.parts(), padding), run.sizes());
      INDArray x = random.input(run);
      Convolution merged = Merger.merged(front);
      assertThat(error(Merger.apart(front, x), merged.apply(x)))
          .as("seed %d", seed)
          .isLessThan(EXACT);
      Choice choice = shallowest(Set.of(Border.NONE)).choices(front).get(0);
      assertThat(choice.cost()).as("seed %d: depth of %s", seed, front).isLessThanOrEqualTo(1);
      moved += padding.paddings().isEmpty() ? 0 : 1;
      long[] before = Merger.apart(run, x).shape();
      assertThat(Merger.apart(front, x).shape()).isEqualTo(before);
    }
    assertThat(moved).isGreaterThan(15);
  }

  /** The parts as the rules say, crops as linear steps of their own. */
  private static List<Part> padded(List<Part> parts, PaddingInFront padding) {
    List<Part> padded = new ArrayList<>();
    for (Part part : parts) {
      if (part instanceof Unit unit && padding.paddings().containsKey(unit.name())) {
        Convolution other = unit.numbers().get().padded(padding.paddings().get(unit.name()));
        padded.add(Unit.of(unit.name(), other));
      } else if (part instanceof Block block) {
        Map<Integer, List<Margin>> crops = padding.crops().getOrDefault(block.name(), Map.of());
        padded.add(
            new Block(
                block.name(),
                IntStream.range(0, block.branches().size())
                    .mapToObj(i -> branch(block, i, padding, crops.get(i)))
                    .toList()));
      } else {
        padded.add(part);
      }
    }
    return padded;
  }

  private static List<Part> branch(
      Block block, int i, PaddingInFront padding, @Nullable List<Margin> crop) {
    List<Part> branch = new ArrayList<>(padded(block.branches().get(i), padding));
    if (crop != null) {
      int channels =
          block.branches().stream()
              .flatMap(List::stream)
              .filter(Unit.class::isInstance)
              .map(part -> ((Unit) part).form().inputs())
              .findFirst()
              .orElseThrow();
      List<Axis> axes = crop.stream().map(m -> Axis.POINT.padded(-m.before(), -m.after())).toList();
      Convolution cut = Convolution.identity(channels, axes.size()).padded(axes);
      branch.add(0, Unit.of(block.name() + "-crop" + i, cut));
    }
    return branch;
  }

  @Test
  void where_the_border_forbids_it_nothing_is_merged() {
    int refused = 0;
    for (int seed = 0; seed < 100; seed++) {
      RandomRun random = new RandomRun(5000 + seed);
      Run run = random.next(3, 2);
      Choice choice = shallowest(Set.of(Border.NONE)).choices(run).get(0);
      Convolution naive = Merger.merged(run);
      INDArray x = random.input(run);
      if (choice.cost() > 1) {
        refused += error(Merger.apart(run, x), naive.apply(x)) > 1e-6 ? 1 : 0;
      }
    }
    assertThat(refused).isGreaterThan(15);
  }
}
