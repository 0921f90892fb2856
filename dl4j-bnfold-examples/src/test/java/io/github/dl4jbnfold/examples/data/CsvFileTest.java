package io.github.dl4jbnfold.examples.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dl4jbnfold.linearize.train.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvFileTest {
  @TempDir Path folder;

  private CsvFile read(String text) throws IOException {
    return CsvFile.read(Files.writeString(folder.resolve("rows.csv"), text));
  }

  private static int[] labels(CsvFile file) {
    return IntStream.range(0, file.count()).map(file::label).toArray();
  }

  @Test
  void the_mark_of_a_spreadsheet_costs_no_row() throws IOException {
    CsvFile file = read("\uFEFF1,2,0\r\n\r\n3,4,1\r\n");
    assertThat(file.count()).isEqualTo(2);
    assertThat(file.features(new int[] {0}, null).getDouble(0, 0)).isEqualTo(1);
    assertThat(read("\uFEFFa,b,class\n1,2,0\n").count()).isEqualTo(1);
  }

  @Test
  void classes_with_a_point_are_the_same_numbers() throws IOException {
    CsvFile file = read("1,2.0\n1,10.0\n1,1.0\n");
    assertThat(labels(file)).containsExactly(2, 10, 1);
    assertThat(file.classes()).hasSize(11);
  }

  @Test
  void names_are_classes_in_alphabetical_order() throws IOException {
    assertThat(labels(read("1,dog\n1,cat\n1,dog\n"))).containsExactly(1, 0, 1);
  }

  @Test
  void numbers_that_are_no_classes_are_refused() {
    for (String label : new String[] {"-1", "0.5", "1e9", "NaN"}) {
      assertThatThrownBy(() -> read("1,0\n1," + label + "\n"))
          .isInstanceOf(DataException.class)
          .hasMessageContainingAll("row 2", label);
    }
  }

  @Test
  void what_is_no_finite_number_is_refused() {
    assertThatThrownBy(() -> read("1,2,0\n1,NaN,0\n"))
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll("row 2, column 2", "NaN");
  }

  @Test
  void a_file_that_is_no_text_of_rows_is_refused() throws IOException {
    assertThatThrownBy(() -> read("1,2,0\n1,\"2\"x,0\n")).isInstanceOf(DataException.class);
    Path latin = folder.resolve("latin.csv");
    Files.write(latin, "1,\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> CsvFile.read(latin))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("latin.csv");
  }
}
