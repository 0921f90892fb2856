package io.github.dl4jbnfold.network.read;

import io.github.dl4jbnfold.graph.Layout;
import io.github.dl4jbnfold.verify.FoldingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.DataNormalization;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a normalizer does to an input: scale·x + shift, channel by channel.
 *
 * @param layout where the channels are; one channel if all elements are treated alike
 * @param scale one number per channel
 * @param shift one number per channel
 */
public record InputMap(Layout layout, double[] scale, double[] shift) {
  /** A normalizer that clamps does so at one of them, or nowhere that matters. */
  private static final double[] MAGNITUDES = {1, 1e3, 1e6, 1e9};

  /** Arguments that lie so far from 0 that what is added does not hide what is multiplied. */
  private static final double[] STEPS = {1, 0x1p10, 0x1p20, 0x1p30, 0x1p40};

  private static final long SEED = 20250301;

  /**
   * Measures a normalizer: what it makes of 0, and of another number. That it does the same to all
   * others is tried out.
   *
   * @param shape of a batch of inputs
   * @param tolerance the largest relative error at which it does
   * @throws FoldingException if it does not take the shape, or does anything else than multiply and
   *     add, channel by channel
   */
  public static InputMap of(
      DataNormalization normalizer, String input, long[] shape, double tolerance) {
    INDArray zeros = Nd4j.zeros(DataType.DOUBLE, shape);
    double[] shift = values(normalized(normalizer, input, zeros));
    double[] scale = new double[shift.length];
    for (double step : STEPS) {
      double[] there = values(normalized(normalizer, input, zeros.add(step)));
      for (int i = 0; i < scale.length; i++) {
        boolean hidden = Math.abs(scale[i]) * step <= Math.abs(shift[i]);
        scale[i] = step == 1 || hidden ? (there[i] - shift[i]) / step : scale[i];
      }
    }
    requireFinite(shift, normalizer, input);
    requireFinite(scale, normalizer, input);
    InputMap map = channels(scale, shift, shape);
    if (map == null) {
      throw new FoldingException(
          "The normalizer of the input '%s' (%s) cannot be folded: it does not do the same to all positions along one axis of %s."
              .formatted(input, name(normalizer), Arrays.toString(shape)));
    }
    for (double magnitude : MAGNITUDES) {
      INDArray random = Nd4j.getRandomFactory().getNewRandomInstance(SEED).nextGaussian(shape);
      map.check(normalizer, input, random.castTo(DataType.DOUBLE).muli(magnitude), tolerance);
    }
    return map;
  }

  private static void requireFinite(double[] values, DataNormalization normalizer, String input) {
    if (!Arrays.stream(values).allMatch(Double::isFinite)) {
      throw new FoldingException(
          "The normalizer of the input '%s' (%s) cannot be folded: what it makes of some numbers is not finite."
              .formatted(input, name(normalizer)));
    }
  }

  private void check(
      DataNormalization normalizer, String input, INDArray numbers, double tolerance) {
    double[] x = values(numbers);
    double[] y = values(normalized(normalizer, input, numbers));
    for (int i = 0; i < x.length; i++) {
      double product = scale[channel(i)] * x[i];
      double summand = shift[channel(i)];
      double error = Math.abs(y[i] - (product + summand));
      if (!(error <= tolerance * Math.max(Math.abs(product), Math.abs(summand)))) {
        throw new FoldingException(
            String.format(
                Locale.ROOT,
                "The normalizer of the input '%s' (%s) cannot be folded: it does not just multiply"
                    + " and add, which would make %.6g of %.6g, but it makes %.6g.",
                input,
                name(normalizer),
                product + summand,
                x[i],
                y[i]));
      }
    }
  }

  private static String name(DataNormalization normalizer) {
    String name = normalizer.getClass().getSimpleName();
    return name.isEmpty() ? normalizer.getClass().getName() : name;
  }

  private static double[] values(INDArray array) {
    return array.castTo(DataType.DOUBLE).dup('c').reshape(array.length()).toDoubleVector();
  }

  /**
   * What a normalizer makes of an array, which stays.
   *
   * @param input its name
   * @throws FoldingException if the normalizer does not take it
   */
  public static INDArray normalized(DataNormalization normalizer, String input, INDArray values) {
    INDArray copy = values.dup();
    try {
      normalizer.transform(copy);
    } catch (RuntimeException e) {
      String message = e.getMessage() == null ? e.toString() : e.getMessage();
      throw new FoldingException(
          "The normalizer of the input '%s' (%s) does not take inputs of shape %s (%s)."
              .formatted(
                  input,
                  name(normalizer),
                  Arrays.toString(values.shape()),
                  message.lines().findFirst().orElse("").strip()),
          e);
    }
    return copy;
  }

  /** The same numbers, one for all elements or one for each position along an axis; else null. */
  private static @Nullable InputMap channels(double[] scale, double[] shift, long[] shape) {
    List<Layout> layouts = new ArrayList<>();
    // Whatever layers take for the channels of the input, it refines one channel.
    layouts.add(new Layout(1, 1));
    for (int axis = 1; axis < shape.length; axis++) {
      layouts.add(Layout.ofAxis(shape, axis));
    }
    return layouts.stream()
        .map(layout -> new InputMap(layout, first(layout, scale), first(layout, shift)))
        .filter(map -> map.isAt(scale, shift))
        .findFirst()
        .orElse(null);
  }

  /** The first number of each channel. */
  private static double[] first(Layout layout, double[] all) {
    double[] channels = new double[layout.channels()];
    Arrays.setAll(channels, channel -> all[Math.toIntExact(channel * layout.inner())]);
    return channels;
  }

  private int channel(int position) {
    return (int) ((position / layout.inner()) % layout.channels());
  }

  /** Whether the map is this one at every position. */
  private boolean isAt(double[] scales, double[] shifts) {
    return IntStream.range(0, scales.length)
        .allMatch(i -> scale[channel(i)] == scales[i] && shift[channel(i)] == shifts[i]);
  }

  /**
   * What the map makes an array of; any numbers where its scale is 0.
   *
   * @return an array in the type of the given one
   */
  public INDArray inverse(INDArray output) {
    double[] y = values(output);
    double[] x = new double[y.length];
    for (int i = 0; i < x.length; i++) {
      double divisor = scale[channel(i)];
      x[i] = (y[i] - shift[channel(i)]) / (divisor == 0 ? 1 : divisor);
    }
    return Nd4j.createFromArray(x).reshape(output.shape()).castTo(output.dataType());
  }
}
