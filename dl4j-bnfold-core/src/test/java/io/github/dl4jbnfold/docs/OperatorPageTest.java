package io.github.dl4jbnfold.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jbnfold.docs.OperatorPage.Row;
import io.github.dl4jbnfold.graph.Operator;
import io.github.dl4jbnfold.graph.Wall;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;

/** docs/operators.md says of every operator what its class states, and names tests that exist. */
class OperatorPageTest {
  private static final Path DOCS = Path.of("..", "docs");
  private static final Path PAGE = DOCS.resolve("operators.md");
  private static final Map<String, OperatorCells> CODE = OperatorCells.all();

  private static final Pattern CODE_WORD = Pattern.compile("`([^`]+)`");
  private static final Pattern THEORY = Pattern.compile("\\]\\(theory\\.md#([^)]+)\\)");

  private static OperatorPage page() throws IOException {
    return new OperatorPage(Files.readString(PAGE));
  }

  @BeforeAll
  static void regenerate() throws IOException {
    if (Boolean.getBoolean("operators.write")) {
      Files.writeString(PAGE, page().rewritten(CODE));
    }
  }

  @Test
  void each_row_says_what_the_class_states() throws IOException {
    assertThat(page().differences(CODE))
        .as(
            "Cells of docs/operators.md that are not what the code states. Maybe regenerate them"
                + " and look at the difference: %s",
            OperatorPage.COMMAND)
        .isEmpty();
  }

  /** The page as it should be, whatever it is. */
  private static String regenerated() throws IOException {
    return page().rewritten(CODE);
  }

  @Test
  void a_cell_that_differs_is_named_with_its_row_and_with_what_the_code_states()
      throws IOException {
    String right = regenerated();
    for (Row row : new OperatorPage(right).rows()) {
      OperatorCells code = CODE.get(row.operator());
      Map<OperatorCells, String> wrong =
          Map.of(
              new OperatorCells("`a_in = 7`", code.changed(), code.sameDiff()),
              "\"demand while it stays\": the code states \"" + code.staying(),
              new OperatorCells(code.staying(), "`SOLDER`: none", code.sameDiff()),
              "\"gone or repaired\": the code states \"" + code.changed(),
              new OperatorCells(code.staying(), code.changed(), "`conv9d`"),
              "\"SameDiff\": the code states \"" + code.sameDiff());
      wrong.forEach(
          (cells, sentence) ->
              assertThat(
                      new OperatorPage(right.replace(row.toString(), row.with(cells).toString()))
                          .differences(CODE))
                  .singleElement()
                  .asString()
                  .startsWith("Row `" + row.operator() + "`, cell " + sentence));
    }
  }

  @Test
  void a_missing_row_and_an_unknown_one_are_named() throws IOException {
    String right = regenerated();
    String row = new OperatorPage(right).rows().get(3).toString();
    String operator = new OperatorPage(right).rows().get(3).operator();
    String text = right.replace(row, row.replace("`" + operator + "`", "`Foo`"));

    assertThat(new OperatorPage(text).differences(CODE))
        .containsExactly(
            "The page has no row `" + operator + "`, an operator of the code.",
            "The page has a row `Foo`, which is no operator of the code.");
  }

  @Test
  void every_operator_has_a_sample_of_how_it_stays() {
    Set<Class<? extends Operator>> sampled =
        OperatorSamples.staying().stream()
            .map(OperatorSamples.Form::row)
            .collect(Collectors.toSet());
    assertThat(sampled).containsExactlyInAnyOrderElementsOf(OperatorCells.operators());
  }

  @Test
  void every_type_of_the_catalogue_is_named_and_no_other() throws Exception {
    Set<String> named = new TreeSet<>();
    for (Row row : page().rows()) {
      CODE_WORD.matcher(row.sameDiff()).results().map(m -> m.group(1)).forEach(named::add);
    }
    assertThat(named)
        .as("SameDiff types in docs/operators.md, compared with the catalogue of the reader")
        .containsExactlyInAnyOrderElementsOf(catalogue());
  }

  /** Every type is in a row of its own besides that of the walls. */
  @Test
  void every_type_of_the_catalogue_becomes_more_than_a_wall() throws Exception {
    String others =
        CODE.entrySet().stream()
            .filter(row -> !row.getKey().equals(Wall.class.getSimpleName()))
            .map(row -> row.getValue().sameDiff())
            .collect(Collectors.joining(" "));
    for (String type : catalogue()) {
      assertThat(others).contains("`" + type + "`");
    }
  }

  private static Set<String> catalogue() throws ReflectiveOperationException {
    Field types =
        Class.forName("io.github.dl4jbnfold.samediff.read.Translators").getDeclaredField("BY_TYPE");
    types.setAccessible(true);
    Set<String> names = new TreeSet<>();
    ((Map<?, ?>) types.get(null)).keySet().forEach(type -> names.add((String) type));
    return names;
  }

  @Test
  void every_row_names_its_formula_in_the_theory() throws IOException {
    Set<String> sections = sections(DOCS.resolve("theory.md"));
    for (Row row : page().rows()) {
      List<String> links = THEORY.matcher(row.formula()).results().map(m -> m.group(1)).toList();
      assertThat(links)
          .as("row `%s`, cell \"formula\": a link to theory.md", row.operator())
          .isNotEmpty();
      assertThat(sections).as("row `%s`, cell \"formula\"", row.operator()).containsAll(links);
    }
  }

  /** The headings of a page as the ends of links to them. */
  private static Set<String> sections(Path page) throws IOException {
    try (Stream<String> lines = Files.lines(page)) {
      return lines
          .filter(line -> line.startsWith("#"))
          .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT))
          .map(title -> title.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
          .collect(Collectors.toSet());
    }
  }

  @Test
  void every_row_names_tests_that_exist() throws Exception {
    for (Row row : page().rows()) {
      List<String> tests = CODE_WORD.matcher(row.shownBy()).results().map(m -> m.group(1)).toList();
      assertThat(tests).as("row `%s`, cell \"shown by\"", row.operator()).isNotEmpty();
      for (String test : tests) {
        assertThat(isTest(test))
            .as("row `%s`, cell \"shown by\": `%s` is a test", row.operator(), test)
            .isTrue();
      }
    }
  }

  private static boolean isTest(String test) throws Exception {
    String[] parts = test.split("\\.", -1);
    List<Class<?>> classes = testClasses(parts[0]);
    assertThat(classes).as("test classes with the name %s", parts[0]).hasSize(1);
    return Arrays.stream(classes.get(0).getDeclaredMethods())
        .anyMatch(method -> method.getName().equals(parts[1]) && isTest(method));
  }

  private static boolean isTest(Method method) {
    return method.isAnnotationPresent(Test.class)
        || method.isAnnotationPresent(ParameterizedTest.class)
        || method.isAnnotationPresent(TestFactory.class);
  }

  private static List<Class<?>> testClasses(String simpleName)
      throws IOException, URISyntaxException, ClassNotFoundException {
    Path root =
        Path.of(OperatorPageTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Path> files;
    try (Stream<Path> all = Files.walk(root)) {
      files = all.filter(f -> f.getFileName().toString().equals(simpleName + ".class")).toList();
    }
    List<Class<?>> classes = new ArrayList<>();
    for (Path file : files) {
      String name = root.relativize(file).toString().replaceAll("\\.class$", "");
      classes.add(
          Class.forName(
              name.replace(File.separatorChar, '.'),
              false,
              OperatorPageTest.class.getClassLoader()));
    }
    return classes;
  }
}
