package io.github.dl4jbnfold.conformance;

import io.github.dl4jbnfold.FoldingOptions;
import io.github.dl4jbnfold.conformance.Setting.Format;
import io.github.dl4jbnfold.fixture.Fold;
import io.github.dl4jbnfold.fixture.Net;
import io.github.dl4jbnfold.graph.Reason;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * One line of the catalogue: a network, and what a fold must do with it. Lines of one number ask
 * the same question in several forms. The numbers have gaps.
 *
 * @param network the operators in order, in words
 * @param build null where there is nothing to run, and the note says why
 * @param note null, or a sentence for the page
 * @param differs whether the outcome is not the wanted one yet; the note says how
 */
record Case(
    int number,
    String network,
    @Nullable Consumer<Net> build,
    Setting setting,
    Expected expected,
    @Nullable String note,
    boolean differs) {
  /** Only weights change. */
  static Case folds(int number, String network, Consumer<Net> build) {
    return of(number, network, build, Expected.of(Wanted.FOLDS, null));
  }

  /** These kinds of repair, and no others, make it possible. */
  static Case repairs(int number, String network, Consumer<Net> build, String... repairs) {
    return of(number, network, build, Expected.of(Wanted.FOLDS_BY_REPAIR, null, repairs));
  }

  /** Batch normalizations stay for this reason. */
  static Case keeps(int number, String network, Consumer<Net> build, Reason reason) {
    return of(number, network, build, Expected.of(Wanted.STAYS, reason));
  }

  /** Arithmetic that is no batch normalization stays. */
  static Case keeps(int number, String network, Consumer<Net> build) {
    return of(number, network, build, Expected.of(Wanted.STAYS, null));
  }

  /** A fold leaves the network as it is. */
  static Case untouched(int number, String network, Consumer<Net> build) {
    return of(number, network, build, Expected.of(Wanted.UNTOUCHED, null));
  }

  /** Nothing to run here; the note says why, or where it is checked. */
  static Case stated(int number, String network, Wanted wanted, String note) {
    return new Case(number, network, null, Setting.USUAL, Expected.of(wanted, null), note, false);
  }

  /** What nothing is written for needs no check of how it is rounded. */
  private static Case of(int number, String network, Consumer<Net> build, Expected expected) {
    boolean rewrites =
        expected.wanted() == Wanted.FOLDS || expected.wanted() == Wanted.FOLDS_BY_REPAIR;
    Setting setting = rewrites ? Setting.USUAL : Setting.USUAL.as(DataType.DOUBLE);
    return new Case(number, network, build, setting, expected, null, false);
  }

  private Case with(Setting other) {
    return new Case(number, network, build, other, expected, note, differs);
  }

  private Case with(Expected other) {
    return new Case(number, network, build, setting, other, note, differs);
  }

  Case in(Format format) {
    return with(setting.in(format));
  }

  Case as(DataType... types) {
    return with(setting.as(types));
  }

  Case options(UnaryOperator<FoldingOptions> options) {
    return with(setting.with(options));
  }

  Case leaving(String... types) {
    return with(expected.leaving(types));
  }

  Case removing(int count) {
    return with(expected.removing(count));
  }

  Case and(Consumer<Fold> check) {
    return with(expected.and(check));
  }

  /** A sentence for the page. */
  Case noting(String sentence) {
    return new Case(number, network, build, setting, expected, sentence, differs);
  }

  /** The outcome is not the wanted one yet. The test fails when it is, so that the note goes. */
  Case differing(String how) {
    return new Case(number, network, build, setting, expected, how, true);
  }

  /** Folds the network in one form. */
  Fold fold(Format format, DataType type, UnaryOperator<FoldingOptions> more) {
    if (build == null) {
      throw new IllegalStateException("Case " + number + " has no network: " + note);
    }
    return Fold.rebuilt(
        () -> format.net(type), build, options -> more.apply(setting.options().apply(options)));
  }
}
