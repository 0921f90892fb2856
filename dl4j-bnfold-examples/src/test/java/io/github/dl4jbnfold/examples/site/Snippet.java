package io.github.dl4jbnfold.examples.site;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/**
 * A block of Java on a page.
 *
 * @param line its first line on the page, from 1
 */
record Snippet(String page, int line, String code) {
  private static final Pattern TYPE = Pattern.compile("(?m)^public (?:final )?class (\\w+)");

  /**
   * What the pages take as given: variables whose class they state or whose name tells it, and
   * functions of the reader's own. As fields, so that a page may declare its own.
   */
  private static final String GIVEN =
      """
      static ComputationGraph network;
      static SameDiff graph;
      static DataSet data;
      static DataSet someData;
      static INDArray someInputs;
      static DataNormalization normalizer;
      static double loss(ComputationGraph network, DataSet data) { return 0; }
      """;

  /** For pages that state no imports. */
  private static final String IMPORTS =
      """
      import io.github.dl4jbnfold.*;
      import io.github.dl4jbnfold.linearize.network.MeasuredCosts;
      import io.github.dl4jbnfold.linearize.run.*;
      import io.github.dl4jbnfold.linearize.samediff.GraphFoldingOptions;
      import io.github.dl4jbnfold.report.FoldReport;
      import java.io.File;
      import java.util.*;
      import org.deeplearning4j.nn.graph.ComputationGraph;
      import org.nd4j.autodiff.samediff.SameDiff;
      import org.nd4j.linalg.api.buffer.DataType;
      import org.nd4j.linalg.api.ndarray.INDArray;
      import org.nd4j.linalg.dataset.DataSet;
      import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
      """;

  /** All blocks of a page that are marked as Java. */
  static List<Snippet> of(String page, String markdown) {
    List<Snippet> snippets = new ArrayList<>();
    Parser.builder()
        .includeSourceSpans(IncludeSourceSpans.BLOCKS)
        .build()
        .parse(markdown)
        .accept(
            new AbstractVisitor() {
              @Override
              public void visit(FencedCodeBlock block) {
                if ("java".equals(block.getInfo())) {
                  int fence = block.getSourceSpans().get(0).getLineIndex();
                  snippets.add(new Snippet(page, fence + 2, block.getLiteral()));
                }
              }
            });
    return snippets;
  }

  /** Whether it tells the imports of the page's other blocks. */
  boolean isImports() {
    return code.lines().allMatch(line -> line.isBlank() || line.startsWith("import "));
  }

  /** Its class; for statements one that is made up of the place. */
  String type() {
    Matcher own = TYPE.matcher(code);
    return own.find() ? own.group(1) : page.replaceAll("\\W", "_") + "_line_" + line;
  }

  /**
   * What to compile.
   *
   * @param imports of its page; empty if it states none
   */
  String unit(String imports) {
    return TYPE.matcher(code).find()
        ? code
        : "%sclass %s {\n%svoid snippet() throws Exception {\n%s\n}}\n"
            .formatted(imports.isEmpty() ? IMPORTS : imports, type(), GIVEN, code);
  }
}
