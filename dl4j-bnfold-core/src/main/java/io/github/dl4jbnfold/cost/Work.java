package io.github.dl4jbnfold.cost;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * One operator on arrays of given shapes, as far as its time depends on it. Leave out the reals
 * that no time depends on, such as the ε of a batch normalization, so that equal works have equal
 * keys.
 *
 * @param type libnd4j's name of the operator, one of {@link #types()}
 * @param dataType of the inputs, a floating-point type
 * @param inputs the shapes of the inputs in the operator's order, activations first
 * @param integers libnd4j's integer arguments; for "pad" the widths before and after, axis by axis;
 *     for "biasadd" 1 if the channels are axis 1
 * @param reals libnd4j's real arguments, or none
 */
public record Work(
    String type,
    DataType dataType,
    List<List<Long>> inputs,
    List<Long> integers,
    List<Double> reals) {
  /**
   * @throws IllegalArgumentException if no array has such a shape or the key would be ambiguous
   */
  public Work {
    inputs = inputs.stream().map(List::copyOf).toList();
    integers = List.copyOf(integers);
    reals = List.copyOf(reals);
    if (!type.matches("[A-Za-z0-9_]+")) {
      throw new IllegalArgumentException("'%s' is no name of an operator.".formatted(type));
    }
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("%s has no input.".formatted(type));
    }
    if (inputs.stream().flatMap(List::stream).anyMatch(size -> size < 1)) {
      throw new IllegalArgumentException(
          "%s has an input without a definite size: %s. Maybe fix its batch size first."
              .formatted(type, inputs));
    }
  }

  /**
   * A work without arguments.
   *
   * @param type one of {@link #types()}
   * @param dataType of the inputs
   * @param inputs their shapes, activations first
   * @return without integer and real arguments
   */
  public static Work of(String type, DataType dataType, long[]... inputs) {
    return new Work(
        type,
        dataType,
        Arrays.stream(inputs).map(shape -> Arrays.stream(shape).boxed().toList()).toList(),
        List.of(),
        List.of());
  }

  /**
   * The same with these integer arguments.
   *
   * @param arguments in libnd4j's order
   * @return a copy with them
   */
  public Work withIntegers(long... arguments) {
    return new Work(type, dataType, inputs, Arrays.stream(arguments).boxed().toList(), reals);
  }

  /**
   * The same with these real arguments.
   *
   * @param arguments in libnd4j's order
   * @return a copy with them
   */
  public Work withReals(double... arguments) {
    return new Work(type, dataType, inputs, integers, Arrays.stream(arguments).boxed().toList());
  }

  /** {@return the operators that can be measured, by name} */
  public static List<String> types() {
    return WorkGraph.TYPES.stream().sorted().toList();
  }

  /**
   * One line that tells works apart: {@code conv2d FLOAT [1,3,8,8] [3,3,3,4] | 3 3 1 1 0 0}.
   *
   * @return what {@link #parse} takes
   */
  public String key() {
    String key =
        type
            + " "
            + dataType
            + inputs.stream().map(Work::bracketed).collect(Collectors.joining(" ", " ", ""));
    if (!integers.isEmpty() || !reals.isEmpty()) {
      key += " |" + spaced(integers);
    }
    return reals.isEmpty() ? key : key + " |" + spaced(reals);
  }

  /**
   * The work of a key.
   *
   * @param key as {@link #key} writes it
   * @return an equal work
   * @throws IllegalArgumentException if it is none
   */
  public static Work parse(String key) {
    String[] parts = key.split("\\|", -1);
    List<String> head = words(parts[0]);
    if (parts.length > 3 || head.size() < 3) {
      throw new IllegalArgumentException("'%s' is no operator's key.".formatted(key));
    }
    List<List<Long>> shapes = new ArrayList<>();
    for (String shape : head.subList(2, head.size())) {
      if (!shape.matches("\\[[0-9,]*]")) {
        throw new IllegalArgumentException("'%s' is no shape, in '%s'.".formatted(shape, key));
      }
      shapes.add(longs(words(shape.substring(1, shape.length() - 1).replace(',', ' '))));
    }
    return new Work(
        head.get(0),
        DataType.valueOf(head.get(1).toUpperCase(Locale.ROOT)),
        shapes,
        parts.length > 1 ? longs(words(parts[1])) : List.of(),
        parts.length > 2 ? words(parts[2]).stream().map(Double::valueOf).toList() : List.of());
  }

  private static List<Long> longs(List<String> words) {
    return words.stream().map(Long::valueOf).toList();
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty()).toList();
  }

  private static String bracketed(List<Long> shape) {
    return shape.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
  }

  private static String spaced(List<?> numbers) {
    return numbers.stream().map(number -> " " + number).collect(Collectors.joining());
  }

  @Override
  public String toString() {
    return key();
  }
}
