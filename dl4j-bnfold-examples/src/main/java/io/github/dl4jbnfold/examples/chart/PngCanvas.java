package io.github.dl4jbnfold.examples.chart;

import io.github.dl4jbnfold.examples.chart.Series.Point;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;

/** Paints an image, twice as large in each direction, on white. */
final class PngCanvas implements Canvas {
  private static final int SCALE = 2;
  private static final Color INK = new Color(0x1c2128);
  private static final Color GRID = new Color(0xd8dee4);

  private final BufferedImage image;
  private final Graphics2D graphics;

  PngCanvas(double width, double height) {
    image =
        new BufferedImage(
            (int) Math.ceil(width * SCALE),
            (int) Math.ceil(height * SCALE),
            BufferedImage.TYPE_INT_RGB);
    graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    graphics.scale(SCALE, SCALE);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
  }

  @Override
  public void grid(double x1, double y1, double x2, double y2) {
    graphics.setColor(GRID);
    graphics.setStroke(new BasicStroke(1));
    graphics.draw(new Line2D.Double(x1, y1, x2, y2));
  }

  @Override
  public void text(String text, double x, double y, Anchor anchor) {
    graphics.setColor(INK);
    double width = graphics.getFontMetrics().stringWidth(text);
    double shift =
        switch (anchor) {
          case START -> 0;
          case MIDDLE -> width / 2;
          case END -> width;
        };
    graphics.drawString(text, (float) (x - shift), (float) y);
  }

  @Override
  public void upward(String text, double x, double y) {
    graphics.rotate(-Math.PI / 2, x, y);
    text(text, x, y, Anchor.MIDDLE);
    graphics.rotate(Math.PI / 2, x, y);
  }

  @Override
  public void line(String label, int index, List<Point> points, boolean marked) {
    graphics.setColor(ChartStyle.light(index));
    graphics.setStroke(new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    Path2D path = new Path2D.Double();
    for (Point point : points) {
      if (path.getCurrentPoint() == null) {
        path.moveTo(point.x(), point.y());
      } else {
        path.lineTo(point.x(), point.y());
      }
      if (marked) {
        graphics.fill(new Ellipse2D.Double(point.x() - 3.5, point.y() - 3.5, 7, 7));
      }
    }
    graphics.draw(path);
  }

  @Override
  public void sample(int index, double x, double y) {
    line("", index, List.of(new Point(x, y), new Point(x + 20, y)), false);
    graphics.fill(new Ellipse2D.Double(x + 6.5, y - 3.5, 7, 7));
  }

  byte[] bytes() {
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
