package io.github.dl4jbnfold.examples.command.fold;

import io.github.dl4jbnfold.plan.Objective;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How a command line names an objective: in any case, with hyphens or underscores. */
final class ObjectiveName {
  private ObjectiveName() {}

  private static String of(Objective objective) {
    return objective.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** All names, for the help. */
  static final class All implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(Objective.values()).map(ObjectiveName::of).iterator();
    }
  }

  /** Reads a name. */
  static final class Converter implements ITypeConverter<Objective> {
    @Override
    public Objective convert(String text) {
      return Arrays.stream(Objective.values())
          .filter(objective -> of(objective).equalsIgnoreCase(text.replace('_', '-')))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'%s' is none of %s".formatted(text, String.join(", ", new All()))));
    }
  }
}
