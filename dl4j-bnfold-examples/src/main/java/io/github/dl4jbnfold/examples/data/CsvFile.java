package io.github.dl4jbnfold.examples.data;

import io.github.dl4jbnfold.linearize.train.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Rows of numbers with their class in the last column, a number or a name. A first row without
 * numbers names the columns.
 */
public final class CsvFile implements Examples {
  private static final int MOST_CLASSES = 10_000;

  private final List<float[]> rows;
  private final int[] labels;
  private final List<String> classes;

  private CsvFile(List<float[]> rows, int[] labels, List<String> classes) {
    this.rows = rows;
    this.labels = labels;
    this.classes = classes;
  }

  /**
   * Reads the rows.
   *
   * @throws DataException if a value is no number, or rows have different lengths
   */
  public static CsvFile read(Path file) throws IOException {
    List<float[]> rows = new ArrayList<>();
    List<String> names = new ArrayList<>();
    try (Reader reader = withoutMark(Files.newBufferedReader(file));
        var records = CSVFormat.DEFAULT.parse(reader)) {
      for (CSVRecord line : records) {
        boolean header = line.getRecordNumber() == 1 && !isNumber(line.get(0));
        if (!header) {
          rows.add(numbers(file, line, rows.isEmpty() ? line.size() : rows.get(0).length + 1));
          names.add(name(file, line));
        }
      }
    } catch (CharacterCodingException | UncheckedIOException | IllegalStateException e) {
      // Of a bad row or character, by where it is and by the version of the parser.
      throw new DataException("%s cannot be read (%s).".formatted(file, e.getMessage()));
    }
    if (rows.isEmpty()) {
      throw new DataException("%s has no rows.".formatted(file));
    }
    List<String> classes = classes(names);
    boolean numbered = isNumbered(names);
    return new CsvFile(
        rows,
        names.stream()
            .mapToInt(
                name -> numbered ? Integer.parseInt(name) : Collections.binarySearch(classes, name))
            .toArray(),
        classes);
  }

  /** Spreadsheets put a mark in front that makes no number of the first one. */
  private static Reader withoutMark(BufferedReader reader) throws IOException {
    reader.mark(1);
    if (reader.read() != '\uFEFF') {
      reader.reset();
    }
    return reader;
  }

  /** A class; numbers as other programs write them, "1.0" and "01", are whole numbers. */
  private static String name(Path file, CSVRecord line) {
    String name = line.get(line.size() - 1).strip();
    if (!isNumber(name)) {
      return name;
    }
    float number = Float.parseFloat(name);
    if (number != Math.rint(number) || !(number >= 0 && number < MOST_CLASSES)) {
      throw new DataException(
          "%s, row %d: the class is '%s'. Numbers of classes are 0, 1, 2, …."
              .formatted(file, line.getRecordNumber(), name));
    }
    return String.valueOf((int) number);
  }

  /** Numbers count from 0; names are in alphabetical order. */
  private static List<String> classes(List<String> names) {
    if (!isNumbered(names)) {
      return List.copyOf(new TreeSet<>(names));
    }
    int most = names.stream().mapToInt(Integer::parseInt).max().orElse(0);
    List<String> classes = new ArrayList<>();
    for (int i = 0; i <= most; i++) {
      classes.add(String.valueOf(i));
    }
    return List.copyOf(classes);
  }

  private static boolean isNumbered(List<String> names) {
    return names.stream().allMatch(name -> name.matches("\\d{1,4}"));
  }

  private static boolean isNumber(String text) {
    try {
      Float.parseFloat(text.strip());
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static float[] numbers(Path file, CSVRecord line, int columns) {
    if (line.size() != columns || columns < 2) {
      throw new DataException(
          "%s, row %d: it has %d columns; all rows need the same number, 2 or more, the last one for the class."
              .formatted(file, line.getRecordNumber(), line.size()));
    }
    float[] numbers = new float[columns - 1];
    for (int i = 0; i < numbers.length; i++) {
      if (!isNumber(line.get(i)) || !Float.isFinite(Float.parseFloat(line.get(i).strip()))) {
        throw new DataException(
            "%s, row %d, column %d: '%s' is no number."
                .formatted(file, line.getRecordNumber(), i + 1, line.get(i)));
      }
      numbers[i] = Float.parseFloat(line.get(i).strip());
    }
    return numbers;
  }

  @Override
  public int count() {
    return rows.size();
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  /**
   * @param random changes nothing: nobody knows how rows may vary
   */
  @Override
  public INDArray features(int[] indices, @Nullable Random random) {
    float[][] some = new float[indices.length][];
    for (int i = 0; i < indices.length; i++) {
      some[i] = rows.get(indices[i]);
    }
    return Nd4j.createFromArray(some);
  }
}
