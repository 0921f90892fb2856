package io.github.dl4jbnfold.examples.command.model;

import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The shape of a placeholder, given as {@code NAME=2,3,224,224}. */
public record InputShape(String placeholder, long[] shape) {

  /** Reads the form above. */
  public static final class Converter implements ITypeConverter<InputShape> {
    @Override
    public InputShape convert(String text) {
      // Names may hold '='; sizes do not.
      int equals = text.lastIndexOf('=');
      try {
        long[] shape =
            Arrays.stream(text.substring(equals + 1).split(",", -1))
                .mapToLong(size -> Long.parseLong(size.strip()))
                .toArray();
        if (equals > 0 && Arrays.stream(shape).allMatch(size -> size > 0)) {
          return new InputShape(text.substring(0, equals), shape);
        }
      } catch (NumberFormatException e) {
        // Falls through to the one explanation below.
      }
      throw new TypeConversionException(
          "'%s' is not a shape such as image=2,3,224,224 (batch size included)".formatted(text));
    }
  }
}
