package io.github.dl4jbnfold.examples.site;

import io.github.dl4jbnfold.examples.notebook.Notebooks;
import java.util.Locale;

/**
 * A page of the site, by what it is made of.
 *
 * @param source a Markdown file or a notebook, relative to the root of the repository, with slashes
 */
record SourcePage(String source) {
  private static final String MARKDOWN = ".md";
  private static final String README = "README" + MARKDOWN;
  private static final String HTML = ".html";

  static boolean isPage(String source) {
    return source.endsWith(MARKDOWN) || source.endsWith(Notebooks.SUFFIX);
  }

  boolean isNotebook() {
    return source.endsWith(Notebooks.SUFFIX);
  }

  /** Where it lies in the site: beside what lies beside it in the repository. */
  String target() {
    int slash = source.lastIndexOf('/') + 1;
    String folder = source.substring(0, slash);
    String name = source.substring(slash);
    if (name.equals(README)) {
      return folder + "index" + HTML;
    }
    String stem = name.substring(0, name.lastIndexOf('.'));
    return folder + (isNotebook() ? stem : stem.toLowerCase(Locale.ROOT)) + HTML;
  }
}
