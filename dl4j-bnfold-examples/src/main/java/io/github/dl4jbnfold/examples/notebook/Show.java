package io.github.dl4jbnfold.examples.notebook;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * What a cell of a notebook calls to show a figure or a table below itself. It works in both places
 * where these notebooks run: under {@link NotebookRunner} it reaches the notebook that is written,
 * and in Jupyter the display functions of the kernel. In any other program it prints one line of
 * text.
 */
public final class Show {
  private static final String KERNEL = "org.rapaio.jupyter.kernel.global.Global";

  private static volatile @Nullable Screen screen;

  static {
    // Figures are drawn into memory: no window system is needed, and no icon of a program appears.
    if (System.getProperty("java.awt.headless") == null) {
      System.setProperty("java.awt.headless", "true");
    }
  }

  private Show() {}

  /** Where figures and tables go. */
  interface Screen {
    void image(BufferedImage image);

    void html(String html);
  }

  /** Sends all that is shown from now on to a runner, or, with null, to whoever is there. */
  static void on(@Nullable Screen runner) {
    screen = runner;
  }

  /** Shows a chart of XChart, on white as the page around it. */
  public static void chart(Chart<?, ?> chart) {
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    image(BitmapEncoder.getBufferedImage(chart));
  }

  /** Shows an image. */
  public static void image(BufferedImage image) {
    Screen runner = screen;
    if (runner != null) {
      runner.image(image);
    } else if (!inKernel("png", image)) {
      System.out.printf(
          Locale.ROOT, "[figure, %d x %d pixels]%n", image.getWidth(), image.getHeight());
    }
  }

  /**
   * Shows a table.
   *
   * @param header the names of the columns, as text
   * @param rows the cells of each row; their {@code toString} is shown as text
   */
  public static void table(List<String> header, List<? extends List<?>> rows) {
    StringBuilder html = new StringBuilder("<table>\n<thead>");
    row(html, "th", header);
    html.append("</thead>\n<tbody>\n");
    for (List<?> row : rows) {
      row(html, "td", row);
      html.append('\n');
    }
    html(html.append("</tbody>\n</table>").toString());
  }

  /** Shows HTML. What comes from elsewhere must have been escaped. */
  public static void html(String html) {
    Screen runner = screen;
    if (runner != null) {
      runner.html(html);
    } else if (!inKernel("html", html)) {
      System.out.println("[table]");
    }
  }

  /** Text as HTML shows it. */
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static void row(StringBuilder html, String cell, List<?> values) {
    html.append("<tr>");
    for (Object value : values) {
      // Jupyter aligns cells to the right, which suits numbers only.
      String align = value instanceof Number ? "right" : "left";
      html.append('<').append(cell).append(" style=\"text-align: ").append(align).append("\">");
      html.append(escaped(Objects.toString(value))).append("</").append(cell).append('>');
    }
    html.append("</tr>");
  }

  /**
   * Whether a kernel was there and showed it. By reflection: no other program needs its classes.
   */
  private static boolean inKernel(String type, Object content) {
    Class<?> kernel = kernel();
    if (kernel == null) {
      return false;
    }
    try {
      kernel.getMethod("display", String.class, Object.class).invoke(null, type, content);
      return true;
    } catch (NoSuchMethodException | IllegalAccessException e) {
      throw new IllegalStateException("This kernel has no 'display(String, Object)'.", e);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("The kernel does not show " + type + ".", e.getCause());
    }
  }

  private static @Nullable Class<?> kernel() {
    try {
      return Class.forName(KERNEL);
    } catch (ClassNotFoundException e) {
      return null;
    }
  }
}
