package io.github.dl4jbnfold.examples.data;

import io.github.dl4jbnfold.linearize.train.DataException;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images in a directory for each class, whose name is that of the class: PNG, JPEG, GIF or BMP,
 * scaled to the size that the network reads. Pixels are 0 to 255.
 */
public final class ImageFolder implements Examples {
  private static final Set<String> EXTENSIONS = Set.of("png", "jpg", "jpeg", "gif", "bmp");

  private final List<String> classes;
  private final List<Path> files;
  private final List<Integer> labels;
  private final int channels;
  private final int height;
  private final int width;

  private ImageFolder(List<String> classes, List<Path> files, List<Integer> labels, int... shape) {
    this.classes = List.copyOf(classes);
    this.files = List.copyOf(files);
    this.labels = List.copyOf(labels);
    this.channels = shape[0];
    this.height = shape[1];
    this.width = shape[2];
  }

  /**
   * Finds the images.
   *
   * @param shape channels (1 for grey, 3 for red, green and blue), height and width to scale to
   * @throws DataException if there are no directories with images
   */
  public static ImageFolder read(Path directory, int... shape) throws IOException {
    if (shape.length != 3 || (shape[0] != 1 && shape[0] != 3)) {
      throw new DataException("Images have 1 or 3 channels, a height and a width.");
    }
    List<String> classes = new ArrayList<>();
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (Path folder : sorted(directory)) {
      if (Files.isDirectory(folder) && !Files.isHidden(folder)) {
        for (Path file : sorted(folder)) {
          if (isImage(file)) {
            files.add(file);
            labels.add(classes.size());
          }
        }
        classes.add(String.valueOf(folder.getFileName()));
      }
    }
    if (files.isEmpty()) {
      throw new DataException(
          "%s has no images: put them into one directory for each class.".formatted(directory));
    }
    return new ImageFolder(classes, files, labels, shape);
  }

  private static List<Path> sorted(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().toList();
    }
  }

  private static boolean isImage(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  @Override
  public int count() {
    return files.size();
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int label(int index) {
    return labels.get(index);
  }

  /**
   * @param random mirrors half of the images and moves each by up to an eighth
   */
  @Override
  public INDArray features(int[] indices, @Nullable Random random) {
    int plane = height * width;
    float[] pixels = new float[indices.length * channels * plane];
    for (int i = 0; i < indices.length; i++) {
      BufferedImage image = image(files.get(indices[i]), random);
      int[] argb = image.getRGB(0, 0, width, height, null, 0, width);
      for (int p = 0; p < plane; p++) {
        for (int c = 0; c < channels; c++) {
          pixels[(i * channels + c) * plane + p] = channel(argb[p], c);
        }
      }
    }
    return Nd4j.create(pixels, new long[] {indices.length, channels, height, width});
  }

  private float channel(int argb, int channel) {
    int red = argb >> 16 & 255;
    int green = argb >> 8 & 255;
    int blue = argb & 255;
    if (channels == 1) {
      return 0.299f * red + 0.587f * green + 0.114f * blue;
    }
    return channel == 0 ? red : channel == 1 ? green : blue;
  }

  private BufferedImage image(Path file, @Nullable Random random) {
    BufferedImage read = read(file);
    BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = scaled.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    if (random != null) {
      graphics.translate(shift(random, width), shift(random, height));
      if (random.nextBoolean()) {
        graphics.translate(width, 0);
        graphics.scale(-1, 1);
      }
    }
    graphics.drawImage(read, 0, 0, width, height, null);
    graphics.dispose();
    return scaled;
  }

  private static int shift(Random random, int size) {
    int most = size / 8;
    return random.nextInt(2 * most + 1) - most;
  }

  private static BufferedImage read(Path file) {
    try {
      BufferedImage image = ImageIO.read(file.toFile());
      if (image != null) {
        return image;
      }
      throw new DataException("%s is no image that can be read.".formatted(file));
    } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException e) {
      // Damaged GIF and BMP files make the JDK's readers fail in these ways, too.
      throw new DataException("%s cannot be read (%s).".formatted(file, e.getMessage()), e);
    }
  }
}
