package io.github.dl4jbnfold.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.GraphState;
import io.github.dl4jbnfold.graph.Reason;
import io.github.dl4jbnfold.report.FoldReport;
import io.github.dl4jbnfold.report.FoldReport.KeptNorm;
import io.github.dl4jbnfold.report.FoldReport.RepairedOperator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What must hold once the network of a {@link Case} is folded.
 *
 * @param removed how many batch normalizations go although others stay
 * @param reason why those stay that do; null where none does
 * @param repairs the kinds of all repairs
 * @param left the types of all operators afterwards, in order; null where they follow from the rest
 * @param check whatever else the case asks for
 */
record Expected(
    Wanted wanted,
    int removed,
    @Nullable Reason reason,
    Set<String> repairs,
    @Nullable List<String> left,
    Consumer<Fold> check) {
  static Expected of(Wanted wanted, @Nullable Reason reason, String... repairs) {
    return new Expected(wanted, 0, reason, Set.of(repairs), null, fold -> {});
  }

  Expected removing(int count) {
    return new Expected(wanted, count, reason, repairs, left, check);
  }

  Expected leaving(String... types) {
    return new Expected(wanted, removed, reason, repairs, List.of(types), check);
  }

  Expected and(Consumer<Fold> more) {
    return new Expected(wanted, removed, reason, repairs, left, check.andThen(more));
  }

  /** Fails unless the fold did what is wanted. That the outputs are equal is not checked here. */
  void holdFor(Fold fold) {
    FoldReport report = fold.report();
    if (left != null) {
      fold.leaves(left.toArray(String[]::new));
    }
    Set<String> used =
        report.repairs().stream().map(RepairedOperator::repair).collect(Collectors.toSet());
    switch (wanted) {
      case FOLDS, FOLDS_BY_REPAIR -> {
        assertThat(report.kept()).as("kept batch normalizations").isEmpty();
        assertThat(used).as("repairs").isEqualTo(repairs);
      }
      case STAYS -> {
        fold.removes(removed);
        if (reason != null) {
          assertThat(report.kept()).isNotEmpty();
          assertThat(report.kept()).extracting(KeptNorm::reason).containsOnly(reason);
        }
        if (removed == 0) {
          isUntouched(fold);
        }
      }
      case UNTOUCHED -> isUntouched(fold);
    }
    check.accept(fold);
  }

  private static void isUntouched(Fold fold) {
    GraphState.of(fold.graph()).isSameAs(GraphState.of(fold.original()));
  }
}
