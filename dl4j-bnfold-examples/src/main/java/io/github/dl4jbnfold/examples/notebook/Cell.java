package io.github.dl4jbnfold.examples.notebook;

import java.util.List;

/**
 * One cell of a notebook.
 *
 * @param outputs what is below it; empty unless it is code
 */
record Cell(Kind kind, String source, List<Output> outputs) {
  /** What a cell holds. */
  enum Kind {
    CODE,
    MARKDOWN,
    RAW
  }

  boolean isCode() {
    return kind == Kind.CODE;
  }
}
