package io.github.dl4jbnfold.examples.notebook;

/** What a cell left below itself, in the terms of the notebook format. */
sealed interface Output {
  /** HTML. */
  String HTML = "text/html";

  /** Plain text. */
  String PLAIN = "text/plain";

  /** An image, in base 64. */
  String PNG = "image/png";

  /**
   * Printed text.
   *
   * @param name {@code stdout} or {@code stderr}
   */
  record Stream(String name, String text) implements Output {}

  /**
   * A figure or table that the cell showed.
   *
   * @param type its media type
   */
  record Display(String type, String content) implements Output {}

  /**
   * The value of the expression at the end of the cell.
   *
   * @param type its media type
   */
  record Result(String type, String content) implements Output {}
}
