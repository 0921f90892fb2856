package io.github.dl4jbnfold.linearize.report;

import io.github.dl4jbnfold.linearize.run.Apart;
import io.github.dl4jbnfold.linearize.run.Merge;
import io.github.dl4jbnfold.report.Json;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a conversion did: which activations became linear, which layers were merged, and why others
 * were not.
 *
 * @param activations the names of all gates of the network
 * @param linear the names of those that became linear
 * @param merged what has become one layer
 * @param apart neighbours with nothing but linear activations between them that stay two layers
 * @param reconstructed how layers were fitted to what the network had written before; null if they
 *     were not
 * @param depthBefore layers with a matrix of weights on the longest path
 * @param depthAfter the same afterwards
 * @param parametersBefore elements of all weights
 * @param parametersAfter the same afterwards
 * @param maxRelativeError how far the outputs are from those of the network whose gates were set to
 *     0 and 1, on random inputs, relative to the largest, before layers were fitted
 * @param seconds time of the whole conversion, the check included
 */
public record LayerFoldingReport(
    List<String> activations,
    List<String> linear,
    List<MergedLayers> merged,
    List<Apart> apart,
    @Nullable Reconstructed reconstructed,
    int depthBefore,
    int depthAfter,
    long parametersBefore,
    long parametersAfter,
    double maxRelativeError,
    double seconds) {
  public LayerFoldingReport {
    activations = List.copyOf(activations);
    linear = List.copyOf(linear);
    merged = List.copyOf(merged);
    apart = List.copyOf(apart);
  }

  /**
   * Layers that have become one.
   *
   * @param layers their names, in order
   * @param into the name of the layer in their place
   * @param form of that layer: kernel and channels
   * @param multiplyAddsBefore multiplications of one example
   * @param multiplyAddsAfter the same afterwards
   */
  public record MergedLayers(
      List<String> layers,
      String into,
      String form,
      long multiplyAddsBefore,
      long multiplyAddsAfter) {
    public MergedLayers {
      layers = List.copyOf(layers);
    }

    /** A merge as it is reported. */
    public static MergedLayers of(Merge merge) {
      return new MergedLayers(
          merge.piece().units().toList(),
          merge.piece().output(),
          merge.form().text(),
          merge.piece().multiplyAdds(),
          merge.form().multiplyAdds(merge.piece().sizeArray()));
    }
  }

  /**
   * How large a network is.
   *
   * @param depth layers with a matrix of weights on the longest path
   * @param parameters elements of all weights
   */
  public record Size(int depth, long parameters) {}

  /**
   * A report of a conversion that has just ended.
   *
   * @param gates the names of all, in the order of the network
   * @param linear the names of some
   * @param start of the conversion, as of {@link System#nanoTime()}
   */
  public static LayerFoldingReport of(
      Collection<String> gates,
      Set<String> linear,
      List<Merge> merges,
      List<Apart> apart,
      @Nullable Reconstructed reconstructed,
      Size before,
      Size after,
      double maxRelativeError,
      long start) {
    return new LayerFoldingReport(
        List.copyOf(gates),
        gates.stream().filter(linear::contains).toList(),
        merges.stream().map(MergedLayers::of).toList(),
        apart,
        reconstructed,
        before.depth,
        after.depth,
        before.parameters,
        after.parameters,
        maxRelativeError,
        (System.nanoTime() - start) / 1e9);
  }

  /**
   * As JSON; the names of its fields are stable.
   *
   * @return one JSON object, indented
   */
  public String toJson() {
    return Json.of(this);
  }

  /**
   * As some lines of plain text.
   *
   * @return some lines, each with its end
   */
  public String toText() {
    StringBuilder text = new StringBuilder();
    text.append(
        line(
            "%d of %d activations linear, %d layers deep instead of %d",
            linear.size(), activations.size(), depthAfter, depthBefore));
    for (MergedLayers merge : merged) {
      text.append(
          line(
              "  %s became one layer (%s), × %.2f multiplications",
              String.join(", ", merge.layers),
              merge.form,
              (double) merge.multiplyAddsAfter / merge.multiplyAddsBefore));
    }
    for (Apart pair : apart) {
      text.append(line("  %s and %s stay apart (%s)", pair.first(), pair.second(), pair.reason()));
      text.append(line("    %s", pair.detail()));
      text.append(line("    %s", pair.remedy()));
    }
    if (reconstructed != null) {
      text.append(
          line(
              "  %d layers fitted: %.1f %% of what the outputs vary was unexplained, %.1f %% is"
                  + " now",
              reconstructed.layers().size(),
              100 * reconstructed.unexplainedBefore(),
              100 * reconstructed.unexplainedAfter()));
    }
    text.append(line("  parameters  %,12d -> %,d", parametersBefore, parametersAfter));
    text.append(
        line("  largest error %.2e relative to the largest output value", maxRelativeError));
    return text.append(line("  %.2f s", seconds)).toString();
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values) + "\n";
  }
}
