package io.github.dl4jbnfold.examples.site;

import io.github.dl4jbnfold.examples.drawing.Xml;
import io.github.dl4jbnfold.examples.notebook.Notebook;
import io.github.dl4jbnfold.examples.notebook.NotebookPage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Writes the pages of this repository, README and changelog, docs and notebooks, as a site: a
 * folder of HTML with navigation that needs no server and loads nothing from outside.
 *
 * <pre>{@code
 * java -cp dl4j-bnfold-examples/target/bnfold.jar \
 *     io.github.dl4jbnfold.examples.site.Site . target/site
 * }</pre>
 *
 * <p>Files lie where they lie in the repository, and the table of contents, {@value #CONTENTS}, is
 * the navigation. Links to Markdown and notebooks lead to pages; files that are linked to and are
 * no pages are copied.
 */
public final class Site {
  private static final String CONTENTS = "docs/README.md";
  private static final String NOTEBOOKS = "dl4j-bnfold-examples/notebooks";
  private static final List<String> IN_ROOT =
      List.of("README.md", "CHANGELOG.md", "CONTRIBUTING.md");
  private static final List<String> FOLDERS = List.of("docs", NOTEBOOKS);

  private final Path root;
  private final Path out;
  private final Map<String, SourcePage> pages = new LinkedHashMap<>();
  private final Links links;
  private final Template template;

  private Site(Path root, Path out) throws IOException {
    this.root = root.toAbsolutePath().normalize();
    this.out = out;
    for (String source : sources(this.root)) {
      pages.put(source, new SourcePage(source));
    }
    links = new Links(this.root, pages.keySet());
    SourcePage contents = new SourcePage(CONTENTS);
    template = new Template(Contents.read(contents, text(contents), links));
  }

  /**
   * Writes the site, and prints how many pages it has.
   *
   * @param arguments the root of the repository, and the folder to write to; files there that have
   *     the name of a page are replaced, others stay
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      System.err.println(
          "Give the root of the repository and the folder to write to: . target/site");
      System.exit(2);
    }
    Path root = Path.of(arguments[0]);
    if (!Files.isRegularFile(root.resolve(CONTENTS))) {
      System.err.printf("%s: there is no %s. Name the root of the repository.%n", root, CONTENTS);
      System.exit(2);
    }
    int count = write(root, Path.of(arguments[1]));
    System.out.printf("%d pages: open %s%n", count, Path.of(arguments[1], "index.html"));
  }

  /**
   * Writes the site.
   *
   * @param root of the repository
   * @param out a folder, made if there is none
   * @return the number of pages
   * @throws IOException if a page cannot be read, or nothing can be written
   */
  public static int write(Path root, Path out) throws IOException {
    return new Site(root, out).write();
  }

  private int write() throws IOException {
    for (SourcePage page : pages.values()) {
      put(page.target(), page.isNotebook() ? notebook(page) : markdown(page));
    }
    put(NOTEBOOKS + "/index.html", listOfNotebooks());
    for (String file : links.files()) {
      Path target = made(file);
      Files.copy(root.resolve(file), target, StandardCopyOption.REPLACE_EXISTING);
    }
    try (InputStream style = Site.class.getResourceAsStream(Template.STYLE)) {
      Files.copy(
          Objects.requireNonNull(style), made(Template.STYLE), StandardCopyOption.REPLACE_EXISTING);
    }
    return pages.size() + 1;
  }

  private static List<String> sources(Path root) throws IOException {
    List<String> sources = new ArrayList<>(IN_ROOT);
    for (String folder : FOLDERS) {
      try (Stream<Path> files = Files.list(root.resolve(folder))) {
        files
            .map(file -> Links.slashes(root.relativize(file)))
            .filter(SourcePage::isPage)
            .sorted()
            .forEach(sources::add);
      }
    }
    return sources;
  }

  private String text(SourcePage page) throws IOException {
    return Files.readString(root.resolve(page.source()));
  }

  private Markdown markdownOf(SourcePage page) {
    return new Markdown(destination -> links.inSite(page, destination));
  }

  private String markdown(SourcePage page) throws IOException {
    Markdown markdown = markdownOf(page);
    String body = markdown.render(text(page));
    return template.page(page.target(), markdown.title(), markdown.sections(), body);
  }

  private String notebook(SourcePage page) throws IOException {
    Notebook notebook = read(page);
    Markdown markdown = markdownOf(page);
    String body = Markdown.scrolling(NotebookPage.body(notebook, markdown::render));
    String name = Path.of(page.source()).getFileName().toString();
    String file =
        "<p class=\"file\">A notebook: <code>bnfold notebook run %s</code> runs it, and"
            + " <code>bnfold notebook open %s</code> opens it in Jupyter.</p>\n";
    String number = name.replaceFirst("-.*", "");
    return template.page(
        page.target(),
        markdown.title(),
        markdown.sections(),
        body + file.formatted(Xml.escape(number), Xml.escape(number)));
  }

  private Notebook read(SourcePage page) throws IOException {
    return Notebook.read(page.source(), Files.readAllBytes(root.resolve(page.source())));
  }

  /** What a link to the folder leads to. */
  private String listOfNotebooks() throws IOException {
    String target = NOTEBOOKS + "/index.html";
    StringBuilder body = new StringBuilder("<h1 id=\"notebooks\">Notebooks</h1>\n<ul>\n");
    for (SourcePage page : pages.values()) {
      if (page.isNotebook()) {
        Notebook notebook = read(page);
        body.append(
            "<li><a href=\"%s\">%s</a>: %s</li>\n"
                .formatted(
                    Links.relative(target, page.target()),
                    Xml.escape(notebook.title()),
                    Xml.escape(notebook.summary())));
      }
    }
    return template.page(target, "Notebooks", List.of(), body.append("</ul>\n").toString());
  }

  private void put(String target, String html) throws IOException {
    Files.writeString(made(target), html);
  }

  private Path made(String target) throws IOException {
    Path file = out.resolve(target);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    return file;
  }
}
