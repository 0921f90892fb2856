package io.github.dl4jbnfold;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.fixture.Node;
import io.github.dl4jbnfold.fixture.Padding;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.plan.Objective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The objective FASTEST decides by a table of costs. The table is measured once and then rewritten
 * by the test, so that no time decides anything here.
 */
class FastestTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  /** The shift of the normalization must pass the border of a padded convolution. */
  private static void behindAnInput(Net net) {
    net.image(3, 9, 7).relu().batchNorm().conv(4, 3, Padding.SAME).sigmoid().output();
  }

  /** Four readers of one convolution: one normalization goes for nothing, three need clamps. */
  private static void fourReaders(Net net) {
    Node x = net.image(3, 8, 7).conv(6, 3, Padding.VALID);
    for (int i = 0; i < 4; i++) {
      x.batchNorm().relu().conv(4, 3, Padding.VALID).output();
    }
  }

  private Fold fastest(boolean channelsLast, Consumer<Net> build) {
    Path costs = folder.resolve("costs.json");
    return Fold.of(
        channelsLast ? Net.nhwc(1) : Net.nchw(1),
        build,
        options -> options.objective(Objective.FASTEST).costs(costs));
  }

  /** Folds with given costs of a normalization, of constants by channel and of maps. */
  private Fold fold(
      boolean channelsLast, double norm, double constant, double map, Consumer<Net> build)
      throws IOException {
    fastest(channelsLast, build);
    Path file = folder.resolve("costs.json");
    ObjectNode table = (ObjectNode) JSON.readTree(file.toFile());
    ObjectNode seconds = (ObjectNode) table.get("seconds");
    for (String key : names(seconds)) {
      String[] words = key.split(" ", -1);
      boolean isMap = words.length == 4 && words[2].equals(words[3]);
      double cost =
          words[0].equals("batchnorm") ? norm : words.length < 4 ? 0 : isMap ? map : constant;
      seconds.put(key, cost);
    }
    JSON.writeValue(file.toFile(), table);
    return fastest(channelsLast, build);
  }

  private static List<String> names(JsonNode node) {
    return node.properties().stream().map(e -> e.getKey()).toList();
  }

  @Test
  void a_repair_that_costs_less_than_the_norm_is_made() throws IOException {
    for (boolean last : new boolean[] {false, true}) {
      fold(last, 1, 0.5, 0.1, FastestTest::behindAnInput)
          .removesAll()
          .repairs("BORDER_MAP")
          .equalOutputs()
          .isIdempotent();
    }
  }

  @Test
  void where_the_repair_costs_more_an_addition_is_left_and_the_scale_goes() throws IOException {
    for (boolean last : new boolean[] {false, true}) {
      Fold fold = fold(last, 1, 0.5, 10, FastestTest::behindAnInput);

      fold.removes(0).repairs().leaves("relu", "conv2d", "sigmoid", "add").equalOutputs();
      assertThat(fold.report().reduced()).containsExactly("bn");
      assertThat(fold.report().toText()).contains("became an addition", "bn");
    }
  }

  @Test
  void where_an_addition_costs_more_too_the_norm_stays_for_that_reason() throws IOException {
    Fold fold = fold(false, 1, 2, 10, FastestTest::behindAnInput);

    fold.removes(0).keeps("bn", Reason.NOT_FASTER).leaves("relu", "batchnorm", "conv2d", "sigmoid");
    assertThat(fold.report().reduced()).isEmpty();
  }

  @Test
  void clamps_that_cost_more_than_norms_are_not_made_and_what_goes_for_nothing_goes()
      throws IOException {
    fold(false, 1, 1.5, 1.5, FastestTest::fourReaders)
        .removes(1)
        .keeps("bn_1", Reason.NOT_FASTER)
        .repairs()
        .equalOutputs();
    fold(false, 1, 0.1, 0.1, FastestTest::fourReaders).removesAll().equalOutputs();
  }

  @Test
  void a_run_of_arithmetic_is_reduced_to_its_addition() throws IOException {
    Fold fold =
        fold(
            false,
            1,
            0.5,
            10,
            net -> {
              Node x = net.image(3, 9, 7).relu().multiplyConstant().addConstant();
              x.conv(4, 3, Padding.SAME).sigmoid().output();
            });

    fold.removes(0).leaves("relu", "add", "conv2d", "sigmoid").equalOutputs();
    assertThat(fold.report().reduced()).hasSize(1);
  }

  @Test
  void measured_costs_are_remembered_and_give_the_same_function() throws IOException {
    fastest(false, FastestTest::fourReaders).equalOutputs();

    assertThat(Files.readString(folder.resolve("costs.json")).toLowerCase(Locale.ROOT))
        .contains("batchnorm", "maximum", "seconds");
  }
}
