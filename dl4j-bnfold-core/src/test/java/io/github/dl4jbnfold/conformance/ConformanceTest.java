package io.github.dl4jbnfold.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.dl4jbnfold.conformance.Catalogue.Line;
import io.github.dl4jbnfold.conformance.Setting.Format;
import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.plan.Objective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;

/** Every case of the catalogue, in all its forms, and the page that shows them. */
class ConformanceTest {
  private static final Path PAGE = Path.of("..", "docs", "conformance.md");

  private static final int[] NUMBERS = {
    1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 13, 14, 15, 16, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 30, 31,
    32, 33, 34, 36, 38, 39, 40, 41, 42, 43, 44, 45, 47, 48, 49, 50, 51, 53, 54, 55, 56, 59, 60, 61,
    62, 63, 64, 66, 67, 69, 70, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 83, 84, 85, 87, 88, 89, 91,
    92, 93, 94, 95, 97, 98, 100, 102, 103, 104, 105, 107, 108, 110, 112, 113, 114, 115, 117, 118,
    120, 121, 123, 125, 127, 129, 131, 132, 134, 135, 137, 138, 139, 140, 141, 142
  };

  @TestFactory
  Stream<DynamicNode> every_case_does_what_is_wanted() {
    return Catalogue.all().stream()
        .filter(line -> line.content().build() != null)
        .map(line -> dynamicContainer(line.toString(), forms(line)));
  }

  private static List<DynamicNode> forms(Line line) {
    List<DynamicNode> forms = new ArrayList<>();
    for (Format format : line.content().setting().formats()) {
      for (DataType type : line.content().setting().types()) {
        forms.add(dynamicTest(format + " " + type, () -> check(line, format, type)));
      }
      forms.add(dynamicTest(format + " weights only", () -> checkWeightsOnly(line, format)));
    }
    return forms;
  }

  private static void check(Line line, Format format, DataType type) {
    Case c = line.content();
    Fold fold;
    try {
      fold = c.fold(format, type, UnaryOperator.identity());
    } catch (RuntimeException failure) {
      if (c.differs()) {
        return;
      }
      throw failure;
    }
    fold.equalOutputs();
    if (c.differs()) {
      assertThat(catchThrowable(() -> c.expected().holdFor(fold)))
          .as("Case %s does what is wanted now: drop its note.", line.label())
          .isInstanceOf(AssertionError.class);
    } else {
      c.expected().holdFor(fold);
    }
    fold.isIdempotent();
    assertThat(Outcome.of(fold)).as("the same in every form").isEqualTo(Outcomes.of(line));
  }

  private static void checkWeightsOnly(Line line, Format format) {
    Case c = line.content();
    DataType type = c.setting().types().get(0);
    try {
      Fold fold = c.fold(format, type, options -> options.objective(Objective.NO_NEW_OPERATORS));
      fold.equalOutputs().addsNoOperator();
      assertThat(fold.report().repairs()).isEmpty();
    } catch (RuntimeException failure) {
      if (!c.differs()) {
        throw failure;
      }
    }
  }

  @Test
  void no_number_is_missing() {
    assertThat(Catalogue.all().stream().mapToInt(line -> line.content().number()).distinct())
        .containsExactlyInAnyOrderElementsOf(IntStream.of(NUMBERS).boxed().toList());
  }

  @Test
  void the_page_shows_what_the_cases_do() throws IOException {
    String page = ConformancePage.text();
    if (Boolean.getBoolean("conformance.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.exists(PAGE) ? Files.readString(PAGE).lines() : Stream.empty())
        .as(
            "docs/conformance.md is not what the cases do now. Maybe regenerate it and look at the"
                + " difference: %s",
            ConformancePage.COMMAND)
        .containsExactlyElementsOf(page.lines().toList());
  }
}
