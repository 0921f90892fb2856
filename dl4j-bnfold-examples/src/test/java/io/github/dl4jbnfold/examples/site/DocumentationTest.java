package io.github.dl4jbnfold.examples.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Java on the pages compiles against the library as it is. */
class DocumentationTest {
  private static final Path ROOT = Repository.root();

  @TempDir Path classes;

  static List<String> pages() throws IOException {
    List<String> pages = new ArrayList<>(List.of("README.md"));
    try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
      files
          .map(file -> ROOT.relativize(file).toString().replace('\\', '/'))
          .filter(file -> file.endsWith(".md"))
          .sorted()
          .forEach(pages::add);
    }
    pages.removeIf(page -> snippets(page).isEmpty());
    return pages;
  }

  private static List<Snippet> snippets(String page) {
    try {
      return Snippet.of(page, Files.readString(ROOT.resolve(page)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void the_pages_with_code_are_among_them() throws IOException {
    assertThat(pages())
        .contains("README.md", "docs/tutorial.md", "docs/how-to.md", "docs/layer-folding.md");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void every_block_of_java_compiles(String page) throws IOException {
    assertThat(failures(snippets(page))).isEmpty();
  }

  @Test
  void a_method_that_does_not_exist_is_found_at_its_line() throws IOException {
    String page =
        """
        # A page

        ```java
        var folded = BatchNormFolding.foldCopy(network, FoldingOptions.defaults());
        ```

        ```java
        BatchNormFolding.fold(network, FoldingOptions.none());
        ```
        """;
    assertThat(failures(Snippet.of("page.md", page)))
        .singleElement()
        .asString()
        .startsWith("page.md, block at line 8: ")
        .contains("none()");
  }

  private List<String> failures(List<Snippet> snippets) throws IOException {
    String imports = "";
    List<JavaFileObject> units = new ArrayList<>();
    for (Snippet snippet : snippets) {
      if (snippet.isImports()) {
        imports = snippet.code();
      } else {
        units.add(unit(snippet.type(), snippet.unit(imports)));
      }
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    List<String> options =
        List.of("-proc:none", "-d", classes.toString(), "-classpath", classPath());
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(found, Locale.ROOT, StandardCharsets.UTF_8)) {
      compiler.getTask(null, files, found, options, null, units).call();
    }
    return found.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .map(diagnostic -> at(snippets, diagnostic))
        .toList();
  }

  private static String at(
      List<Snippet> snippets, Diagnostic<? extends JavaFileObject> diagnostic) {
    String unit = diagnostic.getSource() == null ? "" : diagnostic.getSource().getName();
    String place =
        snippets.stream()
            .filter(snippet -> unit.equals("/" + snippet.type() + ".java"))
            .findFirst()
            .map(snippet -> snippet.page() + ", block at line " + snippet.line())
            .orElse(unit);
    return place + ": " + diagnostic.getMessage(Locale.ROOT);
  }

  private static JavaFileObject unit(String type, String code) {
    return new SimpleJavaFileObject(
        URI.create("string:///" + type + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return code;
      }
    };
  }

  /** Surefire keeps the class path of the tests here, where it starts them with another one. */
  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
