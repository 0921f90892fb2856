package io.github.dl4jbnfold.examples.notebook;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Collects, in its order, what the running cell prints and shows. While it is open, the standard
 * streams of the process are its own.
 */
final class CellOutput implements Show.Screen, AutoCloseable {
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private List<Output> outputs = new ArrayList<>();
  private String stream = "";

  private CellOutput() {}

  static CellOutput open() {
    CellOutput output = new CellOutput();
    System.setOut(output.printer("stdout"));
    System.setErr(output.printer("stderr"));
    Show.on(output);
    return output;
  }

  /** What came since this was last asked. */
  synchronized List<Output> take() {
    endStream();
    List<Output> taken = outputs;
    outputs = new ArrayList<>();
    return taken;
  }

  /** The value of a cell, in the form in which Jupyter shows it. */
  static Output result(Object value) {
    return value instanceof BufferedImage image
        ? new Output.Result(Output.PNG, png(image))
        : new Output.Result(Output.PLAIN, String.valueOf(value));
  }

  @Override
  public synchronized void image(BufferedImage image) {
    endStream();
    outputs.add(new Output.Display(Output.PNG, png(image)));
  }

  @Override
  public synchronized void html(String html) {
    endStream();
    outputs.add(new Output.Display(Output.HTML, html));
  }

  @Override
  public void close() {
    Show.on(null);
    System.setOut(out);
    System.setErr(err);
  }

  private synchronized void print(String name, byte[] bytes, int offset, int length) {
    if (!name.equals(stream)) {
      endStream();
      stream = name;
    }
    printed.write(bytes, offset, length);
  }

  private void endStream() {
    if (printed.size() > 0) {
      outputs.add(new Output.Stream(stream, printed.toString(StandardCharsets.UTF_8)));
      printed.reset();
    }
  }

  private static String png(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private PrintStream printer(String name) {
    OutputStream target =
        new OutputStream() {
          @Override
          public void write(int value) {
            print(name, new byte[] {(byte) value}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            print(name, bytes, offset, length);
          }
        };
    return new PrintStream(target, true, StandardCharsets.UTF_8);
  }
}
